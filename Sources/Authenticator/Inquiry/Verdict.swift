/// How far a judgement got without the network.
package enum Verdict: Sendable {
    case decided(Decision)
    /// Somebody else has to be asked first.
    case pending(PendingDecision)

    /// The decision for callers that cannot ask: what nobody answered cannot be known.
    package var withoutAsking: Decision {
        switch self {
        case .decided(let decision): decision
        case .pending(let pending): pending.unanswered("nobody was asked")
        }
    }
}
