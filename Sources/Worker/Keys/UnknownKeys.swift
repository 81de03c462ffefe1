import Atomics
import JSON

/// What requests tell about keys that they looked for in vain. Telling never waits: not for a lock, and not for the network.
final class UnknownKeys: Sendable {
    private let table = ManagedAtomic(Table([:]))
    private let isRung = ManagedAtomic(false)
    private let ring: @Sendable () -> Void

    private final class Table: AtomicReference, Sendable {
        let lookouts: [ExactString: KeyLookout]
        init(_ lookouts: [ExactString: KeyLookout]) { self.lookouts = lookouts }
    }

    /// - Parameter ring: asks for a look at `wanted`; not called again before that look has begun.
    init(ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// A token of this issuer could not be verified, and fresher keys might change that.
    ///
    /// Returns whether the provider may have the key; false once a look has shown that it has not, and for keys without a name.
    ///
    /// - Parameter keyID: the key that the token names, when the set has none of that name; nil: cannot be told by a name.
    @discardableResult
    func saw(_ keyID: String?, of issuerURL: String, now: Int64) -> Bool {
        guard let lookout = table.load(ordering: .acquiring).lookouts[ExactString(issuerURL)] else { return false }
        if let keyID, lookout.isMissing(keyID, now: now) { return false }
        if lookout.saw(keyID, now: now), !isRung.exchange(true, ordering: .acquiringAndReleasing) { ring() }
        return keyID != nil
    }

    /// The issuers for which somebody asks for fresher keys since their last look began.
    func wanted() -> [String] {
        isRung.store(false, ordering: .sequentiallyConsistent)
        return table.load(ordering: .acquiring).lookouts.filter { $0.value.isWanted }.map(\.key.text)
    }

    func lookout(of issuerURL: String) -> KeyLookout? {
        table.load(ordering: .acquiring).lookouts[ExactString(issuerURL)]
    }

    /// From now on these are the issuers. One caller at a time.
    func watch(_ issuerURLs: some Sequence<String>) {
        let before = table.load(ordering: .acquiring).lookouts
        var lookouts: [ExactString: KeyLookout] = [:]
        for issuerURL in issuerURLs {
            let name = ExactString(issuerURL)
            lookouts[name] = before[name] ?? KeyLookout()
        }
        table.store(Table(lookouts), ordering: .releasing)
    }
}
