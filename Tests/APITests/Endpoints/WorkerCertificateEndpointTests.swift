import JSON
import Listening
import Schema
import Synchronization
import Testing

@testable import API

/// Which certificates of workers and worker tokens count, and who may ask for others.
struct WorkerCertificateEndpointTests {
    private static let path = "/apis/postern.dev/v1alpha1/workercertificates"
    private static let tokens = "/apis/postern.dev/v1alpha1/workertokens"
    private static let body: JSONValue = ["spec": ["workerName": "edge-1", "request": "PEM"]]

    private static func worker(_ name: String, serial: String = "a1") -> CertificateSubject {
        CertificateSubject(commonName: "system:node:\(name)", organizations: ["system:nodes"], serialNumber: serial)
    }

    private static func holder(_ token: String, serial: String = "b1") -> CertificateSubject {
        CertificateSubject(
            commonName: "system:bootstrap:\(token)",
            organizations: ["system:bootstrappers"],
            serialNumber: serial
        )
    }

    /// Gives certificates to everybody, and remembers who that was.
    private final class Askers: Sendable {
        private let seen = Mutex<[String]>([])
        var all: [String] { seen.withLock { $0 } }

        var certificates: WorkerCertificates {
            WorkerCertificates { spec, asker in
                if spec.workerName == "taken" { throw WorkerCertificate.Refusal.nameTaken("taken") }
                if spec.workerName == "spent" { throw WorkerCertificate.Refusal.tokenSpent(joins: 1) }
                self.seen.withLock { $0.append("\(asker.username) \(asker.serialNumber)") }
                return WorkerCertificate.Status(
                    clientCertificate: "C",
                    servingCertificate: "S",
                    hosts: ["h"],
                    expirationTime: "2026-01-01T00:00:00Z"
                )
            }
        }
    }

