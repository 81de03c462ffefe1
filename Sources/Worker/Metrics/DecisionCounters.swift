import Atomics
import Authenticator
import HashTreeCollections
import JSON

/// How often each answer was given since the process started; counted without a lock, and without memory of its own after the
/// first time.
///
/// Every value of every label comes from the configuration or from a closed list; nothing that a token says becomes one.
final class DecisionCounters: Sendable {
    typealias Counter = ManagedAtomic<Int64>

    enum Result: String, CaseIterable, Sendable {
        case authenticated
        case refused
        case unknowable
    }

    /// What is counted apart.
    struct Labels: Hashable, Sendable {
        let result: Result
        let reason: Refusal.Reason?
        /// Empty when no provider of ours is named.
        let provider: ExactString
        let revision: Int64
    }

    /// Counted apart are this revision and the one before; of more combinations than this the provider is left out.
    static let maximumSeries = 16_384
    private static let otherProviders = ExactString("(other)")

    private final class Table: AtomicReference, Sendable {
        let counters: TreeDictionary<Labels, Counter>
        /// Latest last.
        let revisions: [Int64]

        init(_ counters: TreeDictionary<Labels, Counter> = [:], revisions: [Int64] = []) {
            (self.counters, self.revisions) = (counters, revisions)
        }

        func adding(_ labels: Labels) -> Table {
            var (counters, revisions) = (counters, revisions)
            if !revisions.contains(labels.revision) {
                revisions.append(labels.revision)
                if revisions.count > 2 {
                    let gone = revisions.removeFirst()
                    counters = counters.filter { $0.key.revision != gone }
                }
            }
            counters[labels] = Counter(0)
            return Table(counters, revisions: revisions)
        }
    }

    private let table = ManagedAtomic(Table())
    private let authenticatedCount = Counter(0)
    private let refusedCount = Counter(0)
    /// Tokens that were found among the verified ones, and tokens that had to be judged.
    let hits = Counter(0)
    let misses = Counter(0)

    func count(_ decision: Decision, revision: Int64) {
        let counter = counter(of: Labels(decision, revision: revision))
        counter.wrappingIncrement(ordering: .relaxed)
        switch decision {
        case .authenticated: authenticatedCount.wrappingIncrement(ordering: .relaxed)
        case .refused, .notMine: refusedCount.wrappingIncrement(ordering: .relaxed)
        case .unknowable: break
        }
    }

    /// Once more what `counter` counts, a token that was accepted before.
    func countAgain(_ counter: Counter) {
        counter.wrappingIncrement(ordering: .relaxed)
        authenticatedCount.wrappingIncrement(ordering: .relaxed)
        hits.wrappingIncrement(ordering: .relaxed)
    }

    /// To be kept by whoever counts the same again and again.
    func counter(of labels: Labels) -> Counter {
        while true {
            let before = table.load(ordering: .acquiring)
            if let counter = before.counters[labels] { return counter }
            guard before.counters.count < Self.maximumSeries || labels.provider == Self.otherProviders || labels.isAnonymous
            else { return counter(of: labels.of(provider: Self.otherProviders)) }
            // Another thread may add one at the same time: then it is tried again.
            _ = table.compareExchange(expected: before, desired: before.adding(labels), ordering: .acquiringAndReleasing)
        }
    }

    var authenticated: Int64 { authenticatedCount.load(ordering: .relaxed) }
    /// Tokens that were found bad, or that nobody here is responsible for.
    var refused: Int64 { refusedCount.load(ordering: .relaxed) }

    /// Whether a token was accepted at this revision.
    func hasAccepted(at revision: Int64) -> Bool {
        table.load(ordering: .acquiring).counters.contains { labels, count in
            labels.revision == revision && labels.result == .authenticated && count.load(ordering: .relaxed) > 0
        }
    }

    /// Every count, in a stable order.
    var all: [(labels: Labels, count: Int64)] {
        table.load(ordering: .acquiring).counters
            .map { (labels: $0.key, count: $0.value.load(ordering: .relaxed)) }
            .sorted { $0.labels.order < $1.labels.order }
    }
}

extension DecisionCounters.Labels {
    init(_ decision: Decision, revision: Int64) {
        let result: DecisionCounters.Result =
            switch decision {
            case .authenticated: .authenticated
            case .refused, .notMine: .refused
            case .unknowable: .unknowable
            }
        let provider = decision.identity?.provider ?? decision.refusal?.provider ?? ""
        self.init(result: result, reason: decision.refusal?.reason, provider: ExactString(provider), revision: revision)
    }

    fileprivate var isAnonymous: Bool { provider == ExactString("") }

    fileprivate func of(provider: ExactString) -> Self {
        Self(result: result, reason: reason, provider: provider, revision: revision)
    }

    fileprivate var order: (Int64, String, String, String) {
        (revision, provider.text, result.rawValue, reason?.rawValue ?? "")
    }
}
