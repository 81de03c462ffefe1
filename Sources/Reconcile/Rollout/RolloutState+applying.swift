extension RolloutState {
    /// The state after a step was written down; only records change, never what workers report.
    package func applying(_ step: Step) -> RolloutState {
        var state = self
        switch step {
        case .settled, .wait: break
        case .recordGood(let revision): state.lastGoodRevision = revision
        case .assign(let node, let revision, _):
            state.change(node) { $0.send(to: revision, now: now) }
        case .withdraw(let node, _):
            // It may have it already: it goes back to what all have served, and is on its way until it says that it is there.
            state.change(node) { $0.send(to: lastGoodRevision, now: now) }
        case .recordCurrent(let node, let revision):
            state.change(node) { status in
                status.currentRevision = revision
                status.currentRevisionTime = now
                status.targetRevision = 0
                status.targetRevisionTime = 0
                if let failure = status.lastFailure, failure.revision <= revision { status.lastFailure = nil }
            }
        case .recordFailure(let node, let record):
            state.change(node) { status in
                let before = status.lastFailure?.revision == record.revision ? status.lastFailure?.count ?? 0 : 0
                status.lastFailure = NodeStatus.Failure(
                    revision: record.revision,
                    time: now,
                    reason: record.reason,
                    count: min(before, 1_000_000) + 1,
                    errors: record.errors
                )
                if !record.keepsTarget {
                    status.targetRevision = 0
                    status.targetRevisionTime = 0
                }
            }
        }
        return state
    }

    private mutating func change(_ node: String, _ change: (inout NodeStatus) -> Void) {
        guard let index = members.firstIndex(where: { $0.node.name.utf8.elementsEqual(node.utf8) }) else { return }
        change(&members[index].status)
    }
}
