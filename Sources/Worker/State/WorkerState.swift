import Authenticator
import HashTreeCollections
import JSON
import Snapshot

/// Everything a request is judged by, at one moment: immutable, so that a request which took it once sees no change.
final class WorkerState: Sendable {
    /// nil until the first snapshot is live: nothing can be known then.
    let authenticator: TokenAuthenticator?
    /// By `Issuer.issuerURL`; an issuer without an entry has no keys yet.
    let keys: IssuerTable<IssuerKeys>
    let opaqueTokens: OpaqueTokenTable
    /// What this authenticator accepted with these keys. Tokens of the built-in OAuth server are not in it: they can be deleted.
    let verified: VerifiedTokens

    /// - Parameter verified: only for a state with the same authenticator and the same keys as the one it is taken from.
    init(
        authenticator: TokenAuthenticator? = nil,
        keys: IssuerTable<IssuerKeys> = IssuerTable(),
        opaqueTokens: OpaqueTokenTable = OpaqueTokenTable(),
        verified: VerifiedTokens = VerifiedTokens()
    ) {
        self.authenticator = authenticator
        self.keys = keys
        self.opaqueTokens = opaqueTokens
        self.verified = verified
    }

    /// Another configuration: what was accepted by the one before is forgotten.
    func with(_ authenticator: TokenAuthenticator, keys: IssuerTable<IssuerKeys> = IssuerTable()) -> WorkerState {
        WorkerState(authenticator: authenticator, keys: keys, opaqueTokens: opaqueTokens, verified: verified.emptied())
    }

    func with(_ opaqueTokens: OpaqueTokenTable) -> WorkerState {
        WorkerState(authenticator: authenticator, keys: keys, opaqueTokens: opaqueTokens, verified: verified)
    }

    /// Keys of one issuer fetched anew, or nil to give them up. What was accepted is forgotten unless they are the same.
    func with(_ issuerKeys: IssuerKeys?, of issuerURL: String) -> WorkerState {
        var table = keys
        let isSame = issuerKeys?.seed.map { $0.jwks.hasSameBytes(as: table[issuerURL]?.seed?.jwks ?? "") } ?? false
        table[issuerURL] = issuerKeys
        return WorkerState(
            authenticator: authenticator,
            keys: table,
            opaqueTokens: opaqueTokens,
            verified: isSame ? verified : verified.emptied()
        )
    }

    var snapshot: WorkerSnapshot? { authenticator?.compiled.snapshot }
    /// 0 until the first snapshot is live.
    var revision: Int64 { snapshot?.revision ?? 0 }

    /// - Parameter now: seconds since 1970.
    func consider(_ token: [UInt8], now: Int64) -> Verdict? {
        authenticator?.consider(token, keys: { self.keys[$0]?.set }, opaqueTokens: opaqueTokens, now: now)
    }

    /// The decision without asking anybody.
    func judge(_ token: [UInt8], now: Int64) -> Decision? { consider(token, now: now)?.withoutAsking }

    /// What keeps this worker from judging at all; empty: it is ready.
    ///
    /// A provider without keys is no reason while others have theirs: it must not take the worker away from their users.
    var problems: [String] {
        guard let snapshot else { return ["no revision is live yet"] }
        guard !snapshot.issuers.contains(where: { keys[$0.issuerURL]?.set.isUsable == true }) else { return [] }
        return snapshot.issuers.prefix(5).map { "no usable keys of provider \($0.name) yet" }
    }
}

/// The keys of one issuer, ready to verify with.
struct IssuerKeys: Sendable {
    let set: KeySet
    /// As they were fetched; nil: the configuration itself holds them.
    let seed: KeySeed?
    /// What the provider said with them; nil for keys that this worker has not fetched itself.
    var material: ProviderMaterial?
    /// When the provider last sent all of it, and did not only say that it has not changed. Seconds since 1970.
    var sentAt: Int64 = 0

    init(set: KeySet, seed: KeySeed?, material: ProviderMaterial? = nil, sentAt: Int64 = 0) {
        (self.set, self.seed, self.material, self.sentAt) = (set, seed, material, sentAt)
    }
}

/// Values by issuer URL, compared byte for byte.
struct IssuerTable<Value: Sendable>: Sendable {
    // A persistent map: one of ten thousand is replaced without copying the others.
    private var values: TreeDictionary<ExactString, Value> = [:]

    subscript(issuerURL: String) -> Value? {
        get { values[ExactString(issuerURL)] }
        set { values[ExactString(issuerURL)] = newValue }
    }
}
