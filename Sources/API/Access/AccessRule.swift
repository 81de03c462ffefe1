/// One line of the table that says who may do what. What no line allows is forbidden.
struct AccessRule: Hashable, Sendable {
    enum Names: Hashable, Sendable {
        case any
        case only(Set<String>)
        /// The object whose name follows `system:node:` in the caller's own name.
        case ownNode
    }

    /// The group whose members may.
    let group: String
    /// `*` stands for every verb.
    let verbs: Set<String>
    /// API group and plural, with `/status` for the status of an object: `config.openshift.io/authentications`. `*` stands for all.
    let resources: Set<String>
    var namespace: String?
    var names = Names.any
    /// Paths outside of resources; a final `*` stands for what follows.
    var paths: [String] = []

    func allows(_ attempt: AccessAttempt, by caller: Caller) -> Bool {
        guard caller.isMember(of: group), verbs.contains("*") || verbs.contains(attempt.verb) else { return false }
        switch attempt.subject {
        case .path(let path):
            return paths.contains { PathPattern.fits($0, path) }
        case .resource(let target):
            let resource = "\(target.group)/\(target.plural)" + (target.subresource.map { "/\($0)" } ?? "")
            guard resources.contains("*") || resources.contains(resource) else { return false }
            guard namespace == nil || namespace == target.namespace else { return false }
            return isAllowed(name: target.name, caller: caller)
        }
    }

    private func isAllowed(name: String?, caller: Caller) -> Bool {
        switch names {
        case .any: true
        case .only(let names): name.map(names.contains) ?? false
        case .ownNode: name.map { "system:node:\($0)".utf8.elementsEqual(caller.username.utf8) } ?? false
        }
    }
}
