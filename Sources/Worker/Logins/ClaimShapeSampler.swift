import Atomics
import Authenticator

/// Takes the shape of an accepted token's claims now and then; whoever reports picks it up.
///
/// On the path of a request: no lock, and no more than one token a second is looked at.
final class ClaimShapeSampler: Sendable {
    struct Sample: Sendable {
        let provider: String
        let shape: ClaimShape
    }

    private final class Box: AtomicReference, Sendable {
        let sample: Sample
        init(_ sample: Sample) { self.sample = sample }
    }

    private let lastAt = ManagedAtomic<Int64>(0)
    private let slot = ManagedAtomic<Box?>(nil)

    /// - Parameter now: seconds since 1970.
    func note(_ token: Substring.UTF8View, of provider: String, now: Int64) {
        let last = lastAt.load(ordering: .relaxed)
        guard last != now, lastAt.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged else { return }
        guard let shape = ClaimShape(token: Array(token)) else { return }
        slot.store(Box(Sample(provider: provider, shape: shape)), ordering: .releasing)
    }

    /// The newest one since the last call; nil: there is none.
    func take() -> Sample? { slot.exchange(nil, ordering: .acquiringAndReleasing)?.sample }
}
