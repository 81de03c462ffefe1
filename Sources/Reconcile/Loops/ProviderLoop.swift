import Authenticator
import JSON
import Logging
import Snapshot
import Store

/// Asks the providers of the configuration in force again and again, so that one that goes down is seen within a minute.
///
/// What it finds is told, and changes nothing: workers judge by the keys they have, and fetch new ones themselves.
struct ProviderLoop {
    /// Between two rounds.
    static let interval = Duration.seconds(20)
    /// A provider that does not answer is asked once more after this: once is no outage.
    static let secondTry = Duration.seconds(2)
    /// So many are asked at the same time.
    static let limit = 16

    let store: any ObjectStore
    let providers: any ProviderSource
    /// nil until the first round has ended.
    let health: Shared<[ProviderHealth]?>
    let now: @Sendable () -> Int64
    let logger: Logger
    private var issuers: [Issuer] = []
    private var revision: Int64 = 0
    /// What each answered last, by place in `issuers`: what has not changed is not sent again.
    private var materials: [ProviderMaterial?] = []
    private var nextRound = ContinuousClock.now

    init(
        store: any ObjectStore,
        providers: any ProviderSource,
        health: Shared<[ProviderHealth]?>,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        (self.store, self.providers, self.health, self.now, self.logger) = (store, providers, health, now, logger)
    }

    mutating func look() async throws -> Look {
        let isNew = try await followConfiguration()
        let rest = nextRound - ContinuousClock.now
        guard isNew || rest <= .zero else { return .again(after: rest) }
        await round()
        nextRound = .now + Self.interval
        return .again(after: Self.interval)
    }

    /// Returns whether other providers are in force than at the last look.
    private mutating func followConfiguration() async throws -> Bool {
        let status = try await store.find(.kubeAPIServer)?.value["status"]
        let good = status?["lastGoodRevision"]?.integerValue ?? 0
        guard good != revision else { return false }
        let object = try await store.find(.revision(good))?.value
        let snapshot = try object?.value(at: "spec", "snapshot")?.decoded(as: WorkerSnapshot.self)
        let asked = (snapshot?.issuers ?? []).filter { $0.staticKeys == nil }
        let isSame = revision != 0 && asked.map(\.asking) == issuers.map(\.asking)
        (revision, issuers) = (good, asked)
        if !isSame { materials = Array(repeating: nil, count: asked.count) }
        return !isSame
    }

    private mutating func round() async {
        let (issuers, materials, source) = (issuers, materials, providers)
        var answers: [Int: Result<ProviderMaterial, ProviderFailure>] = [:]
        await withTaskGroup(of: (Int, Result<ProviderMaterial, ProviderFailure>).self) { group in
            for index in issuers.indices {
                if index >= Self.limit, let (done, answer) = await group.next() { answers[done] = answer }
                group.addTask { (index, await Self.ask(issuers[index], last: materials[index], source)) }
            }
            for await (index, answer) in group { answers[index] = answer }
        }
        guard !Task.isCancelled else { return }
        let before = health.current ?? []
        health.set(issuers.indices.compactMap { index in answers[index].map { judge($0, of: index, before: before) } })
    }

    private mutating func judge(
        _ answer: Result<ProviderMaterial, ProviderFailure>,
        of index: Int,
        before: [ProviderHealth]
    ) -> ProviderHealth {
        let name = issuers[index].name
        var health = ProviderHealth(name: name)
        let old = before.first { $0.name.utf8.elementsEqual(name.utf8) }?.failure
        switch answer {
        case .success(let material):
            materials[index] = material
            health.warning = material.expiryWarning(of: issuers[index], now: now())
            if old != nil { logger.notice("the provider answers again", metadata: ["provider": "\(name)"]) }
        case .failure(let failure):
            health.failure = ProviderHealth.Failure(since: old?.since ?? now(), text: failure.description)
            if old == nil {
                logger.warning(
                    "the provider does not answer as it should",
                    metadata: ["provider": "\(name)", "error": "\(failure)"]
                )
            }
        }
        return health
    }

    private static func ask(
        _ issuer: Issuer,
        last: ProviderMaterial?,
        _ source: any ProviderSource
    ) async -> Result<ProviderMaterial, ProviderFailure> {
        do {
            return .success(try await source.fetch(issuer, last: last))
        } catch {
            // The only error of sleeping is cancellation, and then nobody waits for the answer any more.
            do { try await Task.sleep(for: secondTry) } catch {
                return .failure(.unreachable(url: issuer.issuerURL, "not asked"))
            }
        }
        do {
            return .success(try await source.fetch(issuer, last: last))
        } catch {
            return .failure(error)
        }
    }
}

extension Issuer {
    /// Whom to ask, and how.
    fileprivate var asking: [String?] { [name, issuerURL, discoveryURL, certificateAuthority] }
}
