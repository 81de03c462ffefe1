import JSON
import Schema

/// Which requests are recorded, and how much of each: the first rule that fits decides; what fits none is not recorded.
package struct AuditPolicy: Sendable {
    /// One rule of a `Policy` of `audit.k8s.io/v1`. An empty list fits everything.
    struct Rule: Sendable {
        /// Objects by group and plural; `*` stands for all, `*/status` for that part of all, an empty list for the whole group.
        struct Resources: Sendable {
            var group = ""
            var resources: [String] = []
            var names: [String] = []
        }

        var level: AuditLevel
        var users: [String] = []
        var groups: [String] = []
        var verbs: [String] = []
        var resources: [Resources] = []
        /// An empty name stands for what is in no namespace.
        var namespaces: [String] = []
        var nonResourceURLs: [String] = []
        var omitsManagedFields: Bool?
    }

    var rules: [Rule]
    var omitsManagedFields = false

    init(rules: [Rule], omitsManagedFields: Bool = false) {
        self.rules = rules
        self.omitsManagedFields = omitsManagedFields
    }

    /// What is recorded without a policy of one's own.
    package static let builtIn = AuditPolicy(
        rules: [
            // Heartbeats of workers and health checks come every few seconds and tell nothing.
            Rule(level: .none, groups: [CallerAuthentication.workers], resources: [.init(resources: ["nodes/status"])]),
            Rule(level: .none, nonResourceURLs: ["/livez*", "/readyz*", "/healthz*"]),
            Rule(level: .metadata, verbs: ["get", "list", "watch"], resources: [.init(group: "*")]),
            Rule(level: .metadata, resources: [.init(group: "authentication.k8s.io"), .init(group: "authorization.k8s.io")]),
            Rule(level: .request, resources: [.init(group: "*")]),
            Rule(level: .metadata),
        ],
        omitsManagedFields: true
    )

    /// How much of a request is recorded.
    func level(of attempt: AccessAttempt, by caller: Caller) -> (level: AuditLevel, omitsManagedFields: Bool) {
        guard let rule = rules.first(where: { $0.fits(attempt, by: caller) }) else { return (.none, false) }
        let level = Self.isSecret(attempt.subject) ? min(rule.level, .metadata) : rule.level
        return (level, rule.omitsManagedFields ?? omitsManagedFields)
    }

    /// Bodies of these are credentials: they are in no audit log, whatever a policy says.
    private static let secrets: Set<ResourceName> = [
        ResourceName(group: "", plural: "secrets"),
        ResourceName(group: "authentication.k8s.io", plural: "tokenreviews"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthclients"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthaccesstokens"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthauthorizetokens"),
    ]

    private static func isSecret(_ subject: AccessAttempt.Subject) -> Bool {
        guard case .resource(let target) = subject else { return false }
        return secrets.contains(ResourceName(target))
    }
}

extension AuditPolicy.Rule {
    fileprivate func fits(_ attempt: AccessAttempt, by caller: Caller) -> Bool {
        guard users.isEmpty || users.contains(where: { $0.hasSameBytes(as: caller.username) }),
            groups.isEmpty || groups.contains(where: caller.isMember),
            verbs.isEmpty || verbs.contains("*") || verbs.contains(attempt.verb)
        else { return false }
        switch attempt.subject {
        case .path(let path):
            guard !nonResourceURLs.isEmpty else { return resources.isEmpty && namespaces.isEmpty }
            return nonResourceURLs.contains { PathPattern.fits($0, path) }
        case .resource(let target):
            guard !resources.isEmpty || !namespaces.isEmpty else { return nonResourceURLs.isEmpty }
            guard namespaces.isEmpty || namespaces.contains(target.namespace ?? "") else { return false }
            return resources.isEmpty || resources.contains { $0.fit(target) }
        }
    }
}

extension AuditPolicy.Rule.Resources {
    fileprivate func fit(_ target: ResourceTarget) -> Bool {
        guard group == "*" || group == target.group else { return false }
        guard names.isEmpty || names.contains(where: { $0.hasSameBytes(as: target.name ?? "") }) else { return false }
        guard !resources.isEmpty else { return true }
        let whole = target.subresource.map { "\(target.plural)/\($0)" } ?? target.plural
        let patterns = ["*", whole] + (target.subresource.map { ["*/\($0)", "\(target.plural)/*"] } ?? [])
        return resources.contains { patterns.contains($0) }
    }
}
