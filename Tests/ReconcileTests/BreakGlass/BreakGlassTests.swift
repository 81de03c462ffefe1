import Certificates
import Foundation
import JSON
import Logging
import Schema
import Store
import Synchronization
import Testing

@testable import Reconcile

/// What becomes of break-glass certificates.
struct BreakGlassTests {
    private static let start: Int64 = 1_800_000_000

    // MARK: - The decision

    private static func certificate(_ name: String, serial: String? = nil, expires: Int64? = nil, refused: Bool = false)
        -> BreakGlassCertificate
    {
        var status = BreakGlassCertificate.Status()
        status.serialNumber = serial
        status.expirationTime = expires.map(Timestamp.text)
        if refused { status.conditions = [Condition(type: "Ready", status: .false, reason: "WeakKey", message: "")] }
        var metadata = ObjectMeta(name: name)
        metadata.creationTimestamp = Timestamp.text(of: start)
        return BreakGlassCertificate(metadata: metadata, status: status)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let certificates: [BreakGlassCertificate]
        var after: Int64 = 0
        let step: BreakGlassStep
        var testDescription: String { name }
    }

    private static let own = certificate("system-admin", serial: "a1", expires: start + 1_000_000)
    private static let hour: Int64 = 3600

    private static let cases = [
        Case(name: "nothing is there", certificates: [], step: .tellOfBootstrap),
        Case(
            name: "the certificate was made anew",
            certificates: [certificate("system-admin", serial: "b2")],
            step: .tellOfBootstrap
        ),
        Case(name: "all is told", certificates: [own], step: .issue(.rest(atMost: hour))),
        Case(name: "one is asked for", certificates: [own, certificate("alice")], step: .issue(.sign("alice"))),
        Case(
            name: "first things first",
            certificates: [certificate("alice")],
            step: .tellOfBootstrap
        ),
        Case(
            name: "one was refused",
            certificates: [own, certificate("alice", refused: true)],
            step: .issue(.rest(atMost: hour))
        ),
        Case(
            name: "one was refused a day ago",
            certificates: [own, certificate("alice", refused: true)],
            after: 24 * hour,
            step: .issue(.remove("alice"))
        ),
        Case(
            name: "one is expired",
            certificates: [own, certificate("alice", serial: "c3", expires: start + 600)],
            after: 600,
            step: .issue(.rest(atMost: hour))
        ),
        Case(
            name: "one will have been expired for a day",
            certificates: [own, certificate("alice", serial: "c3", expires: start + 600)],
            after: 590 + 24 * hour,
            step: .issue(.rest(atMost: 10))
        ),
        Case(
            name: "one has been expired for a day",
            certificates: [own, certificate("alice", serial: "c3", expires: start + 600)],
            after: 600 + 24 * hour,
            step: .issue(.remove("alice"))
        ),
        Case(
            name: "the controller's own never goes",
            certificates: [certificate("system-admin", serial: "a1", expires: start)],
            after: 1_000 * hour,
            step: .issue(.rest(atMost: hour))
        ),
    ]

    @Test(arguments: cases) func decides(_ c: Case) {
        #expect(breakGlassStep(c.certificates, bootstrap: "a1", now: Self.start + c.after) == c.step)
    }

    // MARK: - What requests leave

    private static func use(_ name: String = "alice", serial: String = "c3") -> CertificateUse {
        CertificateUse(certificate: name, serialNumber: serial, address: "192.0.2.7", userAgent: "kubectl/v1.34.0")
    }

    @Test func aUseIsNotedOnceAMinuteAndToldOnceAnHour() {
        let reports = BreakGlassReports(Bell())
        var noted: [String] = []
        for second in [0, 1, 59, 60, 119, 120, 3_599, 3_600, 3_700, 0] as [Int64] {
            reports.record(Self.use(), at: Self.start + second)
            guard let use = reports.next.use else { continue }
            noted.append("\(use.time - Self.start)\(use.isLoud ? "!" : "")")
            reports.done(use)
        }
        // In the end the clock was set back.
        #expect(noted == ["0!", "60", "120", "3599", "3700!", "0!"])
    }

    @Test func whatIsNotWrittenDownYetGrowsNoFurther() throws {
        let reports = BreakGlassReports(Bell())
        for index in 0..<3 * BreakGlassReports.limit { reports.record(Self.use(serial: "\(index)"), at: Self.start) }
        var count = 0
        while let use = reports.next.use {
            reports.done(use)
            count += 1
        }
        #expect(count == BreakGlassReports.limit)
    }

    @Test func aUseMeanwhileIsNotLost() throws {
        let reports = BreakGlassReports(Bell())
        reports.record(Self.use(), at: Self.start)
        let first = try #require(reports.next.use)
        reports.record(Self.use(), at: Self.start + 60)
        reports.done(first)
        let second = try #require(reports.next.use)
        // Nobody has been told of the first one.
        #expect(second.time == Self.start + 60 && second.isLoud)
    }

    // MARK: - The loop

    /// A store, an authority, and a clock that a test moves.
    private final class World: Sendable {
        let store: SQLiteStore
        let loop: BreakGlassLoop
        let bootstrap: CertificateFacts
        private let folder: String

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "postern-glass-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            store = try SQLiteStore.open(path: "\(folder)/store.db", key: .random(), logger: logger)
            let start = Date(timeIntervalSince1970: TimeInterval(BreakGlassTests.start))
            let certificates = try ClusterCertificates.open(dataFolder: folder, now: start)
            let files = certificates.administrator
            bootstrap = try CertificateFacts(pem: try String(contentsOfFile: files.certificatePath, encoding: .utf8))
            let clock = ClockHands()
            hands = clock
            loop = BreakGlassLoop(
                store: store,
                catalog: try ResourceCatalog.builtIn(),
                authority: certificates.authority,
                bootstrap: bootstrap,
                now: { clock.time.withLock { $0 } },
                logger: logger
            )
        }

