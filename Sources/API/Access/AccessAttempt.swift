import Web

/// What somebody wants to do, as access rules see it.
struct AccessAttempt: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case resource(ResourceTarget)
        case path(String)
    }

    /// Kept as text: a `SelfSubjectAccessReview` may ask about any verb.
    let verb: String
    let subject: Subject

    init(_ verb: Verb, _ target: ResourceTarget) {
        self.verb = verb.rawValue
        subject = .resource(target)
    }

    init(verb: String, subject: Subject) {
        self.verb = verb
        self.subject = subject
    }

    /// The refusal in the words of Kubernetes, on which clients and runbooks match.
    func refusal(of caller: Caller) -> APIStatus {
        let user = "User \"\(caller.username)\" cannot"
        guard case .resource(let target) = subject else {
            guard case .path(let path) = subject else { return .unauthorized }
            return APIStatus(code: 403, reason: "Forbidden", message: "forbidden: \(user) \(verb) path \"\(path)\"")
        }
        let resource = target.subresource.map { "\(target.plural)/\($0)" } ?? target.plural
        let scope = target.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        let qualified = target.group.isEmpty ? target.plural : "\(target.plural).\(target.group)"
        let object = target.name.map { "\(qualified) \"\($0)\"" } ?? qualified
        return APIStatus(
            code: 403,
            reason: "Forbidden",
            message:
                "\(object) is forbidden: \(user) \(verb) resource \"\(resource)\" in API group \"\(target.group)\" \(scope)",
            details: .init(name: target.name, group: target.group, kind: target.plural)
        )
    }
}
