import API
import Certificates
import Foundation
import Listening
import Logging
import Reconcile
import Schema
import ServiceLifecycle
import Store
import Synchronization
import Testing
import Web

@testable import Controller

/// The controller's own way in, over real TLS.
@Suite(.timeLimit(.minutes(2)))
struct BreakGlassSelfTestTests {
    private final class Notes: Sendable {
        let uses = Mutex<[BreakGlassUse]>([])
    }

    /// Runs `body` with a test and the address of an API that knows it.
    private func withAPI(
        _ body: @escaping @Sendable (BreakGlassSelfTest, ListenAddress, ClusterCertificates, Notes) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-self-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let certificates = try ClusterCertificates.open(dataFolder: folder.path, now: Date())
        let store = try SQLiteStore.open(path: folder.appending(path: "postern.db").path, key: .random(), logger: logger)
        let catalog = try ResourceCatalog.builtIn()
        let notes = Notes()
        let test = BreakGlassSelfTest(certificates: certificates, now: { 0 }, report: { _ in })
        let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
        func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }
        let server = APIServer(
            store: store,
            catalog: catalog,
            admission: Admission(catalog: catalog),
            tls: try ServerTLS(
                certificateChain: bytes(certificates.controller.certificatePath),
                privateKey: bytes(certificates.controller.keyPath),
                clients: .required(authority: Array(certificates.authority.pem.utf8))
            ),
            address: ListenAddress(host: "127.0.0.1", port: 0),
            version: "0.0.0",
            breakGlass: BreakGlassObservers(
                onUse: { use in notes.uses.withLock { $0.append(use) } },
                isSelfTest: { test.isOwn($0) }
            ),
            logger: logger,
            onListening: { continuation.yield($0) }
        )
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            let address = try #require(await addresses.first { _ in true })
            do {
                try await body(test, address, certificates, notes)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try store.close()
    }

    @Test func theCertificateOpensTheAPIAndIsNotUsed() async throws {
        try await withAPI { test, address, _, notes in
            let early = try await test.failure()
            #expect(early == "the API does not listen yet")
            // An address that stands for all is reached at one.
            test.isListening(at: ListenAddress(host: "0.0.0.0", port: address.port))
            let first = try await test.failure()
            #expect(first == nil)
            let second = try await test.failure()
            #expect(second == nil)
            #expect(notes.uses.withLock { $0.count } == 0)
        }
    }

    @Test func aCertificateThatDoesNotOpenItIsTold() async throws {
        try await withAPI { test, address, certificates, _ in
            test.isListening(at: address)
            let other = certificates.reviewer
            let own = certificates.administrator
            for (path, replacement) in [
                (own.certificatePath, other.certificatePath), (own.keyPath, other.keyPath),
            ] {
                try Data(contentsOf: URL(filePath: replacement)).write(to: URL(filePath: path))
            }
            let stranger = try await test.failure()
            #expect(stranger == "the API takes its holder for somebody else")
            try Data("nonsense".utf8).write(to: URL(filePath: own.certificatePath))
            let broken = try await test.failure()
            #expect(broken != nil)
            try FileManager.default.removeItem(atPath: own.certificatePath)
            let missing = try await test.failure()
            #expect(missing != nil && missing?.contains("PRIVATE") == false)
        }
    }

    @Test func aProofCountsOnceAndOnlyOurs() async throws {
        try await withAPI { test, _, _, _ in
            #expect(!test.isOwn("") && !test.isOwn("guess"))
        }
    }

    @Test func triesAgainAndAgainUntilItIsToStop() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-self-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (tests, continuation) = AsyncStream.makeStream(of: BreakGlassTest.self)
        let test = BreakGlassSelfTest(
            certificates: try ClusterCertificates.open(dataFolder: folder.path, now: Date()),
            firstAfter: .milliseconds(1),
            interval: .milliseconds(1),
            now: { 7 },
            report: { continuation.yield($0) }
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await test.run() }
            var seen = 0
            for await report in tests {
                #expect(report == BreakGlassTest(time: 7, failure: "the API does not listen yet"))
                seen += 1
                if seen == 3 { break }
            }
            group.cancelAll()
        }
    }
}
