import Authenticator
import Snapshot

/// Finds the keys of issuers before a configuration goes live: those at hand, those that it brings, or the provider's own.
struct KeyGathering: Sendable {
    let providers: any ProviderSource
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Keys that are there without any network; nil if there are none that can be used.
    func known(_ issuer: Issuer, in present: WorkerState) -> IssuerKeys? {
        // The newest known keys win: the seed, or what this worker fetched since, if it was from the same place.
        let isUnmoved = present.snapshot?.issuers.contains { $0.hasSameSource(as: issuer) } == true
        if isUnmoved, let mine = present.keys[issuer.issuerURL], mine.seed.fetchedAt >= issuer.seed?.fetchedAt ?? 0,
            mine.set.isUsable
        {
            return mine
        }
        if let seed = issuer.seed, let set = try? KeySet.parse(seed.jwks), set.isUsable {
            return IssuerKeys(set: set, seed: seed)
        }
        return nil
    }

    func fetched(_ issuer: Issuer) async throws -> IssuerKeys {
        let material = try await providers.fetch(issuer)
        let set = try KeySet.parse(material.jwks)
        guard set.isUsable else { throw ProviderFailure.noUsableKey(url: issuer.issuerURL) }
        return IssuerKeys(set: set, seed: KeySeed(jwks: material.jwks, fetchedAt: now()))
    }
}