        final class ClockHands: Sendable { let time = Mutex(BreakGlassTests.start) }
        private let hands: ClockHands

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func advance(_ seconds: Int64) { hands.time.withLock { $0 += seconds } }

        /// Looks until there is nothing to do.
        func settle() async throws {
            for _ in 0..<100 where try await loop.look() == .acted { continue }
        }

        func status(_ name: String) async throws -> BreakGlassCertificate.Status? {
            let object = try await store.find(ObjectID(BreakGlassCertificate.resource, name: name))
            return try object?.value.decoded(as: BreakGlassCertificate.self).status
        }

        func ask(_ name: String, _ request: String, ttl: Int64 = 600) async throws {
            let writer = ObjectWriter(store: store, catalog: try ResourceCatalog.builtIn())
            try await writer.create(
                [
                    "apiVersion": "postern.dev/v1alpha1", "kind": "BreakGlassCertificate",
                    "metadata": ["name": .string(name), "annotations": ["postern.dev/changed-by": "system:admin"]],
                    "spec": ["request": .string(request), "ttlSeconds": .integer(ttl)],
                ],
                now: BreakGlassTests.start
            )
        }

        var events: [String] {
            get async throws {
                try await store.list(.events, namespace: nil).items.sorted { $0.version < $1.version }.map { event in
                    let kind = event.value.value(at: "involvedObject", "kind")?.stringValue ?? ""
                    let name = event.value.value(at: "involvedObject", "name")?.stringValue ?? ""
                    return
                        "\(event.value["reason"]?.stringValue ?? "") \(event.value["type"]?.stringValue ?? "") \(kind)/\(name)"
                }
            }
        }
    }

    @Test func tellsOfItsOwnCertificate() async throws {
        let world = try World()
        try await world.settle()
        let status = try #require(try await world.status("system-admin"))
        #expect(status.serialNumber == world.bootstrap.serialNumber && status.username == "system:admin")
        #expect(status.expiration == world.bootstrap.expiration && status.lastUsedTime == nil)
        world.loop.record(
            CertificateUse(
                certificate: "system-admin",
                serialNumber: world.bootstrap.serialNumber,
                address: "192.0.2.7",
                userAgent: "ctl/0.1.0"
            )
        )
        try await world.settle()
        let used = try #require(try await world.status("system-admin"))
        #expect(used.lastUse == Self.start && used.lastUsedFrom == "ctl/0.1.0 at 192.0.2.7")
        #expect(used.lastTestTime == nil)
        #expect(try await world.events == ["BreakGlassUsed Warning BreakGlassCertificate/system-admin"])
        // Nothing is written where nothing has happened.
        let revision = try await world.store.currentRevision()
        try await world.settle()
        #expect(try await world.store.currentRevision() == revision)
        // Deleted by whatever means, it comes back.
        _ = try await world.store.delete(ObjectID(BreakGlassCertificate.resource, name: "system-admin"), ifVersion: nil)
        try await world.settle()
        #expect(try await world.status("system-admin")?.serialNumber == world.bootstrap.serialNumber)
    }

    @Test func signsAndForgets() async throws {
        let world = try World()
        try await world.ask("alice", try KeyAndRequest.make(commonName: "x").requestPEM)
        try await world.settle()
        let status = try #require(try await world.status("alice"))
        let facts = try CertificateFacts(pem: try #require(status.certificate))
        #expect(facts.commonName == "break-glass:alice" && facts.serialNumber == status.serialNumber)
        #expect(status.expiration == Self.start + 600 && status.conditions?[type: "Ready"]?.status == .true)
        #expect(try await world.events == ["BreakGlassIssued Warning BreakGlassCertificate/alice"])
        world.advance(600 + keptAfterExpiration - 1)
        try await world.settle()
        let kept = try await world.status("alice")
        #expect(kept != nil)
        world.advance(1)
        try await world.settle()
        let gone = try await world.status("alice")
        #expect(gone == nil)
    }

    @Test func refusesWithAReason() async throws {
        let world = try World()
        try await world.ask("alice", "nonsense")
        try await world.settle()
        let status = try #require(try await world.status("alice"))
        let ready = try #require(status.conditions?[type: "Ready"])
        #expect(ready.status == .false && ready.reason == "UnreadableRequest")
        #expect(status.certificate == nil && status.serialNumber == nil)
        #expect(try await world.events.isEmpty)
    }

    @Test func anotherCertificateOfTheSameUserSaysNothingOfThisOne() async throws {
        let world = try World()
        try await world.settle()
        world.loop.record(Self.use("system-admin", serial: "0ld"))
        try await world.settle()
        #expect(try await world.status("system-admin")?.lastUsedTime == nil)
        #expect(try await world.events == ["BreakGlassUsed Warning BreakGlassCertificate/system-admin"])
    }

    @Test func tellsOfATestThatFails() async throws {
        let world = try World()
        world.loop.record(BreakGlassTest(time: Self.start + 60, failure: "the API answered 401"))
        try await world.settle()
        #expect(try await world.status("system-admin")?.lastTestError == "the API answered 401")
        #expect(try await world.events == ["BreakGlassBroken Warning BreakGlassCertificate/system-admin"])
        world.loop.record(BreakGlassTest(time: Self.start + 3660, failure: nil))
        try await world.settle()
        let status = try #require(try await world.status("system-admin"))
        #expect(status.lastTestError == nil && status.lastTestTime == Timestamp.text(of: Self.start + 3660))
        #expect(status.lastUsedTime == nil)
    }
}
