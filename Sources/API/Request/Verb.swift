/// What a request wants with a resource, in the words of Kubernetes' access rules.
enum Verb: String, Hashable, Sendable, CaseIterable {
    case get, list, watch, create, update, patch, delete
    case deleteCollection = "deletecollection"

    /// nil for a method that no resource has.
    init?(method: String, target: ResourceTarget, query: Query) {
        switch method {
        case "GET", "HEAD":
            // Who may watch need not be let read one object by its path: with a name it is a get, whatever the query says.
            self = target.name != nil ? .get : query.flag("watch") ? .watch : .list
        case "POST": self = .create
        case "PUT": self = .update
        case "PATCH": self = .patch
        case "DELETE": self = target.name == nil ? .deleteCollection : .delete
        default: return nil
        }
    }

    var isWrite: Bool {
        switch self {
        case .get, .list, .watch: false
        case .create, .update, .patch, .delete, .deleteCollection: true
        }
    }
}
