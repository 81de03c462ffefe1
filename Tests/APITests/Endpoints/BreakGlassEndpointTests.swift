import Foundation
import HTTPTypes
import JSON
import Listening
import Schema
import Synchronization
import Testing

@testable import API

/// Break-glass certificates as requests show them: which count, who makes them, and what is known of their use.
struct BreakGlassEndpointTests {
    private static let path = "/apis/postern.dev/v1alpha1/breakglasscertificates"
    private static let jane = CertificateSubject(commonName: "jane", organizations: ["dev"])
    private static let nodes = "/api/v1/nodes"

    private static func alice(_ serialNumber: String = "a1") -> CertificateSubject {
        CertificateSubject(
            commonName: "break-glass:alice",
            organizations: ["system:masters"],
            serialNumber: serialNumber
        )
    }

    private static func request(_ name: String) -> JSONValue {
        [
            "apiVersion": "postern.dev/v1alpha1", "kind": "BreakGlassCertificate", "metadata": ["name": .string(name)],
            "spec": ["request": "x"],
        ]
    }

    /// As the controller does it.
    private static func sign(_ name: String, _ serialNumber: String, expires: Int64, _ api: TestAPI) async throws {
        let status: JSONValue = [
            "serialNumber": .string(serialNumber), "expirationTime": .string(Timestamp.text(of: expires)),
        ]
        let reply = try await api.patch("\(path)/\(name)/status", ["status": status])
        #expect(reply.code == 200, "\(reply.text)")
    }

    private final class Uses: Sendable {
        let seen = Mutex<[BreakGlassUse]>([])
        var observers: BreakGlassObservers {
            BreakGlassObservers(
                onUse: { use in self.seen.withLock { $0.append(use) } },
                isSelfTest: { $0 == "proof" }
            )
        }
        /// What was seen since the last call.
        var taken: [String] {
            seen.withLock { seen in
                defer { seen = [] }
                return seen.map { "\($0.certificate) \($0.serialNumber) \($0.userAgent)" }
            }
        }
    }

    // MARK: - Which count

