import HTTPTypes
import JSON
import Listening
import Testing

@testable import API

/// What is answered in front of the web framework, and what is left to it. That both say the same is checked by `TestAPI`, for every
/// request of every test.
struct ImmediateReadsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var path = TestAPI.cluster
        var subject = TestAPI.admin
        var headers: HTTPFields = [:]
        let isAnswered: Bool
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "an object of the cluster", isAnswered: true),
        Case(name: "an object of a namespace", path: "\(TestAPI.configMaps)/a", isAnswered: true),
        Case(name: "as kubectl asks for it", headers: [.accept: "application/json"], isAnswered: true),
        Case(name: "as client-go asks for it", headers: [.accept: "application/json, */*"], isAnswered: true),
        Case(name: "nothing of that name", path: "\(TestAPI.authentications)/other", isAnswered: false),
        Case(name: "a list", path: TestAPI.authentications, isAnswered: false),
        Case(name: "a part", path: "\(TestAPI.cluster)/status", isAnswered: false),
        Case(name: "a version that is not served", path: TestAPI.cluster.replacing("/v1/", with: "/v2/"), isAnswered: false),
        Case(
            name: "an object of the cluster in a namespace",
            path: "/api/v1/namespaces/default/namespaces/default",
            isAnswered: false
        ),
        Case(name: "oneself", path: "/apis/user.openshift.io/v1/users/~", isAnswered: false),
        Case(name: "a table", headers: [.accept: TestAPI.table], isAnswered: false),
        Case(name: "YAML", headers: [.accept: "application/yaml"], isAnswered: false),
        Case(name: "protobuf only", headers: [.accept: "application/vnd.kubernetes.protobuf"], isAnswered: false),
        Case(name: "a path that means nothing", path: "/nothing", isAnswered: false),
        Case(name: "health", path: "/livez", isAnswered: false),
        Case(name: "somebody without the right", subject: TestAPI.worker, isAnswered: false),
    ]

    @Test(arguments: cases)
    func answers(_ c: Case) async throws {
        try await TestAPI.with { api in
            _ = try await api.create(TestAPI.configMaps, TestAPI.configMap("a"))
            #expect((api.immediate.answer("GET", c.path, c.subject, c.headers) != nil) == c.isAnswered)
        }
    }

    /// Names of headers are the same in any case, and so is the refusal.
    @Test(arguments: ["X-Remote-User", "x-remote-group", "X-REMOTE-EXTRA-A", "Impersonate-User", "IMPERSONATE-uid"])
    func leavesRequestsInAnotherNameToTheOrdinaryWay(_ name: String) async throws {
        try await TestAPI.with { api in
            let headers: HTTPFields = [try #require(HTTPField.Name(name)): "jane"]
            #expect(api.immediate.answer("GET", TestAPI.cluster, TestAPI.admin, headers) == nil)
        }
    }

    /// A role that is taken away is taken away here, too.
    @Test func honoursRolesAsTheyAre() async throws {
        try await TestAPI.with { api in
            let jane = CertificateSubject(commonName: "jane", organizations: [])
            let roles = "/apis/rbac.authorization.k8s.io/v1"
            #expect(api.immediate.answer("GET", TestAPI.cluster, jane, [:]) == nil)
            _ = try await api.create(
                "\(roles)/clusterroles",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "reader"],
                    "rules": [
                        ["apiGroups": ["config.openshift.io"], "resources": ["authentications"], "verbs": ["get"]]
                    ],
                ]
            )
            _ = try await api.create(
                "\(roles)/clusterrolebindings",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "jane"],
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"],
                    "subjects": [["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane"]],
                ]
            )
            try await api.roles.load()
            #expect(api.immediate.answer("GET", TestAPI.cluster, jane, [:]) != nil)
            _ = try await api.send("DELETE", "\(roles)/clusterrolebindings/jane")
            try await api.roles.load()
            #expect(api.immediate.answer("GET", TestAPI.cluster, jane, [:]) == nil)
        }
    }
}
