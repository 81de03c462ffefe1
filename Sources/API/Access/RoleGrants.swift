import JSON
import Schema

/// The stored roles and bindings, ready to be asked who may do what: a pure value, made anew when one of them changes.
struct RoleGrants: Sendable {
    /// Rules that somebody has, in one namespace or everywhere.
    private struct Grant: Sendable {
        let namespace: String?
        let rules: [PolicyRule]
    }

    static let group = "rbac.authorization.k8s.io"
    static let plurals = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"]

    /// A role's name within its namespace; that of a cluster role is in none.
    private struct RoleName: Hashable {
        let namespace: String
        let name: ExactString
    }

    private var users: [ExactString: [Grant]] = [:]
    private var groups: [ExactString: [Grant]] = [:]

    init() {}

    /// - Parameter objects: roles and bindings of all four kinds, in any order. A binding to a role that is not there gives nothing.
    init(_ objects: some Collection<JSONValue>) {
        var roles: [RoleName: [PolicyRule]] = [:]
        for object in objects {
            let kind = object["kind"]?.stringValue
            guard kind == "Role" || kind == "ClusterRole", let name = object.value(at: "metadata", "name")?.stringValue else {
                continue
            }
            let namespace = kind == "Role" ? object.value(at: "metadata", "namespace")?.stringValue ?? "" : ""
            roles[RoleName(namespace: namespace, name: ExactString(name))] = PolicyRule.all(of: object)
        }
        for object in objects {
            let isCluster = object["kind"]?.stringValue == "ClusterRoleBinding"
            guard isCluster || object["kind"]?.stringValue == "RoleBinding" else { continue }
            let namespace = isCluster ? nil : object.value(at: "metadata", "namespace")?.stringValue ?? ""
            let roleNamespace = object.value(at: "roleRef", "kind") == "Role" ? namespace ?? "" : ""
            let name = object.value(at: "roleRef", "name")?.stringValue ?? ""
            guard let rules = roles[RoleName(namespace: roleNamespace, name: ExactString(name))], !rules.isEmpty else {
                continue
            }
            for subject in object["subjects"]?.arrayValue ?? [] {
                add(Grant(namespace: namespace, rules: rules), to: subject, defaultNamespace: namespace)
            }
        }
    }

    private mutating func add(_ grant: Grant, to subject: JSONValue, defaultNamespace: String?) {
        guard let name = subject["name"]?.stringValue, !name.isEmpty else { return }
        switch subject["kind"]?.stringValue {
        case "User": users[ExactString(name), default: []].append(grant)
        case "Group": groups[ExactString(name), default: []].append(grant)
        case "ServiceAccount":
            let stated = subject["namespace"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            guard let namespace = stated ?? defaultNamespace else { return }
            users[ExactString("system:serviceaccount:\(namespace):\(name)"), default: []].append(grant)
        default: return
        }
    }

    // MARK: - Asking

    func allow(_ attempt: AccessAttempt, by caller: Caller) -> Bool {
        let namespace: String? = if case .resource(let target) = attempt.subject { target.rightsNamespace } else { nil }
        return grants(of: caller).contains { grant in
            guard let own = grant.namespace else { return grant.rules.contains { $0.allows(attempt) } }
            guard let namespace, own.hasSameBytes(as: namespace) else { return false }
            return grant.rules.contains { $0.allows(attempt) }
        }
    }

    /// All that somebody may do in a namespace; nil: in all of them and outside.
    func rules(of caller: Caller, in namespace: String?) -> [PolicyRule] {
        grants(of: caller).filter { grant in
            grant.namespace.map { own in namespace.map { own.hasSameBytes(as: $0) } ?? false } ?? true
        }.flatMap(\.rules)
    }

    private func grants(of caller: Caller) -> [Grant] {
        (users[ExactString(caller.username)] ?? []) + caller.groups.flatMap { groups[ExactString($0)] ?? [] }
    }
}