    @Test func aNamedCertificateCountsWhileItsObjectSaysSo() async throws {
        try await TestAPI.with { api in
            let unknown = try await api.get(Self.nodes, as: Self.alice())
            #expect(unknown.code == 401 && unknown.message.contains("has been revoked or has expired"))
            #expect(try await api.create(Self.path, Self.request("alice")).code == 201)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 401)
            try await Self.sign("alice", "a1", expires: TestAPI.now + 1, api)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 200)
            #expect(try await api.get("\(TestAPI.authentications)/cluster", as: Self.alice()).code == 200)
            #expect(try await api.get(Self.nodes, as: Self.alice("b2")).code == 401)
            try await Self.sign("alice", "a1", expires: TestAPI.now, api)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 401)
            #expect(try await api.get("\(TestAPI.authentications)/cluster", as: Self.alice()).code == 401)
            try await Self.sign("alice", "a1", expires: TestAPI.now + 1, api)
            #expect(try await api.send("DELETE", "\(Self.path)/alice").code == 200)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 401)
            // Another one of this name is another certificate.
            #expect(try await api.create(Self.path, Self.request("alice")).code == 201)
            try await Self.sign("alice", "b2", expires: TestAPI.now + 1, api)
            #expect(try await api.get(Self.nodes, as: Self.alice("a1")).code == 401)
            #expect(try await api.get(Self.nodes, as: Self.alice("b2")).code == 200)
        }
    }

    @Test func oneThatIsAboutToBeDeletedIsRevokedAlready() async throws {
        try await TestAPI.with { api in
            var object = Self.request("alice")
            object["metadata"]?["finalizers"] = ["example.com/audit"]
            #expect(try await api.create(Self.path, object).code == 201)
            try await Self.sign("alice", "a1", expires: TestAPI.now + 1, api)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 200)
            #expect(try await api.send("DELETE", "\(Self.path)/alice").code == 200)
            #expect(try await api.get("\(Self.path)/alice").code == 200)
            #expect(try await api.get(Self.nodes, as: Self.alice()).code == 401)
        }
    }

    @Test func theAdministratorsOwnCountsWhateverIsStored() async throws {
        try await TestAPI.with { api in
            let admin = CertificateSubject(
                commonName: "system:admin",
                organizations: ["system:masters"],
                serialNumber: "anything"
            )
            #expect(try await api.get(Self.nodes, as: admin).code == 200)
            let record: JSONValue = [
                "apiVersion": "postern.dev/v1alpha1", "kind": "BreakGlassCertificate", "metadata": ["name": "system-admin"],
            ]
            #expect(try await api.create(Self.path, record).code == 201)
            try await Self.sign("system-admin", "0", expires: 1, api)
            #expect(try await api.get(Self.nodes, as: admin).code == 200)
            let refusal = try await api.send("DELETE", "\(Self.path)/system-admin")
            #expect(refusal.code == 403 && refusal.message.contains("cannot be revoked"))
            // The name of a user does not make a certificate the administrator's own.
            let other = CertificateSubject(commonName: "break-glass:system-admin", organizations: ["system:masters"])
            #expect(try await api.get(Self.nodes, as: other).code == 401)
        }
    }

    // MARK: - Who makes them

    @Test func onlyThoseWhoMayDoEverythingMakeOrChangeOne() async throws {
        try await TestAPI.with { api in
            let role: JSONValue = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "wide"],
                "rules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
            ]
            let binding: JSONValue = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "wide"],
                "subjects": [["kind": "User", "name": "jane"]], "roleRef": ["kind": "ClusterRole", "name": "wide"],
            ]
            let rbac = "/apis/rbac.authorization.k8s.io/v1"
            #expect(try await api.create("\(rbac)/clusterroles", role).code == 201)
            #expect(try await api.create("\(rbac)/clusterrolebindings", binding).code == 201)
            try await api.roles.load()
            let refused = try await api.create(Self.path, Self.request("jane"), as: Self.jane)
            #expect(refused.code == 403 && refused.message.contains("only members of system:masters"), "\(refused.text)")
            let dry = try await api.create("\(Self.path)?dryRun=All", Self.request("jane"), as: Self.jane)
            #expect(dry.code == 403)
            let applied = try await api.send(
                "PATCH",
                "\(Self.path)/jane?fieldManager=a",
                as: Self.jane,
                headers: ["Content-Type": "application/apply-patch+yaml"],
                body: JSONWriter.bytes(of: Self.request("jane"))
            )
            #expect(applied.code == 403)
            let throughWorker = try await api.send(
                "POST",
                Self.path,
                as: TestAPI.worker,
                headers: ["X-Remote-User": "jane", "X-Remote-Group": "system:masters", "Content-Type": "application/json"],
                body: JSONWriter.bytes(of: Self.request("jane"))
            )
            #expect(throughWorker.code == 403)
            #expect(try await api.create(Self.path, Self.request("alice")).code == 201)
            let status = ["status": ["serialNumber": "0"]] as JSONValue
            #expect(try await api.patch("\(Self.path)/alice/status", status, as: Self.jane).code == 403)
            let label = ["metadata": ["labels": ["a": "b"]]] as JSONValue
            #expect(try await api.patch("\(Self.path)/alice", label, as: Self.jane).code == 403)
            #expect(try await api.get(Self.path, as: Self.jane).code == 200)
            #expect(try await api.send("DELETE", "\(Self.path)/alice", as: Self.jane).code == 200)
        }
    }

    // MARK: - Use

    @Test func everyRequestIsAUse() async throws {
        let uses = Uses()
        try await TestAPI.with(breakGlass: uses.observers) { api in
            #expect(try await api.create(Self.path, Self.request("alice")).code == 201)
            try await Self.sign("alice", "a1", expires: TestAPI.now + 1, api)
            _ = uses.taken
            let headers = ["User-Agent": "kubectl/v1.34.0"]
            _ = try await api.send("GET", Self.nodes, as: Self.alice(), headers: headers)
            #expect(uses.taken == ["alice a1 kubectl/v1.34.0"])
            _ = try await api.send("GET", "/apis/nothing", as: Self.alice(), headers: headers)
            #expect(uses.taken == ["alice a1 kubectl/v1.34.0"])
            // In whosever name.
            _ = try await api.send("GET", Self.nodes, headers: ["Impersonate-User": "jane", "User-Agent": "ctl"])
            #expect(uses.taken == ["system-admin  ctl"])
            _ = try await api.send("GET", Self.nodes, as: Self.alice("b2"))
            _ = try await api.send("GET", Self.nodes, as: Self.jane)
            let named = ["X-Remote-User": "break-glass:alice"]
            _ = try await api.send("GET", Self.nodes, as: TestAPI.worker, headers: named)
            #expect(uses.taken.isEmpty)
            let proof = ["X-Postern-Self-Test": "proof"]
            #expect(try await api.send("GET", "/version", headers: proof).code == 200)
            #expect(uses.taken.isEmpty)
            _ = try await api.send("GET", "/version", headers: ["X-Postern-Self-Test": "guess", "User-Agent": "x"])
            #expect(uses.taken == ["system-admin  x"])
        }
    }

    @Test func whatIsAnsweredInFrontOfTheFrameworkIsAUseAsWell() async throws {
        let uses = Uses()
        try await TestAPI.with { api in
            let reads = ImmediateReads(
                store: api.store,
                catalog: try ResourceCatalog.builtIn(),
                access: AccessControl(.builtIn),
                audit: nil,
                breakGlass: BreakGlassAccess(store: api.store, observers: uses.observers, now: { TestAPI.now }),
                workers: WorkerAccess(store: api.store, now: { TestAPI.now })
            )
            let path = "\(TestAPI.authentications)/cluster"
            #expect(reads.answer("GET", path, Self.alice(), [.userAgent: "curl"]) == nil)
            #expect(uses.taken.isEmpty)
            #expect(try await api.create(Self.path, Self.request("alice")).code == 201)
            try await Self.sign("alice", "a1", expires: TestAPI.now + 1, api)
            #expect(reads.answer("GET", path, Self.alice(), [.userAgent: "curl"]) != nil)
            #expect(uses.taken == ["alice a1 curl"])
            #expect(reads.answer("GET", path, Self.alice("b2"), [.userAgent: "curl"]) == nil)
            #expect(uses.taken.isEmpty)
        }
    }

    @Test func theAuditLogSaysWhichCertificate() {
        func annotations(_ caller: Caller, isSelfTest: Bool = false) -> JSONValue? {
            var event = AuditEvent(id: "1", received: 0, uri: "/", sourceIPs: [], userAgent: "", verb: "get")
            event.caller = caller
            event.code = 200
            event.isSelfTest = isSelfTest
            return event.json["annotations"]
        }
        let allowed: JSONValue = ["authorization.k8s.io/decision": "allow"]
        var (named, own, test) = (allowed, allowed, allowed)
        named["postern.dev/break-glass"] = "alice"
        own["postern.dev/break-glass"] = "system-admin"
        test["postern.dev/self-test"] = "true"
        #expect(annotations(Caller(Self.alice())) == named)
        #expect(annotations(Caller(TestAPI.admin)) == own)
        #expect(annotations(Caller(TestAPI.admin), isSelfTest: true) == test)
        #expect(annotations(Caller(Self.jane)) == allowed)
    }
}
