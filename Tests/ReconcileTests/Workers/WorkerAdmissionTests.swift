import Certificates
import Foundation
import JSON
import Logging
import Schema
import Store
import Testing

@testable import Reconcile

/// What is written down of workers that join, and what a crash or two at once make of it.
struct WorkerAdmissionTests {
    private static let start: Int64 = 1_800_000_000

    private struct Site {
        let store: SQLiteStore
        let admission: WorkerAdmission
        let loop: WorkerTokenLoop
        let writer: ObjectWriter

        func makeToken(_ name: String, joins: Int64 = 1) async throws -> WorkerToken {
            let key = try KeyAndRequest.make(commonName: name)
            let spec = WorkerToken.Spec(request: key.requestPEM, ttlSeconds: 600, joins: joins)
            try await writer.create(
                [
                    "apiVersion": .string(WorkerToken.apiVersion), "kind": .string(WorkerToken.kind),
                    "metadata": ["name": .string(name)], "spec": try JSONValue(encoding: spec),
                ],
                now: start
            )
            while try await loop.look() == .acted {}
            return try await token(name)
        }

        func token(_ name: String) async throws -> WorkerToken {
            try await store.get(ObjectID(WorkerToken.resource, name: name)).value.decoded(as: WorkerToken.self)
        }

        func node(_ name: String) async throws -> Node {
            try await store.get(ObjectID(.nodes, name: name)).value.decoded(as: Node.self)
        }

        func join(_ worker: String, _ key: KeyAndRequest, with token: WorkerToken) async throws -> WorkerCertificate.Status {
            try await admission.certify(
                WorkerCertificate.Spec(workerName: worker, request: key.requestPEM),
                for: .init(
                    username: token.status?.username ?? "",
                    serialNumber: token.status?.serialNumber ?? "",
                    address: "10.0.0.7"
                )
            )
        }

        func renew(_ worker: String, _ key: KeyAndRequest, showing certificate: String) async throws -> WorkerCertificate.Status
        {
            try await admission.certify(
                WorkerCertificate.Spec(workerName: worker, request: key.requestPEM),
                for: .init(
                    username: "system:node:\(worker)",
                    serialNumber: try CertificateFacts(pem: certificate).serialNumber,
                    address: nil
                )
            )
        }
    }

    private static func with(_ body: (Site) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-join-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try SQLiteStore.open(path: "\(folder)/store.db", key: .random(), logger: logger)
        let catalog = try ResourceCatalog.builtIn()
        let authority = try ClusterCertificates.open(dataFolder: folder, now: Date()).authority
        let admission = WorkerAdmission(
            store: store,
            catalog: catalog,
            authority: authority,
            lifetimes: .init(client: 3_600),
            now: { start },
            logger: logger
        )
        let loop = WorkerTokenLoop(store: store, catalog: catalog, authority: authority, now: { start }, logger: logger)
        try await body(
            Site(store: store, admission: admission, loop: loop, writer: ObjectWriter(store: store, catalog: catalog))
        )
        try store.close()
    }

    @Test func letsAWorkerInAndRemembersIt() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            #expect(token.status?.username == "system:bootstrap:join-1")
            let status = try await site.join("edge-1", try KeyAndRequest.make(commonName: ""), with: token)
            let client = try CertificateFacts(pem: status.clientCertificate)
            #expect(client.commonName == "system:node:edge-1")
            #expect(client.expiration == Self.start + 3_600)
            #expect(status.hosts == ["10.0.0.7"])
            let node = try await site.node("edge-1")
            #expect(node.spec?.certificates?.map(\.serialNumber) == [client.serialNumber])
            let joined = try await site.token("join-1").status?.joined
            #expect(joined?.map(\.workerName) == ["edge-1"])
            #expect(joined?.map(\.keyDigest) == [client.keyDigest])
        }
    }

    /// The answer was lost, or the worker was killed before it had it: it asks again with the same key.
    @Test func theSameWorkerMayAskAgain() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            let key = try KeyAndRequest.make(commonName: "")
            let first = try await site.join("edge-1", key, with: token)
            let second = try await site.join("edge-1", key, with: token)
            let serial = try CertificateFacts(pem: second.clientCertificate).serialNumber
            #expect(try CertificateFacts(pem: first.clientCertificate).serialNumber != serial)
            let node = try await site.node("edge-1")
            #expect(node.spec?.certificates?.map(\.serialNumber) == [serial])
            let joined = try await site.token("join-1").status?.joined
            #expect(joined?.count == 1)
        }
    }

    @Test func ofManyAtOnceOneGetsTheToken() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            let names = await withTaskGroup(of: String?.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        do {
                            _ = try await site.join("edge-\(index)", try KeyAndRequest.make(commonName: ""), with: token)
                            return "edge-\(index)"
                        } catch {
                            return nil
                        }
                    }
                }
                return await group.reduce(into: [String]()) { if let name = $1 { $0.append(name) } }
            }
            #expect(names.count == 1)
            let nodes = try await site.store.list(.nodes, namespace: nil).items.map(\.id.name)
            #expect(nodes == names)
        }
    }

    /// Between the two writes: the token knows of the worker, and no Node is there.
    @Test func goesOnAfterACrashBetweenTheWrites() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            let key = try KeyAndRequest.make(commonName: "")
            _ = try await site.join("edge-1", key, with: token)
            _ = try await site.store.delete(ObjectID(.nodes, name: "edge-1"), ifVersion: nil)
            _ = try await site.join("edge-1", key, with: token)
            let node = try await site.node("edge-1")
            #expect(node.spec?.certificates?.count == 1)
        }
    }

    /// However many answers are lost, the certificate that the worker has goes on counting.
    @Test func renewalsKeepTheCertificateThatAsks() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            let first = try await site.join("edge-1", try KeyAndRequest.make(commonName: ""), with: token)
            let serial = try CertificateFacts(pem: first.clientCertificate).serialNumber
            for _ in 0..<3 {
                let next = try await site.renew(
                    "edge-1",
                    try KeyAndRequest.make(commonName: ""),
                    showing: first.clientCertificate
                )
                let node = try await site.node("edge-1")
                let newest = try CertificateFacts(pem: next.clientCertificate).serialNumber
                #expect(node.spec?.certificates?.map(\.serialNumber) == [serial, newest])
            }
        }
    }

    @Test func refusesKeysThatNobodyProves() async throws {
        try await Self.with { site in
            let token = try await site.makeToken("join-1")
            let asker = WorkerAdmission.Asker(
                username: token.status?.username ?? "",
                serialNumber: token.status?.serialNumber ?? "",
                address: nil
            )
            await #expect(throws: WorkerCertificate.Refusal.self) {
                try await site.admission.certify(.init(workerName: "edge-1", request: "hello"), for: asker)
            }
            let request = try KeyAndRequest.make(commonName: "").requestPEM
            for username in ["system:node:edge-9", "system:admin", "system:bootstrap:nobody", "jane"] {
                await #expect(throws: WorkerCertificate.Refusal.self, "\(username)") {
                    try await site.admission.certify(
                        .init(workerName: "edge-1", request: request),
                        for: .init(username: username, serialNumber: "1", address: nil)
                    )
                }
            }
            #expect(try await site.store.list(.nodes, namespace: nil).items.isEmpty)
        }
    }
}
