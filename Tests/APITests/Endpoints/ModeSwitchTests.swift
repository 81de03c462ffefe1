import JSON
import Listening
import Schema
import Testing

@testable import API

/// A mode that works is not left before a break-glass certificate is proven, whoever writes and however.
struct ModeSwitchTests {
    /// An administrator with a token, for whom a worker speaks.
    private static let token = ["X-Remote-User": "jane"]
    private static let path = "/apis/postern.dev/v1alpha1/breakglasscertificates"
    private static let policy = "/apis/postern.dev/v1alpha1/rolloutpolicies/cluster"

    /// Makes jane an administrator, and lets a worker run the built-in OAuth server's revision.
    private static func prepare(_ api: TestAPI) async throws {
        let role: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "wide"],
            "rules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
        ]
        let binding: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "wide"],
            "subjects": [["kind": "User", "name": "jane"]], "roleRef": ["kind": "ClusterRole", "name": "wide"],
        ]
        let revision: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "AuthenticationRevision", "metadata": ["name": "authentication-1"],
            "spec": [
                "revision": 1, "mode": "IntegratedOAuth", "snapshot": [:],
                "digest": .string(String(repeating: "0", count: 64)),
                "contentDigest": .string(String(repeating: "0", count: 64)),
            ],
        ]
        let server: JSONValue = [
            "apiVersion": "operator.openshift.io/v1", "kind": "KubeAPIServer", "metadata": ["name": "cluster"], "spec": [:],
        ]
        let policy: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "RolloutPolicy", "metadata": ["name": "cluster"], "spec": [:],
        ]
        let record: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "BreakGlassCertificate", "metadata": ["name": "system-admin"],
        ]
        for (path, object) in [
            ("/apis/rbac.authorization.k8s.io/v1/clusterroles", role),
            ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding),
            ("/apis/postern.dev/v1alpha1/authenticationrevisions", revision),
            ("/apis/operator.openshift.io/v1/kubeapiservers", server),
            ("/apis/postern.dev/v1alpha1/rolloutpolicies", policy), (path, record),
        ] {
            let reply = try await api.create(path, object)
            #expect(reply.code == 201, "\(reply.text)")
        }
        try await api.roles.load()
        try await run(1, api)
        try await use(at: TestAPI.now - 8 * 86_400, api)
    }

    private static func run(_ revision: Int64, _ api: TestAPI) async throws {
        let nodes: JSONValue = [["nodeName": "worker-0", "currentRevision": .integer(revision)]]
        let path = "/apis/operator.openshift.io/v1/kubeapiservers/cluster/status"
        let reply = try await api.patch(path, ["status": ["nodeStatuses": nodes]])
        #expect(reply.code == 200, "\(reply.text)")
    }

    private static func use(at time: Int64, _ api: TestAPI) async throws {
        let status: JSONValue = [
            "serialNumber": "a1", "expirationTime": .string(Timestamp.text(of: TestAPI.now + 86_400)),
            "lastUsedTime": .string(Timestamp.text(of: time)),
        ]
        let reply = try await api.patch("\(path)/system-admin/status", ["status": status])
        #expect(reply.code == 200, "\(reply.text)")
    }

    private static func patch(_ api: TestAPI, _ type: String, query: String = "") async throws -> TestAPI.Reply {
        try await api.send(
            "PATCH",
            TestAPI.cluster + query,
            as: TestAPI.worker,
            headers: token.merging(["Content-Type": "application/merge-patch+json"]) { $1 },
            body: JSONWriter.bytes(of: ["spec": ["type": .string(type)]])
        )
    }

    private static func isRefused(_ reply: TestAPI.Reply) -> Bool {
        let causes = reply.json.value(at: "details", "causes")?.arrayValue ?? []
        return reply.code == 422 && causes.count == 1 && causes.first?["field"] == "spec.type"
            && causes.first?["reason"] == "FieldValueForbidden" && reply.message.contains("ctl break-glass verify")
    }

    @Test func everyWayOfWritingIsRefused() async throws {
        try await TestAPI.with { api in
            try await Self.prepare(api)
            #expect(Self.isRefused(try await Self.patch(api, "None")))
            #expect(Self.isRefused(try await Self.patch(api, "None", query: "?dryRun=All")))
            var object = try await api.get(TestAPI.cluster).json
            object["spec"] = ["type": "None"]
            let updated = try await api.send(
                "PUT",
                TestAPI.cluster,
                as: TestAPI.worker,
                headers: Self.token.merging(["Content-Type": "application/json"]) { $1 },
                body: JSONWriter.bytes(of: object)
            )
            #expect(Self.isRefused(updated))
            let configuration: JSONValue = [
                "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
                "spec": ["type": "None"],
            ]
            let applied = try await api.send(
                "PATCH",
                "\(TestAPI.cluster)?fieldManager=a",
                as: TestAPI.worker,
                headers: Self.token.merging(["Content-Type": "application/apply-patch+yaml"]) { $1 },
                body: JSONWriter.bytes(of: configuration)
            )
            #expect(Self.isRefused(applied))
            let catalog = try ResourceCatalog.builtIn()
            let folder = ManifestApply(
                store: api.store,
                catalog: catalog,
                admission: Admission(catalog: catalog),
                user: "system:manifests",
                now: { TestAPI.now }
            )
            await #expect(throws: InvalidObject.self) { try await folder.prepare(configuration, manager: "auth.yaml") }
            // Everything else may be changed, and the mode be given its other name.
            #expect(try await Self.patch(api, "IntegratedOAuth").code == 200)
        }
    }

    @Test func aUseOpensTheWayForAsManyDaysAsThePolicySays() async throws {
        try await TestAPI.with { api in
            try await Self.prepare(api)
            #expect(try await api.patch(Self.policy, ["spec": ["breakGlass": ["verifiedWithinDays": 8]]]).code == 200)
            #expect(try await Self.patch(api, "None", query: "?dryRun=All").code == 200)
            #expect(try await api.patch(Self.policy, ["spec": ["breakGlass": ["verifiedWithinDays": 1]]]).code == 200)
            #expect(Self.isRefused(try await Self.patch(api, "None")))
            #expect(try await api.patch(Self.policy, ["spec": ["breakGlass": ["verifiedWithinDays": 0]]]).code == 200)
            #expect(try await Self.patch(api, "None", query: "?dryRun=All").code == 200)
            #expect(try await api.patch(Self.policy, ["spec": ["breakGlass": ["verifiedWithinDays": 366]]]).code == 422)
            #expect(try await api.patch(Self.policy, ["spec": ["breakGlass": .null]]).code == 200)
            #expect(Self.isRefused(try await Self.patch(api, "None")))
            try await Self.use(at: TestAPI.now - 60, api)
            #expect(try await Self.patch(api, "None").code == 200)
        }
    }

    @Test func whoShowsOneHasProvedIt() async throws {
        try await TestAPI.with { api in
            try await Self.prepare(api)
            #expect(Self.isRefused(try await Self.patch(api, "None")))
            #expect(try await api.patch(TestAPI.cluster, ["spec": ["type": "None"]]).code == 200)
            // The way back to what works is open to everybody.
            #expect(try await Self.patch(api, "").code == 200)
        }
    }

    @Test func nothingIsAskedWhereNothingWorks() async throws {
        try await TestAPI.with { api in
            try await Self.prepare(api)
            try await Self.run(0, api)
            #expect(try await Self.patch(api, "None").code == 200)
        }
    }
}
