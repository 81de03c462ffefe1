/// What a request asks for, read once: method, path and query, and what they mean.
struct RequestLine: Sendable {
    let method: String
    /// The path without its query, as it came.
    let path: String
    let query: Query
    /// nil for a path that means nothing.
    let target: RequestTarget?
    /// nil for what is no resource, and for a method that resources do not have.
    let verb: Verb?
    /// The request as access rules and audit policies see it.
    let attempt: AccessAttempt

    /// A new object of the core group, whose rules look at nothing else, is validated in a millisecond or two up to this size.
    private static let quickBytes = 4 << 10

    /// Whether the request takes a processor for a moment only, whatever is stored: everything else may take it for a second.
    ///
    /// - Parameters:
    ///   - length: of the body, as far as it is known before it is read.
    ///   - isJSON: whether the body says that it is.
    func isQuick(length: Int?, isJSON: Bool) -> Bool {
        switch target {
        case .health, .version: true
        case .resource(let target):
            switch verb {
            case .get: true
            case .create: target.group.isEmpty && isJSON && length.map { $0 <= Self.quickBytes } ?? false
            default: false
            }
        default: false
        }
    }

    /// - Parameter query: what follows `?`, percent-encoded.
    init(method: String, path: String, query: String = "") {
        self.method = method
        self.path = path
        self.query = Query(query)
        target = RequestTarget(path: path)
        if case .resource(let resource)? = target {
            verb = Verb(method: method, target: resource, query: self.query)
            attempt = AccessAttempt(verb: verb?.rawValue ?? method.lowercased(), subject: .resource(resource))
        } else {
            verb = nil
            attempt = AccessAttempt(verb: method.lowercased(), subject: .path(path))
        }
    }
}
