import Atomics
import Authenticator

/// How often each answer was given since the process started; counted without a lock.
final class DecisionCounters: Sendable {
    private let authenticatedCount = ManagedAtomic<Int64>(0)
    private let refusedCounts: [Refusal.Reason: ManagedAtomic<Int64>]
    private let unknowableCounts: [Refusal.Reason: ManagedAtomic<Int64>]

    init() {
        let zeros = { Dictionary(uniqueKeysWithValues: Refusal.Reason.allCases.map { ($0, ManagedAtomic<Int64>(0)) }) }
        refusedCounts = zeros()
        unknowableCounts = zeros()
    }

    func count(_ decision: Decision) {
        switch decision {
        case .authenticated: countAcceptance()
        case .refused(let refusal), .notMine(let refusal):
            refusedCounts[refusal.reason]?.wrappingIncrement(ordering: .relaxed)
        case .unknowable(let refusal): unknowableCounts[refusal.reason]?.wrappingIncrement(ordering: .relaxed)
        }
    }

    func countAcceptance() { authenticatedCount.wrappingIncrement(ordering: .relaxed) }

    var authenticated: Int64 { authenticatedCount.load(ordering: .relaxed) }
    /// Tokens that were found bad, or that nobody here is responsible for.
    var refused: Int64 { refusedCounts.values.reduce(0) { $0 &+ $1.load(ordering: .relaxed) } }

    /// Every count with its labels, in a stable order.
    var all: [(result: String, reason: String, count: Int64)] {
        var rows: [(result: String, reason: String, count: Int64)] = [("authenticated", "", authenticated)]
        for (result, counts) in [("refused", refusedCounts), ("unknowable", unknowableCounts)] {
            for reason in Refusal.Reason.allCases {
                rows.append((result, reason.rawValue, counts[reason]?.load(ordering: .relaxed) ?? 0))
            }
        }
        return rows
    }
}
