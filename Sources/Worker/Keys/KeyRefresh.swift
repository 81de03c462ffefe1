import Authenticator
import Foundation
import JSON
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization

/// Keeps the keys of all issuers fresh in the background. Issuers do not wait for each other, requests wait for none.
final class KeyRefresh: Service {
    private let live: LiveState
    /// nil: the keys are kept nowhere.
    private let record: KeyRecord?
    private let providers: any ProviderSource
    private let report: NodeReport
    private let interval: Duration
    private let now: @Sendable () -> Int64
    private let jitter: @Sendable () -> Double
    private let logger: Logger
    private let schedule = Mutex(RefreshSchedule())
    private let unknownKeys: UnknownKeys
    private let bell: AsyncStream<Void>.Continuation
    private let bells: AsyncStream<Void>

    /// - Parameters:
    ///   - lastGood: where newer keys are kept; nil: nowhere.
    ///   - interval: how often the plans are looked at; unknown keys make it look at once.
    ///   - jitter: 0.8 to 1.0, another one at each call.
    ///   - now: seconds since 1970.
    init(
        live: LiveState,
        lastGood: LastGoodFile?,
        providers: any ProviderSource,
        report: NodeReport,
        interval: Duration = .seconds(1),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0.8...1) },
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.live = live
        self.providers = providers
        self.report = report
        self.interval = interval
        self.jitter = jitter
        self.now = now
        self.logger = logger
        record = lastGood.map { KeyRecord(live: live, file: $0, logger: logger) }
        let (bells, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        (self.bells, self.bell) = (bells, bell)
        unknownKeys = UnknownKeys { bell.yield() }
    }

    /// Called by requests: it waits for nobody, and what it can lead to is bounded by the cool-down. Returns whether the provider may
    /// have the key, for all that is known yet.
    func sawUnknownKey(_ keyID: String?, of issuerURL: String) -> Bool {
        unknownKeys.saw(keyID, of: issuerURL, now: now())
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await _ in bells.cancelOnGracefulShutdown() {
                // As many at the same time as there are places; each goes on until nobody is in the line.
                for _ in 0..<look() { group.addTask { await self.refreshAll() } }
            }
            group.cancelAll()
        }
        record?.writeRest(now: now())
    }

    private func tick() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            bell.yield()
            record?.writeIfDue(now: now())
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: self.interval) }
        }
    }

    // MARK: - Steps

    /// Puts everybody whose time has come into the line, and returns how many fetches can begin.
    func look() -> Int {
        let state = live.load()
        let time = now()
        if let snapshot = state.snapshot, snapshot.revision != schedule.withLock({ $0.revision }) {
            unknownKeys.watch(snapshot.issuers.filter { $0.staticKeys == nil }.map(\.issuerURL))
            schedule.withLock {
                $0.plan(
                    snapshot,
                    fetchedAt: { state.keys[$0.issuerURL]?.seed?.fetchedAt ?? 0 },
                    jitter: jitter,
                    now: time
                )
            }
        }
        let wanted = unknownKeys.wanted()
        return schedule.withLock { schedule in
            for issuerURL in wanted { schedule.sawUnknownKey(issuerURL, now: time) }
            schedule.lookAtClock(now: time)
            return schedule.room
        }
    }

    func refreshAll() async {
        while !Task.isCancelled, let ticket = schedule.withLock({ [time = now()] in $0.next(now: time) }) {
            await refresh(ticket)
        }
    }

    private func refresh(_ ticket: RefreshSchedule.Ticket) async {
        let issuer = ticket.issuer
        let lookout = unknownKeys.lookout(of: issuer.issuerURL)
        let sought = lookout?.startLooking() ?? []
        do {
            let keys = try await fetched(ticket)
            let time = now()
            let before = publish(keys, of: ticket)
            lookout?.looked(for: sought, in: keys.set, before: before?.set, now: time)
            schedule.withLock { $0.succeeded(ticket, maxAge: keys.material?.maxAge, jitter: jitter(), now: time) }
        } catch {
            let time = now()
            schedule.withLock { $0.failed(ticket, "\(error)", now: time) }
            if Task.isCancelled { return }
            logger.warning("keys cannot be refreshed", metadata: ["provider": "\(issuer.name)", "error": "\(error)"])
            dropIfStale(issuer, now: time)
            report.ring()
        }
    }

    /// Asks only whether anything has changed, where the keys at hand came with something to ask by. At least once a day
    /// everything is asked for: a provider whose marks never change must not keep a withdrawn key for ever.
    private func fetched(_ ticket: RefreshSchedule.Ticket) async throws -> IssuerKeys {
        let state = live.load()
        let held = state.revision == ticket.revision ? state.keys[ticket.issuer.issuerURL] : nil
        let isRecent = held.map { (0..<RefreshPlan.staleKeyMax).contains(now() - $0.sentAt) } ?? false
        let last = isRecent ? held?.material : nil
        let material = try await providers.fetch(ticket.issuer, last: last)
        let seed = KeySeed(jwks: material.jwks, fetchedAt: now())
        if let held, held.seed?.jwks.utf8.elementsEqual(material.jwks.utf8) == true {
            let sentAt = last == nil ? seed.fetchedAt : held.sentAt
            return IssuerKeys(set: held.set, seed: seed, material: material, sentAt: sentAt)
        }
        let set = try KeySet.parse(material.jwks)
        guard set.isUsable else { throw ProviderFailure.noUsableKey(url: ticket.issuer.issuerURL) }
        return IssuerKeys(set: set, seed: seed, material: material, sentAt: seed.fetchedAt)
    }

    /// Puts the keys in, unless the issuer has gone or moved meanwhile. Returns those whose place they took.
    private func publish(_ keys: IssuerKeys, of ticket: RefreshSchedule.Ticket) -> IssuerKeys? {
        let issuer = ticket.issuer
        var before: IssuerKeys?
        var isTaken = false
        live.update { state in
            guard let snapshot = state.snapshot,
                snapshot.revision == ticket.revision || snapshot.issuers.contains(where: { $0.hasSameSource(as: issuer) })
            else { return state }
            isTaken = true
            before = state.keys[issuer.issuerURL]
            return state.with(keys, of: issuer.issuerURL)
        }
        guard isTaken else { return nil }
        tell(keys, before: before, issuer)
        let isNews = before?.seed?.jwks.utf8.elementsEqual(keys.seed?.jwks.utf8 ?? "".utf8) != true
        if isNews { record?.changed() } else { record?.confirmed() }
        if isNews || keys.material?.foreignKeyHost != before?.material?.foreignKeyHost { report.ring() }
        return before
    }

    private func tell(_ keys: IssuerKeys, before: IssuerKeys?, _ issuer: Issuer) {
        if let host = keys.material?.foreignKeyHost, host != before?.material?.foreignKeyHost {
            let message = "the provider's keys are on another host than its discovery document; make sure that this is meant"
            logger.warning("\(message)", metadata: ["provider": "\(issuer.name)", "host": "\(host)"])
        }
        guard let before else { return }
        let (old, new) = (before.set.keyIDs, keys.set.keyIDs)
        guard old != new else { return }
        let metadata: Logger.Metadata = [
            "provider": "\(issuer.name)", "new": "\(new.subtracting(old).count)", "withdrawn": "\(old.subtracting(new).count)",
        ]
        logger.info("the provider has other keys", metadata: metadata)
    }

    private func dropIfStale(_ issuer: Issuer, now: Int64) {
        guard let seed = live.load().keys[issuer.issuerURL]?.seed, seed.isStale(now: now) else { return }
        logger.error("keys are too old and are given up", metadata: ["provider": "\(issuer.name)"])
        live.update { state in
            guard state.keys[issuer.issuerURL]?.seed?.isStale(now: now) == true else { return state }
            return state.with(nil, of: issuer.issuerURL)
        }
    }

    // MARK: - Status

    func lastFailureTime(of issuer: Issuer) -> Int64? { schedule.withLock { $0.lastFailureTime(of: issuer.issuerURL) } }
    func lastFailure(of issuer: Issuer) -> String? { schedule.withLock { $0.lastFailure(of: issuer.issuerURL) } }
}

extension KeySeed {
    /// Whether nothing may be verified with these keys any more unless the provider confirms them.
    func isStale(now: Int64) -> Bool { now - fetchedAt > RefreshPlan.staleKeyMax }
}

extension KeySet {
    fileprivate var keyIDs: Set<ExactString> { Set(keys.compactMap { $0.keyID.map(ExactString.init) }) }
}
