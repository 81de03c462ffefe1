import Authenticator
import JSON
import Snapshot

/// Finds the keys of issuers before a configuration goes live: those at hand, those that it brings, or the provider's own.
struct KeyGathering: Sendable {
    /// What is known of an issuer's keys without any network.
    enum Known: Sendable {
        case keys(IssuerKeys)
        /// Too old to be used before the provider confirms them, which is asked for at once by those who keep keys fresh.
        case stale
        case none
    }

    /// The keys of the configuration in force, and where they are from.
    struct Present: Sendable {
        private let keys: IssuerTable<IssuerKeys>
        private let issuers: [ExactString: Issuer]

        init(_ state: WorkerState) {
            keys = state.keys
            let issuers = state.snapshot?.issuers ?? []
            self.issuers = Dictionary(issuers.map { (ExactString($0.issuerURL), $0) }) { first, _ in first }
        }

        /// nil for an issuer that is new, or is looked up at another place or with other trust than before.
        fileprivate func keys(of issuer: Issuer) -> IssuerKeys? {
            let isUnmoved = issuers[ExactString(issuer.issuerURL)]?.hasSameSource(as: issuer) == true
            return isUnmoved ? keys[issuer.issuerURL] : nil
        }
    }

    let providers: any ProviderSource
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Throws when the configuration itself holds the issuer's keys and they cannot be used.
    func known(_ issuer: Issuer, in present: Present) throws(StaticKeysProblem) -> Known {
        if let text = issuer.staticKeys { return .keys(try Self.staticKeys(text)) }
        guard let newest = newest(of: issuer, mine: present.keys(of: issuer)) else { return .none }
        return newest.seed?.isStale(now: now()) == true ? .stale : .keys(newest)
    }

    /// The seed, or what this worker fetched since.
    private func newest(of issuer: Issuer, mine: IssuerKeys?) -> IssuerKeys? {
        if let mine, let seed = mine.seed, seed.fetchedAt >= issuer.seed?.fetchedAt ?? 0, mine.set.isUsable { return mine }
        // A set that cannot be read is as good as none: the provider is asked, and says what there is to say.
        guard let seed = issuer.seed, let set = try? KeySet.parse(seed.jwks), set.isUsable else { return nil }
        return IssuerKeys(set: set, seed: seed)
    }

    private static func staticKeys(_ text: String) throws(StaticKeysProblem) -> IssuerKeys {
        let set: KeySet
        do { set = try KeySet.parse(text) } catch { throw StaticKeysProblem(description: "\(error)") }
        guard set.isUsable else { throw StaticKeysProblem(description: "none of them can be used") }
        return IssuerKeys(set: set, seed: nil)
    }

    /// From the provider, whole.
    func fetched(_ issuer: Issuer) async throws -> IssuerKeys {
        let material = try await providers.fetch(issuer, last: nil)
        let set = try KeySet.parse(material.jwks)
        guard set.isUsable else { throw ProviderFailure.noUsableKey(url: issuer.issuerURL) }
        return IssuerKeys(set: set, seed: KeySeed(jwks: material.jwks, fetchedAt: now()))
    }
}

/// Why keys that a configuration holds cannot be used.
struct StaticKeysProblem: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
}
