import Authenticator
import Crypto
import Foundation
import JSON
import Logging
import Snapshot
import Synchronization
import Testing

@testable import Worker

/// A key of a provider, which signs tokens.
struct TestSigner: Sendable {
    let id: String
    private let key = P256.Signing.PrivateKey()

    init(_ id: String) { self.id = id }

    var jwk: String {
        let point = key.publicKey.rawRepresentation
        let (x, y) = (base64url(point.prefix(32)), base64url(point.suffix(32)))
        return #"{"kty":"EC","crv":"P-256","kid":"\#(id)","x":"\#(x)","y":"\#(y)"}"#
    }

    func token(issuer: String, expiry: Int64 = 4_000_000_000) throws -> [UInt8] {
        let claims: JSONValue = ["iss": .string(issuer), "aud": "a", "sub": "jane", "exp": .integer(expiry)]
        let header: JSONValue = ["alg": "ES256", "kid": .string(id)]
        let text = base64url(JSONWriter.bytes(of: header)) + "." + base64url(JSONWriter.bytes(of: claims))
        return Array((text + "." + base64url(try key.signature(for: Data(text.utf8)).rawRepresentation)).utf8)
    }

    static func set(_ keys: TestSigner...) -> String { "{\"keys\":[" + keys.map(\.jwk).joined(separator: ",") + "]}" }
}

/// Providers whose answers the test changes, and who remember what they were asked.
final class ScriptedProviders: ProviderSource {
    private struct State {
        var answers: [String: Result<ProviderMaterial, ProviderFailure>] = [:]
        var hanging: Set<String> = []
        var asked: [String: [ProviderMaterial?]] = [:]
        var atOnce = 0
        var mostAtOnce = 0
    }

    private let state = Mutex(State())

    func publish(_ jwks: String, of issuerURL: String, maxAge: Int64? = nil, mark: String? = nil, host: String? = nil) {
        let validators = mark.map { mark in
            ProviderValidators(document: .init(), keySet: .init(entityTag: mark), keySetURL: issuerURL + "/keys")
        }
        let material = ProviderMaterial(jwks: jwks, maxAge: maxAge, foreignKeyHost: host, validators: validators)
        state.withLock { $0.answers[issuerURL] = .success(material) }
    }

    func fail(_ issuerURL: String) {
        state.withLock { $0.answers[issuerURL] = .failure(.unreachable(url: issuerURL, "connection refused")) }
    }

    /// The provider takes the question and never answers.
    func hang(_ issuerURL: String) { state.withLock { _ = $0.hanging.insert(issuerURL) } }

    func asked(_ issuerURL: String) -> Int { state.withLock { $0.asked[issuerURL]?.count ?? 0 } }
    /// What the provider was told to be known already, question by question.
    func known(_ issuerURL: String) -> [ProviderMaterial?] { state.withLock { $0.asked[issuerURL] ?? [] } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial {
        let (answer, hangs) = state.withLock { state in
            state.asked[issuer.issuerURL, default: []].append(last)
            state.atOnce += 1
            state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            return (state.answers[issuer.issuerURL], state.hanging.contains(issuer.issuerURL))
        }
        defer { state.withLock { $0.atOnce -= 1 } }
        // Ends only when the one who asks gives up.
        if hangs { for await _ in AsyncStream<Void>.makeStream().stream {} }
        await Task.yield()
        guard let answer else { throw .unreachable(url: issuer.issuerURL, "connection refused") }
        return try answer.get()
    }
}

/// Key refreshing by a clock that only the test moves, without a network.
struct RefreshBench: Sendable {
    let live: LiveState
    let providers = ScriptedProviders()
    let refresh: KeyRefresh
    let lines = Lines()
    let lastGood: LastGoodFile
    let folder: ScratchFolder
    private let clock: Clock

    final class Clock: Sendable {
        private let time: Mutex<Int64>
        init(_ time: Int64) { self.time = Mutex(time) }
        var now: Int64 { time.withLock { $0 } }
        func advance(_ seconds: Int64) { time.withLock { $0 += seconds } }
    }

    static let start: Int64 = 1_700_000_000
    static let issuerURL = "https://idp.example/0"

    var now: Int64 { clock.now }

    /// - Parameter change: to the issuers, which are called `https://idp.example/0` and so on.
    init(issuers: Int = 1, _ change: (inout [Issuer]) -> Void = { _ in }) throws {
        let snapshot = RefreshScheduleTests.snapshot(issuers, change)
        let clock = Clock(Self.start)
        folder = try ScratchFolder()
        lastGood = LastGoodFile(path: folder.file("last-good.json"))
        try lastGood.save(.init(snapshot: snapshot))
        live = LiveState(WorkerState(authenticator: TokenAuthenticator(try CompiledSnapshot.compile(snapshot))))
        self.clock = clock
        refresh = KeyRefresh(
            live: live,
            lastGood: lastGood,
            providers: providers,
            report: NodeReport(),
            interval: .milliseconds(5),
            jitter: { 1 },
            now: { clock.now },
            logger: Logger(label: "test") { [lines] _ in lines }
        )
    }

    /// Moves the clock second by second, and does at each of them what the service would do.
    func pass(_ seconds: Int64) async {
        for _ in 0..<seconds {
            clock.advance(1)
            await turn()
        }
    }

    /// Moves the clock at once.
    func jump(_ seconds: Int64) async {
        clock.advance(seconds)
        await turn()
    }

    func turn() async { for _ in 0..<refresh.look() { await refresh.refreshAll() } }

    /// The reason for which a token is refused, or nil when it is taken. Unknown keys are told as requests tell them.
    @discardableResult
    func refusal(of token: [UInt8]) -> Refusal.Reason? {
        let refusal = live.load().judge(token, now: now)?.refusal
        if let refusal, refusal.callsForFreshKeys, let issuerURL = refusal.issuerURL {
            _ = refresh.sawUnknownKey(refusal.unknownKeyID, of: issuerURL)
        }
        return refusal?.reason
    }

    func refusal(of key: TestSigner, issuer: String = issuerURL) throws -> Refusal.Reason? {
        refusal(of: try key.token(issuer: issuer))
    }

    /// Runs the service itself for as long as `body` takes.
    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await refresh.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }
}

/// Waits for a condition, and fails the test at the deadline.
func eventually(_ what: Comment, within limit: Duration = .seconds(300), _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(2))
    }
}
