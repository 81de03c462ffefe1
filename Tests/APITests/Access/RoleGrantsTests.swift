import JSON
import Testing

@testable import API

/// Stored roles and bindings, asked who may do what.
struct RoleGrantsTests {
    private static func role(_ name: String, namespace: String? = nil, _ rules: JSONValue...) -> JSONValue {
        var metadata: JSONValue = ["name": .string(name)]
        metadata["namespace"] = namespace.map(JSONValue.string)
        return ["kind": .string(namespace == nil ? "ClusterRole" : "Role"), "metadata": metadata, "rules": .array(rules)]
    }

    private static func binding(
        _ role: String,
        of kind: String = "ClusterRole",
        namespace: String? = nil,
        to subjects: JSONValue...
    ) -> JSONValue {
        var metadata: JSONValue = ["name": "b"]
        metadata["namespace"] = namespace.map(JSONValue.string)
        return [
            "kind": .string(namespace == nil ? "ClusterRoleBinding" : "RoleBinding"), "metadata": metadata,
            "roleRef": ["kind": .string(kind), "name": .string(role)], "subjects": .array(subjects),
        ]
    }

    private static func subject(_ kind: String, _ name: String, namespace: String? = nil) -> JSONValue {
        var subject: JSONValue = ["kind": .string(kind), "name": .string(name)]
        subject["namespace"] = namespace.map(JSONValue.string)
        return subject
    }

    private static func rule(_ verbs: [String], _ groups: [String], _ resources: [String], names: [String] = []) -> JSONValue {
        [
            "verbs": .strings(verbs), "apiGroups": .strings(groups), "resources": .strings(resources),
            "resourceNames": .strings(names),
        ]
    }

    static let objects: [JSONValue] = [
        role("reader", rule(["get", "list"], [""], ["configmaps"])),
        role("namer", rule(["get", "create"], [""], ["configmaps"], names: ["motd"])),
        role("everything", rule(["*"], ["*"], ["*"]), ["verbs": ["get"], "nonResourceURLs": ["/metrics", "/debug/*"]]),
        role("status", rule(["patch"], ["config.openshift.io"], ["authentications/status", "*/scale"])),
        role("reader", namespace: "one", rule(["delete"], [""], ["secrets"])),
        binding("reader", to: subject("User", "alice"), subject("ServiceAccount", "robot", namespace: "two")),
        binding("reader", of: "Role", namespace: "one", to: subject("Group", "dev"), subject("ServiceAccount", "robot")),
        binding("namer", namespace: "one", to: subject("User", "bob")),
        binding("everything", to: subject("Group", "ops")),
        binding("status", to: subject("User", "carol")),
        binding("gone", to: subject("User", "dave")),
        binding("everything", namespace: "two", to: subject("User", "erin")),
        binding("everything", to: subject("Robot", "frank"), subject("User", ""), subject("ServiceAccount", "x")),
        binding("reader", to: subject("User", "jos\u{E9}")),
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        let who: String
        var groups: [String] = []
        let verb: String
        let path: String
        let allowed: Bool
        var testDescription: String { "\(who) \(groups) \(verb) \(path): \(allowed)" }
    }

    private static let map = "/api/v1/namespaces/one/configmaps"
    private static let robot = "system:serviceaccount"

    static let cases = [
        Case(who: "alice", verb: "get", path: "\(map)/a", allowed: true),
        Case(who: "alice", verb: "list", path: "/api/v1/configmaps", allowed: true),
        Case(who: "alice", verb: "watch", path: map, allowed: false),
        Case(who: "alice", verb: "get", path: "/api/v1/namespaces/one/secrets/s", allowed: false),
        Case(who: "alice", verb: "get", path: "/apis/x.example/v1/configmaps/a", allowed: false),
        Case(who: "Alice", verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "x", groups: ["alice"], verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "jos\u{E9}", verb: "get", path: "\(map)/a", allowed: true),
        Case(who: "jose\u{301}", verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "\(robot):two:robot", verb: "get", path: "\(map)/a", allowed: true),
        Case(who: "\(robot):one:robot", verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "\(robot):one:robot", verb: "delete", path: "/api/v1/namespaces/one/secrets/s", allowed: true),
        Case(who: "x", groups: ["dev"], verb: "delete", path: "/api/v1/namespaces/one/secrets/s", allowed: true),
        Case(who: "x", groups: ["dev"], verb: "delete", path: "/api/v1/namespaces/two/secrets/s", allowed: false),
        Case(who: "x", groups: ["dev"], verb: "delete", path: "/api/v1/secrets", allowed: false),
        Case(who: "bob", verb: "get", path: "\(map)/motd", allowed: true),
        Case(who: "bob", verb: "get", path: "\(map)/other", allowed: false),
        Case(who: "bob", verb: "create", path: map, allowed: false),
        Case(who: "x", groups: ["ops"], verb: "anything", path: "/apis/x.example/v1/things/t/part", allowed: true),
        Case(who: "x", groups: ["ops"], verb: "get", path: "/metrics", allowed: true),
        Case(who: "x", groups: ["ops"], verb: "get", path: "/metrics/more", allowed: false),
        Case(who: "x", groups: ["ops"], verb: "get", path: "/debug/pprof", allowed: true),
        Case(who: "x", groups: ["ops"], verb: "post", path: "/debug/pprof", allowed: false),
        Case(who: "carol", verb: "patch", path: "/apis/config.openshift.io/v1/authentications/c/status", allowed: true),
        Case(who: "carol", verb: "patch", path: "/apis/config.openshift.io/v1/authentications/c", allowed: false),
        Case(who: "carol", verb: "patch", path: "/apis/config.openshift.io/v1/others/c/scale", allowed: true),
        Case(who: "dave", verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "erin", verb: "get", path: "/api/v1/namespaces/two", allowed: true),
        Case(who: "erin", verb: "get", path: "/api/v1/namespaces/one", allowed: false),
        Case(who: "erin", verb: "get", path: "/metrics", allowed: false),
        Case(who: "erin", verb: "list", path: "/apis/config.openshift.io/v1/authentications", allowed: false),
        Case(who: "frank", verb: "get", path: "\(map)/a", allowed: false),
        Case(who: "", verb: "get", path: "\(map)/a", allowed: false),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let subject: AccessAttempt.Subject =
            if case .resource(let target)? = RequestTarget(path: c.path) { .resource(target) } else { .path(c.path) }
        let attempt = AccessAttempt(verb: c.verb, subject: subject)
        let caller = Caller(username: c.who, groups: c.groups)
        #expect(RoleGrants(Self.objects).allow(attempt, by: caller) == c.allowed)
        #expect(RoleGrants(Self.objects.reversed()).allow(attempt, by: caller) == c.allowed)
        #expect(!RoleGrants().allow(attempt, by: caller))
    }
}
