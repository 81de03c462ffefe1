import Authenticator
import Certificates
import Foundation
import JSON
import Snapshot
import Testing

@testable import Worker

struct SnapshotInstallerTests {
    private let provider = TestProvider()
    private let folder: ScratchFolder
    private let live = LiveState()
    private let lastGood: LastGoodFile
    private let signatures: TestSignatures

    init() throws {
        folder = try ScratchFolder()
        signatures = try TestSignatures(folder: folder.path)
        lastGood = LastGoodFile(path: folder.file("last-good.json"))
    }

    private func installer(_ answer: ProviderTable = ProviderTable(), file: LastGoodFile? = nil) -> SnapshotInstaller {
        SnapshotInstaller(
            live: live,
            lastGood: file ?? lastGood,
            providers: answer,
            verifier: signatures.verifier,
            now: { TestProvider.now }
        )
    }

    private func snapshot(_ revision: Int64, _ change: (inout Issuer) -> Void = { _ in }) throws -> WorkerSnapshot {
        var snapshot = try #require(try provider.state(revision: revision).snapshot)
        snapshot.issuers[0].seed = KeySeed(jwks: provider.jwks, fetchedAt: TestProvider.now - 100)
        change(&snapshot.issuers[0])
        return snapshot
    }

    private func object(_ snapshot: WorkerSnapshot, digest: String? = nil) throws -> JSONValue {
        try signatures.object(try signatures.signed(snapshot), digest: digest)
    }

    private func knowsJane() throws -> Bool {
        live.load().judge(Array(try provider.token().utf8), now: TestProvider.now)?.identity?.username == "idp:jane"
    }

    // MARK: The good way

    @Test func takesARevisionAndKeepsIt() async throws {
        defer { folder.remove() }
        try await installer().install(object(snapshot(4)), revision: 4)
        #expect(live.load().revision == 4)
        #expect(live.load().problems.isEmpty)
        #expect(try knowsJane())
        #expect(try lastGood.load()?.snapshot.revision == 4)
    }

    @Test func startsFromDiskWithoutAnyNetwork() async throws {
        defer { folder.remove() }
        try lastGood.save(signatures.signed(snapshot(4)))
        #expect(try installer().restore() == 4)
        #expect(live.load().problems.isEmpty)
        #expect(try knowsJane())
    }

    /// One provider that has been away for days must hold up neither a revision nor the users of the others.
    @Test func keysThatAreTooOldAreNotUsedAndHoldUpNothing() async throws {
        defer { folder.remove() }
        var two = try snapshot(4)
        var other = two.issuers[0]
        (other.name, other.issuerURL) = ("other", "https://other.example")
        other.seed?.fetchedAt = TestProvider.now - RefreshPlan.staleKeyMax - 1
        two.issuers.append(other)
        try await installer().install(object(two), revision: 4)
        #expect(live.load().keys[other.issuerURL] == nil)
        #expect(live.load().problems.isEmpty)
        #expect(try knowsJane())
    }

    @Test func keysOfTheConfigurationNeedNoProviderAndGoWithIt() async throws {
        defer { folder.remove() }
        let fixed = TestProvider()
        let first = try snapshot(1) {
            $0.staticKeys = fixed.jwks
            $0.seed = nil
        }
        try await installer().install(object(first), revision: 1)
        #expect(live.load().keys[TestProvider.issuerURL]?.set.keys.count == 1)
        #expect(live.load().keys[TestProvider.issuerURL]?.seed == nil)
        // They are as good after years, from disk as well.
        let late = SnapshotInstaller(
            live: LiveState(),
            lastGood: lastGood,
            providers: ProviderTable(),
            verifier: signatures.verifier,
            now: { .max }
        )
        #expect(try late.restore() == 1)
        #expect(late.live.load().problems.isEmpty)
        // Another revision has others: the ones before are gone at the swap.
        try await installer().install(object(snapshot(2) { $0.staticKeys = provider.jwks }), revision: 2)
        #expect(try knowsJane())
        #expect(live.load().judge(Array(try fixed.token().utf8), now: TestProvider.now)?.identity == nil)
    }

    @Test func fetchesKeysThatTheRevisionDoesNotBring() async throws {
        defer { folder.remove() }
        let table = ProviderTable(answer: .success(ProviderMaterial(jwks: provider.jwks)))
        try await installer(table).install(object(snapshot(4) { $0.seed = nil }), revision: 4)
        #expect(try knowsJane())
        #expect(try lastGood.load()?.snapshot.issuers[0].seed == KeySeed(jwks: provider.jwks, fetchedAt: TestProvider.now))
    }

