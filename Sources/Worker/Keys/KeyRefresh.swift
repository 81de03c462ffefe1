import Authenticator
import Foundation
import JSON
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization

/// Keeps the keys of all issuers fresh in the background. Issuers do not wait for each other, requests wait for none.
final class KeyRefresh: Service {
    /// How often the plans are looked at; a bell makes it look at once.
    private static let interval = Duration.seconds(1)

    private let live: LiveState
    private let lastGood: LastGoodFile
    private let providers: any ProviderSource
    private let report: NodeReport
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let plans = Mutex<[ExactString: RefreshPlan]>([:])
    private let bell: AsyncStream<Void>.Continuation
    private let bells: AsyncStream<Void>

    /// - Parameter now: seconds since 1970.
    init(
        live: LiveState,
        lastGood: LastGoodFile,
        providers: any ProviderSource,
        report: NodeReport,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.live = live
        self.lastGood = lastGood
        self.providers = providers
        self.report = report
        self.now = now
        self.logger = logger
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Called by requests: cheap, and bounded by the cool-down.
    func sawUnknownKey(issuerURL: String) {
        let time = now()
        plans.withLock { $0[ExactString(issuerURL)]?.sawUnknownKey(now: time) }
        bell.yield()
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await _ in bells.cancelOnGracefulShutdown() {
                for issuer in due() { group.addTask { await self.refresh(issuer) } }
            }
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            bell.yield()
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    // MARK: - Steps

    /// The issuers to fetch from now; each is marked as being fetched. Issuers that are gone are forgotten.
    private func due() -> [Issuer] {
        let state = live.load()
        let issuers = state.snapshot?.issuers ?? []
        let time = now()
        return plans.withLock { plans in
            let present = Set(issuers.map { ExactString($0.issuerURL) })
            plans = plans.filter { present.contains($0.key) }
            return issuers.filter { issuer in
                let key = ExactString(issuer.issuerURL)
                let fetchedAt = state.keys[issuer.issuerURL]?.seed.fetchedAt ?? 0
                var plan = plans[key] ?? RefreshPlan(fetchedAt: fetchedAt, now: time)
                let isDue = plan.isDue(now: time)
                if isDue { plan.started() }
                plans[key] = plan
                return isDue
            }
        }
    }

    private func refresh(_ issuer: Issuer) async {
        do {
            let material = try await providers.fetch(issuer)
            let set = try KeySet.parse(material.jwks)
            guard set.isUsable else { throw ProviderFailure.noUsableKey(url: issuer.issuerURL) }
            let time = now()
            let isNews = publish(IssuerKeys(set: set, seed: KeySeed(jwks: material.jwks, fetchedAt: time)), of: issuer)
            change(issuer) { $0.succeeded(maxAge: material.maxAge, jitter: Double.random(in: 0.8...1), now: time) }
            if isNews { report.ring() }
        } catch {
            if Task.isCancelled { return }
            logger.warning("keys cannot be refreshed", metadata: ["provider": "\(issuer.name)", "error": "\(error)"])
            let time = now()
            change(issuer) { $0.failed("\(error)", now: time) }
            dropIfStale(issuer, now: time)
            report.ring()
        }
    }

    private func change(_ issuer: Issuer, _ body: (inout RefreshPlan) -> Void) {
        plans.withLock { plans in
            let key = ExactString(issuer.issuerURL)
            guard var plan = plans[key] else { return }
            body(&plan)
            plans[key] = plan
        }
    }

    /// Puts the keys in, unless the issuer has gone or moved meanwhile; returns whether they differ from those before.
    private func publish(_ keys: IssuerKeys, of issuer: Issuer) -> Bool {
        let before = live.load().keys[issuer.issuerURL]?.seed.jwks
        let state = live.update { state in
            guard state.snapshot?.issuers.contains(where: { $0.hasSameSource(as: issuer) }) == true
            else {
                return state
            }
            return state.with(keys, of: issuer.issuerURL)
        }
        save(state)
        return before != keys.seed.jwks
    }

    private func dropIfStale(_ issuer: Issuer, now: Int64) {
        guard let keys = live.load().keys[issuer.issuerURL], now - keys.seed.fetchedAt > RefreshPlan.staleKeyMax else { return }
        logger.error("keys are too old and are given up", metadata: ["provider": "\(issuer.name)"])
        live.update { $0.with(nil, of: issuer.issuerURL) }
    }

    /// A worker that starts without a network should know the latest keys; if they cannot be kept, the older ones stay on disk.
    private func save(_ state: WorkerState) {
        guard var snapshot = state.snapshot else { return }
        for index in snapshot.issuers.indices {
            snapshot.issuers[index].seed = state.keys[snapshot.issuers[index].issuerURL]?.seed
        }
        do {
            try lastGood.saveKeys(of: snapshot)
        } catch {
            logger.error("the last good snapshot cannot be written", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Status

    /// One entry for each provider, for the worker's `Node`.
    func providerStatus(of state: WorkerState) -> [JSONValue] {
        let plans = plans.withLock { $0 }
        return (state.snapshot?.issuers ?? []).map { issuer in
            let keys = state.keys[issuer.issuerURL]
            var status: JSONValue = [
                "name": .string(issuer.name), "issuerURL": .string(issuer.issuerURL),
                "keys": .integer(Int64(keys?.set.keys.count ?? 0)),
                "unusableKeys": .array((keys?.set.unusable ?? []).map { .string("\($0)") }),
            ]
            if let fetchedAt = keys?.seed.fetchedAt, fetchedAt > 0 {
                status["lastFetchTime"] = .string(Timestamp.text(of: fetchedAt))
            }
            status["lastError"] = (plans[ExactString(issuer.issuerURL)]?.lastFailure).map(JSONValue.string)
            return status
        }
    }
}
