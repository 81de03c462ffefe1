import JSON
import Schema
import Store
import Web

/// Nobody gives rights that they do not have: judges a role or binding that is about to be written.
///
/// As in Kubernetes, the verb `escalate` on a role and the verb `bind` on the role of a binding lift this.
struct PrivilegeEscalation: Sendable {
    let access: AccessControl
    let store: any ObjectStore

    /// Throws the refusal. Objects of other kinds pass.
    func check(_ object: CheckedObject, by caller: Caller) async throws {
        switch ObjectID(object).resource {
        case BreakGlassCertificate.resource:
            return try confirmAdministrator(caller, of: object, "a break-glass certificate may do everything")
        // Workers say who users are, and read their tokens.
        case WorkerToken.resource:
            return try confirmAdministrator(caller, of: object, "whoever has a worker token may speak for every user")
        default: break
        }
        guard object.group == RoleGrants.group else { return }
        switch object.plural {
        case "roles", "clusterroles":
            guard !may("escalate", object.plural, object.namespace, object.name, caller) else { return }
            try confirm(PolicyRule.all(of: object.value), of: object, by: caller)
        case "rolebindings", "clusterrolebindings":
            let role = Self.role(of: object)
            guard !may("bind", role.resource.plural, object.namespace, role.name, caller) else { return }
            // Read from the store: what is in force may be a moment older.
            let rules = PolicyRule.all(of: try await store.get(role).value)
            try confirm(rules, of: object, by: caller)
        default: return
        }
    }

    /// Throws the refusal unless the caller may also do this: a request that turns out to be more than its verb says.
    func confirm(_ verb: Verb, _ target: ResourceTarget, by caller: Caller) throws(APIStatus) {
        let attempt = AccessAttempt(verb, target)
        guard access.allow(attempt, by: caller) else { throw attempt.refusal(of: caller) }
    }

    /// A role that covers the kind among others must not be enough for what gives so much power. What the status
    /// says decides whether the certificate counts, so that is nobody else's either. Taking one away is a matter of roles.
    private func confirmAdministrator(_ caller: Caller, of object: CheckedObject, _ why: String) throws(APIStatus) {
        let group = BreakGlassCertificate.administrators
        guard !caller.isMember(of: group) else { return }
        throw .forbidden(
            ObjectID(object),
            """
            \(why), so only members of \(group) may make or change one: use admin.kubeconfig of the controller's data folder
            """
        )
    }

    private static func role(of binding: CheckedObject) -> ObjectID {
        let isInNamespace = binding.value.value(at: "roleRef", "kind") == "Role"
        return ObjectID(
            ResourceName(group: RoleGrants.group, plural: isInNamespace ? "roles" : "clusterroles"),
            namespace: isInNamespace ? binding.namespace : nil,
            name: binding.value.value(at: "roleRef", "name")?.stringValue ?? ""
        )
    }

    private func may(_ verb: String, _ plural: String, _ namespace: String?, _ name: String, _ caller: Caller) -> Bool {
        let target = ResourceTarget(
            group: RoleGrants.group,
            version: "v1",
            plural: plural,
            namespace: namespace,
            name: name
        )
        return access.allow(AccessAttempt(verb: verb, subject: .resource(target)), by: caller)
    }

    private func confirm(_ rules: [PolicyRule], of object: CheckedObject, by caller: Caller) throws(APIStatus) {
        let own = access.rules(of: caller, in: object.namespace)
        let excess = rules.flatMap { $0.excess(over: own) }
        guard !excess.isEmpty else { return }
        let groups = caller.groups.map { "\"\($0)\"" }.joined(separator: " ")
        let shown = PolicyRule.joined(excess).prefix(Self.shownRules).map { "\n\($0)" }.joined()
        throw .forbidden(
            ObjectID(object),
            "user \"\(caller.username)\" (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\(shown)"
        )
    }

    private static let shownRules = 20
}

extension PolicyRule: CustomStringConvertible {
    /// As Kubernetes writes a rule into its refusals.
    var description: String {
        let fields = [
            ("APIGroups", apiGroups), ("Resources", resources), ("ResourceNames", resourceNames),
            ("NonResourceURLs", nonResourceURLs), ("Verbs", verbs),
        ]
        let shown = fields.filter { !$0.1.isEmpty }.map { name, values in
            "\(name):[\(values.map { "\"\($0)\"" }.joined(separator: " "))]"
        }
        return "{\(shown.joined(separator: ", "))}"
    }

    /// Rules about the same thing as one rule with all their verbs, in the order of the first of each.
    fileprivate static func joined(_ rules: [PolicyRule]) -> [PolicyRule] {
        var order: [PolicyRule] = []
        var verbs: [PolicyRule: [String]] = [:]
        for rule in rules {
            let thing = PolicyRule(
                verbs: [],
                apiGroups: rule.apiGroups,
                resources: rule.resources,
                resourceNames: rule.resourceNames,
                nonResourceURLs: rule.nonResourceURLs
            )
            if verbs[thing] == nil { order.append(thing) }
            verbs[thing, default: []] += rule.verbs.filter { verb in !(verbs[thing] ?? []).contains(verb) }
        }
        return order.map { thing in
            PolicyRule(
                verbs: verbs[thing] ?? [],
                apiGroups: thing.apiGroups,
                resources: thing.resources,
                resourceNames: thing.resourceNames,
                nonResourceURLs: thing.nonResourceURLs
            )
        }
    }
}
