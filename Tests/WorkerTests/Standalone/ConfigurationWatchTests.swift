import Authenticator
import Durable
import Foundation
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization
import Testing

@testable import Worker

/// The configuration file changes while the worker judges.
struct ConfigurationWatchTests {
    private static let issuer = TestProvider.issuerURL
    private static let other = "https://other.example"

    /// A file whose user names begin with `prefix`.
    private static func text(_ prefix: String, issuers: [String] = [issuer]) -> String {
        let entries = issuers.map {
            """
            - issuer: {url: "\($0)", audiences: [client]}
              claimMappings: {username: {claim: name, prefix: "\(prefix)"}}
            """
        }
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n"
        return head + entries.joined(separator: "\n") + "\n"
    }

    @Test func takesGoodContentWithTheKeysAtHand() async throws {
        try await WatchBench.with(Self.text("a:")) { bench in
            #expect(try bench.name() == "a:jane")
            try bench.write(Self.text("b:"))
            #expect(try await bench.eventually { try bench.name() == "b:jane" })
            #expect(bench.live.load().revision == 2)
            #expect(bench.providers.fetched == 0)
            #expect(try await bench.eventually { bench.reloads(.success) == 1 && bench.reloads(.failure) == 0 })
        }
    }

    @Test func keepsTheOldOneWhenTheNewIsBadAndTriesThoseBytesOnce() async throws {
        try await WatchBench.with(Self.text("a:")) { bench in
            try bench.write(Self.text("b:").replacing("audiences", with: "audience"))
            #expect(try await bench.eventually { bench.reloads(.failure) == 1 })
            // Looks go on: a second bad content is noticed, and the first one was not counted again.
            try bench.write("jwt: [")
            #expect(try await bench.eventually { bench.reloads(.failure) == 2 })
            #expect(try bench.name() == "a:jane")
            #expect(bench.live.load().revision == 1)
            try bench.write(Self.text("c:"))
            #expect(try await bench.eventually { try bench.name() == "c:jane" })
            #expect(bench.live.load().revision == 2)
            #expect(bench.reloads(.failure) == 2)
        }
    }

    @Test func waitsForTheKeysOfAllIssuers() async throws {
        try await WatchBench.with(Self.text("a:")) { bench in
            try bench.write(Self.text("b:", issuers: [Self.issuer, Self.other]))
            #expect(try await bench.eventually { bench.providers.fetched >= 2 })
            #expect(try bench.name() == "a:jane")
            bench.providers.answer(for: Self.other)
            #expect(try await bench.eventually { try bench.name() == "b:jane" })
            #expect(bench.live.load().problems.isEmpty)
            #expect(bench.reloads(.failure) == 0)
        }
    }

    @Test func givesUpWaitingAndTriesAgain() async throws {
        let pace = ConfigurationWatch.Pace(look: .milliseconds(2), patience: .milliseconds(20), retry: .milliseconds(2))
        try await WatchBench.with(Self.text("a:"), pace: pace) { bench in
            try bench.write(Self.text("b:", issuers: [Self.issuer, Self.other]))
            #expect(try await bench.eventually { bench.reloads(.failure) >= 2 })
            #expect(try bench.name() == "a:jane")
            bench.providers.answer(for: Self.other)
            #expect(try await bench.eventually { try bench.name() == "b:jane" })
        }
    }

    @Test func anotherChangeEndsTheWaiting() async throws {
        try await WatchBench.with(Self.text("a:")) { bench in
            try bench.write(Self.text("b:", issuers: [Self.issuer, Self.other]))
            #expect(try await bench.eventually { bench.providers.fetched >= 1 })
            try bench.write(Self.text("c:"))
            #expect(try await bench.eventually { try bench.name() == "c:jane" })
            #expect(bench.live.load().revision == 2)
        }
    }

    @Test func aMissingFileIsToldOnceAndChangesNothing() async throws {
        try await WatchBench.with(Self.text("a:")) { bench in
            try bench.remove()
            #expect(try await bench.eventually { bench.reloads(.failure) == 1 })
            try bench.write(Self.text("b:"))
            #expect(try await bench.eventually { try bench.name() == "b:jane" })
            #expect(bench.reloads(.failure) == 1)
        }
    }
}

/// A watch over a file of the test's own, and issuers that answer as the test wants it.
private struct WatchBench {
    private let provider = TestProvider()
    let providers: Providers
    let live = LiveState()
    let metrics = ReloadMetrics(hash: "sha256:start")
    private let folder: ScratchFolder

    final class Providers: ProviderSource {
        private let jwks: String
        private let state = Mutex((answering: Set<String>(), fetched: 0))

        init(jwks: String) { self.jwks = jwks }

        var fetched: Int { state.withLock { $0.fetched } }
        func answer(for issuer: String) { state.withLock { _ = $0.answering.insert(issuer) } }

        func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial {
            let isAnswering = state.withLock { state in
                state.fetched += 1
                return state.answering.contains(issuer.issuerURL)
            }
            guard isAnswering else { throw .unreachable(url: issuer.issuerURL, "connection refused") }
            return ProviderMaterial(jwks: jwks)
        }
    }

    private init() throws {
        providers = Providers(jwks: provider.jwks)
        folder = try ScratchFolder()
    }

    /// Runs a watch that begins with this content for as long as `body` takes.
    static func with(
        _ text: String,
        pace: ConfigurationWatch.Pace = .init(look: .milliseconds(2), patience: .seconds(60), retry: .milliseconds(2)),
        body: (WatchBench) async throws -> Void
    ) async throws {
        let bench = try WatchBench()
        defer { bench.folder.remove() }
        try bench.write(text)
        let bytes = Array(text.utf8)
        let loaded = try LoadedConfiguration(bytes, source: "auth.yaml", revision: 1, allowsReservedNames: false)
        let seed = KeySeed(jwks: bench.provider.jwks, fetchedAt: TestProvider.now)
        var keys = IssuerTable<IssuerKeys>()
        keys[TestProvider.issuerURL] = IssuerKeys(set: try KeySet.parse(seed.jwks), seed: seed)
        bench.live.update { [keys] _ in WorkerState(authenticator: TokenAuthenticator(loaded.compiled), keys: keys) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let watch = ConfigurationWatch(
            file: BoundedFile(path: bench.path, limit: 1 << 20),
            initial: bytes,
            allowsReservedNames: false,
            live: bench.live,
            gathering: KeyGathering(providers: bench.providers, now: { TestProvider.now }),
            metrics: bench.metrics,
            pace: pace,
            logger: logger
        )
        let group = ServiceGroup(services: [watch], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(bench)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private var path: String { folder.file("auth.yaml") }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) }
    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    /// What the provider's user is called at this moment.
    func name() throws -> String? {
        live.load().judge(Array(try provider.token().utf8), now: TestProvider.now)?.identity?.username
    }

    func reloads(_ status: ReloadMetrics.Status) -> Int {
        let line = metrics.text.split(separator: "\n").first { $0.contains("reloads_total{status=\"\(status)\"}") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? -1
    }

    /// Waits until it is so; false if it never was.
    func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }
}
