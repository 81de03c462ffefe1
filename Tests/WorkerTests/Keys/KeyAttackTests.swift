import Authenticator
import Foundation
import JSON
import Snapshot
import Testing

@testable import Worker

/// What senders of tokens, and providers, can do to the keys: attacks 22, 23, 28 and 29.
@Suite(.timeLimit(.minutes(3)))
struct KeyAttackTests {
    private let old = TestSigner("old")
    private let new = TestSigner("new")
    private let url = RefreshBench.issuerURL

    private func bench(_ keys: TestSigner..., maxAge: Int64 = 900) async throws -> RefreshBench {
        let bench = try RefreshBench()
        bench.providers.publish("{\"keys\":[" + keys.map(\.jwk).joined(separator: ",") + "]}", of: url, maxAge: maxAge)
        await bench.turn()
        return bench
    }

    /// Tokens that name keys which were never there, signed by nobody.
    private func flood(_ bench: RefreshBench, _ count: Int = 50) throws {
        for _ in 0..<count {
            let header = base64url(#"{"alg":"ES256","kid":"\#(UUID().uuidString)"}"#.utf8)
            let claims = base64url(#"{"iss":"\#(url)"}"#.utf8)
            let token = Array("\(header).\(claims).\(base64url([UInt8](repeating: 7, count: 64)))".utf8)
            #expect(bench.refusal(of: token) == .keyUnknown)
        }
    }

    @Test("Attack 22: a flood of unknown keys asks the provider once per cool-down")
    func attack22Flood() async throws {
        let bench = try await bench(old)
        defer { bench.folder.remove() }
        let before = bench.providers.asked(url)
        for _ in 0..<300 {
            try flood(bench, 5)
            await bench.pass(1)
            #expect(try bench.refusal(of: old) == nil)
        }
        #expect(bench.providers.asked(url) - before == 10)
    }

    @Test("Attack 22: during a flood a new key is learnt within the cool-down, from one token")
    func attack22Rotation() async throws {
        let bench = try await bench(old)
        defer { bench.folder.remove() }
        try flood(bench)
        await bench.turn()
        bench.providers.publish(TestSigner.set(old, new), of: url)
        #expect(try bench.refusal(of: new) == .keyUnknown)
        for _ in 0..<29 {
            try flood(bench)
            await bench.pass(1)
        }
        await bench.pass(1)
        #expect(try bench.refusal(of: new) == nil)
    }

    @Test("Attack 22: a flood at one issuer takes nothing from another")
    func attack22OtherIssuer() async throws {
        let bench = try RefreshBench(issuers: 2)
        defer { bench.folder.remove() }
        let other = "https://idp.example/1"
        for issuer in [url, other] { bench.providers.publish(TestSigner.set(old), of: issuer, maxAge: 900) }
        await bench.turn()
        try flood(bench, 1000)
        await bench.turn()
        try flood(bench, 1000)
        bench.providers.publish(TestSigner.set(new), of: other)
        #expect(try bench.refusal(of: new, issuer: other) == .keyUnknown)
        await bench.turn()
        #expect(try bench.refusal(of: new, issuer: other) == nil)
    }

    @Test("Attack 22: one bad token that is sent for ever asks once in two minutes")
    func attack22OneBadToken() async throws {
        let bench = try await bench(old)
        defer { bench.folder.remove() }
        let before = bench.providers.asked(url)
        let token = try new.token(issuer: url)
        for _ in 0..<240 {
            bench.refusal(of: token)
            await bench.pass(1)
        }
        #expect(bench.providers.asked(url) - before == 2)
    }

    @Test("Attack 22: without any keys no token makes the provider be asked")
    func attack22EmptySet() async throws {
        let bench = try await bench()
        defer { bench.folder.remove() }
        // Six failures: from then on it is tried once a minute, whatever comes.
        await bench.pass(62)
        let before = bench.providers.asked(url)
        for _ in 0..<120 {
            #expect(try bench.refusal(of: old) == .providerUnavailable)
            await bench.pass(1)
        }
        #expect(bench.providers.asked(url) - before == 2)
    }

    @Test("Attack 22: a provider that fails is not asked more often for it")
    func attack22FailingProvider() async throws {
        let bench = try await bench(old)
        defer { bench.folder.remove() }
        bench.providers.fail(url)
        let before = bench.providers.asked(url)
        for _ in 0..<300 {
            try flood(bench, 2)
            await bench.pass(1)
        }
        // One early attempt per cool-down, and the retries after 2 to 60 seconds.
        #expect(bench.providers.asked(url) - before <= 10 + 10)
        #expect(try bench.refusal(of: old) == nil)
    }

    @Test("Attack 23: neither 100,000 keys nor more than 1 MiB are taken")
    func attack23() throws {
        let many = "{\"keys\":[" + Array(repeating: "{}", count: 100_000).joined(separator: ",") + "]}"
        #expect(throws: KeySetError.tooManyKeys(100_000)) { try KeySet.parse(many) }
        #expect(throws: KeySetError.tooLarge) { try KeySet.parse(String(repeating: " ", count: (1 << 20) + 1)) }
    }

    @Test("Attack 23: of 512 keys with one name a token has 32 tried")
    func attack23OneName() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        let keys = (0..<512).map { _ in TestSigner("same") }
        bench.providers.publish("{\"keys\":[" + keys.map(\.jwk).joined(separator: ",") + "]}", of: url)
        await bench.turn()
        for (index, isTried) in [(0, true), (31, true), (32, false), (511, false)] {
            #expect(try bench.refusal(of: keys[index]) == (isTried ? nil : .signatureInvalid), "key \(index)")
        }
    }

    @Test("Attack 28: a shared secret, or a page, in place of the keys never becomes a key")
    func attack28() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(#"{"keys":[{"kty":"oct","kid":"hs","alg":"HS256","k":"c2VjcmV0"}]}"#, of: url)
        await bench.turn()
        #expect(bench.live.load().keys[url] == nil)
        bench.providers.publish("<html>", of: url)
        await bench.pass(10)
        #expect(bench.live.load().keys[url] == nil)
        // Beside a good key it is skipped, and said to be.
        bench.providers.publish(#"{"keys":[{"kty":"oct","kid":"hs","k":"c2VjcmV0"},\#(old.jwk)]}"#, of: url)
        await bench.pass(60)
        #expect(try bench.refusal(of: old) == nil)
        #expect(try bench.refusal(of: TestSigner("hs")) == .keyUnfit)
        let status = bench.refresh.providerStatus(of: bench.live.load())[0]
        #expect(status["unusableKeys"]?.arrayValue?.count == 1)
    }

    struct Withdrawal: CustomTestStringConvertible, Sendable {
        let maxAge: Int64
        let within: Int64
        var testDescription: String { "max-age \(maxAge): within \(within) s" }
    }

    static let withdrawals = [
        Withdrawal(maxAge: 0, within: 60), Withdrawal(maxAge: 300, within: 300), Withdrawal(maxAge: .max, within: 900),
    ]

    @Test("Attack 29: a withdrawn key stops working within 15 minutes, whatever the provider said", arguments: withdrawals)
    func attack29(_ c: Withdrawal) async throws {
        let bench = try await bench(old, new, maxAge: c.maxAge)
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(new), of: url, maxAge: c.maxAge)
        await bench.pass(c.within - 1)
        #expect(try bench.refusal(of: old) == nil)
        await bench.pass(1)
        #expect(try bench.refusal(of: old) == .keyUnknown)
        #expect(try bench.refusal(of: new) == nil)
    }

    @Test("Attack 29: a token of a new key makes a withdrawn one go at once")
    func attack29Emergency() async throws {
        let bench = try await bench(old)
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(new), of: url)
        #expect(try bench.refusal(of: new) == .keyUnknown)
        await bench.turn()
        #expect(try bench.refusal(of: old) == .keyUnknown)
    }

    @Test("Attack 29: keys on disk that are older than a day are not used before the provider confirms them")
    func attack29Restart() async throws {
        let bench = try RefreshBench {
            $0[0].seed = KeySeed(jwks: TestSigner.set(TestSigner("old")), fetchedAt: RefreshBench.start)
        }
        defer { bench.folder.remove() }
        let signatures = try TestSignatures(folder: bench.folder.path)
        let snapshot = try #require(try bench.lastGood.load()).snapshot
        try bench.lastGood.save(signatures.signed(snapshot))
        for (age, isUsed) in [(RefreshPlan.staleKeyMax, true), (RefreshPlan.staleKeyMax + 1, false)] {
            let live = LiveState()
            let installer = SnapshotInstaller(
                live: live,
                lastGood: bench.lastGood,
                providers: bench.providers,
                verifier: signatures.verifier,
                now: { RefreshBench.start + age }
            )
            #expect(try installer.restore() == 1)
            #expect((live.load().keys[url] != nil) == isUsed)
        }
    }
}