    @Test func keepsOpaqueTokens() async throws {
        defer { folder.remove() }
        var table = OpaqueTokenTable()
        table.isComplete = true
        let filled = table
        live.update { WorkerState(authenticator: $0.authenticator, keys: $0.keys, opaqueTokens: filled) }
        try await installer().install(object(snapshot(4)), revision: 4)
        #expect(live.load().opaqueTokens.isComplete)
    }

    // MARK: Keys that are known already

    struct Known: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let change: @Sendable (inout Issuer) -> Void
        let keepsOwn: Bool
    }

    static let known = [
        Known(testDescription: "the same place, older seed", change: { _ in }, keepsOwn: true),
        Known(
            testDescription: "the same place, newer seed",
            change: { $0.seed?.fetchedAt = TestProvider.now + 1 },
            keepsOwn: false
        ),
        Known(testDescription: "another authority", change: { $0.certificateAuthority = "PEM" }, keepsOwn: false),
        Known(
            testDescription: "another discovery document",
            change: { $0.discoveryURL = "https://x.example" },
            keepsOwn: false
        ),
    ]

    /// Keys that came from a place which is no longer trusted must not outlive the change.
    @Test(arguments: known)
    func keepsItsOwnKeysOnlyFromTheSamePlace(_ c: Known) async throws {
        defer { folder.remove() }
        let own = TestProvider()
        let table = ProviderTable(answer: .success(ProviderMaterial(jwks: own.jwks)))
        try await installer(table).install(object(snapshot(1) { $0.seed = nil }), revision: 1)
        try await installer().install(object(snapshot(2, c.change)), revision: 2)
        #expect(live.load().keys[TestProvider.issuerURL]?.seed?.jwks == (c.keepsOwn ? own.jwks : provider.jwks))
    }

    // MARK: Refusals

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reason: RevisionFailure.Reason
        var digest: String?
        var number: Int64 = 5
        var change: @Sendable (inout Issuer) -> Void = { _ in }
    }

    static let refused = [
        Refused(testDescription: "wrong digest", reason: .damaged, digest: "00"),
        Refused(testDescription: "another number", reason: .damaged, number: 6),
        Refused(testDescription: "an expression that does not compile", reason: .notCompiled) {
            $0.claimMappings.groups = .expression("claims.(")
        },
        Refused(testDescription: "no keys to be had", reason: .keysMissing) {
            $0.certificateAuthority = "another"
            $0.seed = nil
        },
        Refused(testDescription: "a key set without keys", reason: .keysMissing) {
            $0.certificateAuthority = "another"
            $0.seed?.jwks = #"{"keys":[]}"#
        },
        Refused(testDescription: "static keys of which none can be used", reason: .keysMissing) {
            $0.staticKeys = #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#
        },
        Refused(testDescription: "static keys that are none", reason: .keysMissing) { $0.staticKeys = "x" },
        Refused(testDescription: "a damaged key set", reason: .keysMissing) {
            $0.certificateAuthority = "another"
            $0.seed?.jwks = "x"
        },
    ]

    @Test(arguments: refused)
    func changesNothing(_ c: Refused) async throws {
        defer { folder.remove() }
        try await installer().install(object(snapshot(4)), revision: 4)
        let bad = try object(snapshot(5, c.change), digest: c.digest)
        do throws(RevisionFailure) {
            try await installer().install(bad, revision: c.number)
            Issue.record("it was taken")
        } catch {
            #expect(error.reason == c.reason)
            #expect(error.revision == c.number)
        }
        #expect(live.load().revision == 4)
        #expect(try knowsJane())
        #expect(try lastGood.load()?.snapshot.revision == 4)
    }

    // MARK: Signatures

    struct Forgery: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Makes a signed object into another.
        let forge: @Sendable (inout LastGoodFile.Content, TestSignatures) throws -> Void
    }

    /// Another cluster's signer, or another certificate of this cluster's authority.
    private static func signature(
        _ snapshot: WorkerSnapshot,
        by files: (certificate: String, key: String)
    ) throws -> SnapshotSignature {
        let signer = try SnapshotSigner(certificatePEM: files.certificate, keyPEM: files.key)
        let digest = try snapshot.digest()
        return SnapshotSignature(
            digest: digest,
            certificate: signer.certificatePEM,
            value: try signer.signature(over: snapshot.statement(digest: digest))
        )
    }

    static let forgeries = [
        Forgery(testDescription: "no signature") { content, _ in content.signature = nil },
        Forgery(testDescription: "other keys") { content, _ in content.snapshot.issuers[0].seed?.jwks = "{}" },
        Forgery(testDescription: "another rule") { content, _ in content.snapshot.issuers[0].claimValidationRules = [] },
        Forgery(testDescription: "an earlier limit of what is too old") { content, _ in content.snapshot.oldestRevision = 1 },
        Forgery(testDescription: "an earlier revision under this number") { content, signatures in
            var earlier = content.snapshot
            earlier.revision = 3
            content.signature = try signatures.signed(earlier).signature
        },
        Forgery(testDescription: "another cluster's signer") { content, _ in
            let folder = try ScratchFolder()
            defer { folder.remove() }
            content = try TestSignatures(folder: folder.path).signed(content.snapshot)
        },
        Forgery(testDescription: "a worker's certificate") { content, signatures in
            let worker = try signatures.certificates.authority.issue(
                CertificateRequest(commonName: "system:node:a", organizations: ["system:nodes"], use: .client),
                now: Date()
            )
            content.signature = try signature(content.snapshot, by: (worker.certificatePEM, worker.keyPEM))
        },
        Forgery(testDescription: "a signature that is none") { content, _ in content.signature?.value = "AAAA" },
        Forgery(testDescription: "a certificate that is none") { content, _ in content.signature?.certificate = "-----" },
    ]

    @Test(arguments: forgeries)
    func refusesForgeries(_ c: Forgery) async throws {
        defer { folder.remove() }
        try await installer().install(object(snapshot(4)), revision: 4)
        var good = try snapshot(5) { $0.claimValidationRules = [.cel(expression: "true", message: "m")] }
        good.oldestRevision = 2
        var content = try signatures.signed(good)
        // Without the change it is taken, by another worker.
        try await SnapshotInstaller(
            live: LiveState(),
            lastGood: LastGoodFile(path: folder.file("another.json")),
            providers: ProviderTable(),
            verifier: signatures.verifier,
            now: { TestProvider.now }
        ).install(signatures.object(content), revision: 5)
        try c.forge(&content, signatures)
        let bad = try signatures.object(content)
        do throws(RevisionFailure) {
            try await installer().install(bad, revision: 5)
            Issue.record("it was taken")
        } catch {
            #expect(error.reason == .forged)
        }
        #expect(live.load().revision == 4)
    }

    /// Keys are fetched by the worker itself; all the rest on its disk is what the controller signed.
    @Test func takesNewerKeysFromDiskAndNoOtherContent() throws {
        defer { folder.remove() }
        try lastGood.save(signatures.signed(snapshot(4) { $0.seed = nil }))
        try lastGood.saveKeys(of: snapshot(4))
        #expect(try installer().restore() == 4)
        #expect(try knowsJane())
        try lastGood.saveKeys(of: snapshot(4) { $0.audiences = ["another"] })
        #expect(throws: SnapshotVerifier.Refusal.wrongSignature) { try installer().restore() }
        var stripped = try #require(try lastGood.load())
        stripped.signature = nil
        try lastGood.save(stripped)
        #expect(throws: (any Error).self) { try installer().restore() }
    }

    /// What all have served is behind everybody; what was tried since may be gone back from.
    @Test func refusesWhatIsOlderThanAllHaveServed() async throws {
        defer { folder.remove() }
        var new = try snapshot(7)
        new.oldestRevision = 6
        try await installer().install(object(new), revision: 7)
        for (revision, isTaken) in [(Int64(5), false), (6, true), (8, true)] {
            var next = try snapshot(revision)
            next.oldestRevision = 6
            let object = try object(next)
            let failure: RevisionFailure?
            do throws(RevisionFailure) {
                try await installer().install(object, revision: revision)
                failure = nil
            } catch {
                failure = error
            }
            #expect(failure?.reason == (isTaken ? nil : .older), "\(revision)")
        }
        // A controller whose store came out of a backup knows of less; what this worker knows stays.
        var restored = try snapshot(9)
        restored.oldestRevision = 3
        try await installer().install(object(restored), revision: 9)
        // It is remembered over a restart.
        let restarted = LiveState()
        let again = SnapshotInstaller(
            live: restarted,
            lastGood: lastGood,
            providers: ProviderTable(),
            verifier: signatures.verifier,
            now: { TestProvider.now }
        )
        #expect(try again.restore() == 9)
        let old = try object(snapshot(5))
        await #expect(throws: RevisionFailure.self) { try await again.install(old, revision: 5) }
    }

    @Test func takesNothingThatItCannotKeep() async throws {
        defer { folder.remove() }
        let nowhere = LastGoodFile(path: folder.file("missing/last-good.json"))
        let good = try object(snapshot(4))
        await #expect(throws: RevisionFailure.self) { try await installer(file: nowhere).install(good, revision: 4) }
        #expect(live.load().revision == 0)
    }
}