    private static func makeToken(_ api: TestAPI, expires: Int64 = 600) async throws {
        let token: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "WorkerToken", "metadata": ["name": "join-1"],
            "spec": ["request": "PEM"],
        ]
        #expect(try await api.create(tokens, token).code == 201)
        let status: JSONValue = [
            "serialNumber": "b1", "expirationTime": .string(Timestamp.text(of: TestAPI.now + expires)),
        ]
        #expect(try await api.patch("\(tokens)/join-1/status", ["status": status]).code == 200)
    }

    @Test func holdersOfTokensGetCertificatesAndNothingElse() async throws {
        let askers = Askers()
        try await TestAPI.with(workerCertificates: askers.certificates) { api in
            try await Self.makeToken(api)
            let reply = try await api.create(Self.path, Self.body, as: Self.holder("join-1"))
            #expect(reply.code == 201)
            #expect(reply.json.value(at: "status", "clientCertificate") == "C")
            #expect(reply.json["kind"] == "WorkerCertificate")
            #expect(askers.all == ["system:bootstrap:join-1 b1"])
            for path in ["/api/v1/nodes", "/api/v1/namespaces/openshift-config/secrets", "\(Self.tokens)/join-1"] {
                #expect(try await api.send("GET", path, as: Self.holder("join-1")).code == 403, "\(path)")
            }
        }
    }

    @Test func tokensThatDoNotCountAreRefused() async throws {
        let askers = Askers()
        try await TestAPI.with(workerCertificates: askers.certificates) { api in
            try await Self.expect(401, api, holder: Self.holder("join-1"))
            try await Self.makeToken(api, expires: 0)
            try await Self.expect(401, api, holder: Self.holder("join-1"))
            _ = try await api.send("DELETE", "\(Self.tokens)/join-1")
            try await Self.makeToken(api)
            try await Self.expect(401, api, holder: Self.holder("join-1", serial: "b2"))
            try await Self.expect(201, api, holder: Self.holder("join-1"))
            _ = try await api.send("DELETE", "\(Self.tokens)/join-1")
            try await Self.expect(401, api, holder: Self.holder("join-1"))
            #expect(askers.all.count == 1)
        }
    }

    private static func expect(_ code: Int, _ api: TestAPI, holder: CertificateSubject) async throws {
        let reply = try await api.create(path, body, as: holder)
        #expect(reply.code == code, "\(reply)")
    }

    /// A worker counts while its Node is there, and only with the certificates that the Node lists.
    @Test func workersThatWereRemovedOrReplacedAreRefused() async throws {
        try await TestAPI.with { api in
            let path = "/api/v1/nodes/edge-1"
            try await Self.expect(401, api, "a1")
            _ = try await api.create("/api/v1/nodes", TestAPI.node("edge-1"))
            try await Self.expect(200, api, "a1")
            let listed: JSONValue = ["spec": ["certificates": [["serialNumber": "a1"], ["serialNumber": "a2"]]]]
            let patched = try await api.patch(path, listed)
            #expect(patched.code == 200)
            for (serial, code) in [("a1", 200), ("a2", 200), ("a3", 401), ("", 401)] {
                try await Self.expect(code, api, serial)
            }
            let deleted = try await api.send("DELETE", path)
            #expect(deleted.code == 200)
            try await Self.expect(401, api, "a1")
        }
    }

    /// What the worker edge-1 gets for reading, for writing and for asking in somebody's name.
    private static func expect(_ code: Int, _ api: TestAPI, _ serial: String) async throws {
        let subject = worker("edge-1", serial: serial)
        let node = "/api/v1/nodes/edge-1"
        let read = try await api.send("GET", node, as: subject)
        let written = try await api.patch("\(node)/status", ["status": [:]], as: subject)
        let user = "/apis/user.openshift.io/v1/users/~"
        let forSomebody = try await api.send("GET", user, as: subject, headers: ["X-Remote-User": "jane"])
        #expect([read, written, forSomebody].map(\.code) == [code, code, code], "\(serial)")
    }

    @Test func nobodyElseAsks() async throws {
        let askers = Askers()
        try await TestAPI.with(workerCertificates: askers.certificates) { api in
            let user = ["X-Remote-User": "jane", "X-Remote-Group": "admins"]
            let bytes = JSONWriter.bytes(of: Self.body)
            let throughWorker = try await api.send("POST", Self.path, as: TestAPI.worker, headers: user, body: bytes)
            #expect(throughWorker.code == 403)
            let impersonated = try await api.send(
                "POST",
                Self.path,
                headers: ["Impersonate-User": "system:node:edge-1", "Impersonate-Group": "system:nodes"],
                body: bytes
            )
            #expect(impersonated.code == 403)
            #expect(askers.all.isEmpty)
            let dry = try await api.create("\(Self.path)?dryRun=All", Self.body, as: TestAPI.worker)
            #expect(dry.code == 400)
            #expect(try await api.create(Self.path, ["spec": [:]], as: TestAPI.worker).code == 400)
            #expect(askers.all.isEmpty)
            #expect(try await api.create(Self.path, Self.body, as: TestAPI.worker).code == 201)
        }
    }

    @Test func refusalsHaveTheirCodes() async throws {
        try await TestAPI.with(workerCertificates: Askers().certificates) { api in
            for (name, code, reason) in [("taken", 409, "AlreadyExists"), ("spent", 403, "Forbidden")] {
                let body: JSONValue = ["spec": ["workerName": .string(name), "request": "PEM"]]
                let reply = try await api.create(Self.path, body, as: TestAPI.worker)
                #expect(reply.code == code && reply.reason == reason, "\(reply)")
            }
        }
    }

    /// A role that may do everything with every kind is not enough to make a worker.
    @Test func onlyThoseWhoMayDoEverythingMakeTokens() async throws {
        try await TestAPI.with { api in
            let role: JSONValue = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "all"],
                "rules": [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]],
            ]
            let binding: JSONValue = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "all"],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "all"],
                "subjects": [["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane"]],
            ]
            #expect(try await api.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", role).code == 201)
            #expect(try await api.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding).code == 201)
            try await api.roles.load()
            let token: JSONValue = [
                "apiVersion": "postern.dev/v1alpha1", "kind": "WorkerToken", "metadata": ["name": "join-2"],
                "spec": ["request": "PEM"],
            ]
            let refused = try await api.send(
                "POST",
                Self.tokens,
                as: TestAPI.worker,
                headers: ["X-Remote-User": "jane"],
                body: JSONWriter.bytes(of: token)
            )
            #expect(refused.code == 403 && refused.message.contains("only members of system:masters"), "\(refused)")
        }
    }
}
