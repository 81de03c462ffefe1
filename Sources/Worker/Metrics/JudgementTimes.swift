import Atomics
import HashTreeCollections
import JSON

/// How long it took to judge the tokens of each provider, as Kubernetes' API servers measure it: only tokens that were not known.
final class JudgementTimes: Sendable {
    /// Upper bounds of the buckets in seconds; the same as Kubernetes'.
    static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Of more providers nothing is measured.
    static let maximumProviders = 512

    struct Histogram: Hashable, Sendable {
        /// How many were within each bound, and how many were slower than all.
        var counts: [Int64]
        var sum: Double

        var total: Int64 { counts.reduce(0, +) }
    }

    private final class Times: Sendable {
        private let counts = (0...bounds.count).map { _ in ManagedAtomic<Int64>(0) }
        private let nanoseconds = ManagedAtomic<Int64>(0)

        func add(_ duration: Int64) {
            let seconds = Double(duration) / 1e9
            var index = 0
            while index < bounds.count, seconds > bounds[index] { index += 1 }
            counts[index].wrappingIncrement(ordering: .relaxed)
            nanoseconds.wrappingIncrement(by: duration, ordering: .relaxed)
        }

        var histogram: Histogram {
            let counts = counts.map { $0.load(ordering: .relaxed) }
            return Histogram(counts: counts, sum: Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
        }
    }

    private struct Key: Hashable, Sendable {
        let provider: ExactString
        let isSuccess: Bool
    }

    private final class Table: AtomicReference, Sendable {
        let times: TreeDictionary<Key, Times>
        init(_ times: TreeDictionary<Key, Times> = [:]) { self.times = times }
    }

    private let table = ManagedAtomic(Table())

    /// - Parameter nanoseconds: how long it took.
    func add(provider: String, isSuccess: Bool, nanoseconds: Int64) {
        let key = Key(provider: ExactString(provider), isSuccess: isSuccess)
        while true {
            let before = table.load(ordering: .acquiring)
            if let times = before.times[key] { return times.add(nanoseconds) }
            guard before.times.count < 2 * Self.maximumProviders else { return }
            var times = before.times
            times[key] = Times()
            // Another thread may add one at the same time: then it is tried again.
            _ = table.compareExchange(expected: before, desired: Table(times), ordering: .acquiringAndReleasing)
        }
    }

    func histogram(provider: String, isSuccess: Bool) -> Histogram? {
        table.load(ordering: .acquiring).times[Key(provider: ExactString(provider), isSuccess: isSuccess)]?.histogram
    }
}
