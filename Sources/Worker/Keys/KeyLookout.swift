import Atomics
import Authenticator
import JSON
import Synchronization

/// The unknown keys of one issuer: which were seen since its keys were last looked up, and which are known not to be there.
///
/// Key ids come from whoever sends a token, so nothing of them is kept but a hash (with this process's own seed), and not many.
final class KeyLookout: Sendable {
    /// How many key ids are known not to be there; the oldest give way.
    static let capacity = 256
    /// How many are remembered between two looks. Of more it is only known that there were some.
    static let capacityBetweenLooks = 64
    /// How long a key that was not there is not asked for again. A provider that signs with a key before it publishes it, and
    /// whoever guesses the id of a key to come, can put off its first use by this, and by no more.
    static let memory: Int64 = 120

    private final class InVain: AtomicReference, Sendable {
        /// Until when, by the hash of the key id.
        let until: [Int: Int64]
        init(_ until: [Int: Int64]) { self.until = until }
    }

    private let inVain = ManagedAtomic(InVain([:]))
    private let wanted = ManagedAtomic(false)
    private let seen = Mutex<Set<Int>>([])

    var isWanted: Bool { wanted.load(ordering: .acquiring) }

    /// Whether a look has shown lately that the provider has no such key.
    func isMissing(_ keyID: String, now: Int64) -> Bool { isMissing(hash: ExactString(keyID).hashValue, now: now) }

    private func isMissing(hash: Int, now: Int64) -> Bool {
        guard let until = inVain.load(ordering: .acquiring).until[hash] else { return false }
        // A clock that was set back must not make an entry last.
        return (until - Self.memory..<until).contains(now)
    }

    /// Returns whether this is the first word since the last look that calls for another one.
    func saw(_ keyID: String?, now: Int64) -> Bool {
        if let keyID {
            let hash = ExactString(keyID).hashValue
            if isMissing(hash: hash, now: now) { return false }
            // Whoever finds it taken goes on: the look is asked for all the same.
            seen.withLockIfAvailable { if $0.count < Self.capacityBetweenLooks { $0.insert(hash) } }
        }
        return !wanted.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// A look begins: what it does not find of these is not there. Whatever is seen from now on needs another one.
    func startLooking() -> Set<Int> {
        wanted.store(false, ordering: .sequentiallyConsistent)
        return seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    /// - Parameters:
    ///   - sought: what `startLooking` returned when the fetch of `keys` began.
    ///   - before: the keys that were known until now. Those that are gone were withdrawn, so nobody needs to look for them.
    func looked(for sought: Set<Int>, in keys: KeySet, before: KeySet? = nil, now: Int64) {
        let present = Self.hashes(of: keys)
        let sought = before.map { sought.union(Self.hashes(of: $0)) } ?? sought
        var until = inVain.load(ordering: .acquiring).until.filter { $0.value > now && !present.contains($0.key) }
        for hash in sought where !present.contains(hash) { until[hash] = now + Self.memory }
        if until.count > Self.capacity {
            let oldest = until.sorted { $0.value < $1.value }.prefix(until.count - Self.capacity)
            for (hash, _) in oldest { until[hash] = nil }
        }
        inVain.store(InVain(until), ordering: .releasing)
    }

    private static func hashes(of keys: KeySet) -> Set<Int> {
        Set(keys.keys.compactMap { $0.keyID.map { ExactString($0).hashValue } })
    }
}
