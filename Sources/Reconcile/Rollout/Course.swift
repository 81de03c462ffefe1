/// A state with the goal it implies: where to, and how carefully.
struct Course {
    typealias Member = RolloutState.Member

    let state: RolloutState
    let goal: RolloutState.Goal
    /// The goal's revision.
    let revision: Int64
    let proving: Proving
    /// Whether a worker has served the revision for long enough, and with the logins that there must be: others may follow.
    private(set) var isProven = false
    /// Whoever tries what is not proven: of those that may have such a revision, the one that may have the newest.
    ///
    /// It is the only one that is sent on. The others keep what all have served, or go back to it and are waited for.
    private(set) var canary: Member?

    init(_ state: RolloutState, _ goal: RolloutState.Goal, _ revision: Int64) {
        (self.state, self.goal, self.revision) = (state, goal, revision)
        proving = Proving(state: state, revision: revision)
        isProven = state.members.contains { hasArrived($0) && !state.isSoaking($0) && proving.verdict(on: $0) == .passed }
        guard isAdvance, !isProven else { return }
        canary = state.members.filter { !state.isAbsent($0) && (exposure($0) > state.lastGoodRevision || isRetreating($0)) }
            .max { trial($0) < trial($1) }
    }

    /// It serves the revision, and is not on its way to another.
    func hasArrived(_ member: Member) -> Bool {
        member.status.currentRevision == revision && member.status.targetRevision == 0 && member.node.running == revision
            && state.isServing(member)
    }

    /// The revision has yet to prove itself.
    var isAdvance: Bool { if case .advance = goal { true } else { false } }
    var isReturn: Bool { if case .goBack = goal { true } else { false } }
    /// As `RolloutState.isPaused`, which looks at all workers each time.
    var isPaused: Bool { isAdvance && state.limits.isPaused }

    /// Somebody has arrived where we sent them.
    func arrival() -> Step? {
        state.members.first { member in
            // In a pause nobody is redirected: who was on the way to an earlier revision arrives there.
            let target = member.status.targetRevision
            let isRetreat = isRetreating(member)
            guard target == revision || isRetreat || (isPaused && target != 0) else { return false }
            guard member.node.running == target, state.isServing(member) else { return false }
            // It had this revision before it was sent to the one that it is to leave.
            return !(isRetreat || isReturn) || isHeardOf(member)
        }.map { .recordCurrent(node: $0.node.name, revision: $0.status.targetRevision) } ?? secondArrival()
    }

    /// The clock was set back: whatever is to last from somebody's arrival lasts from now.
    private func secondArrival() -> Step? {
        guard isAdvance else { return nil }
        return state.members.first { hasArrived($0) && $0.status.currentRevisionTime > state.now }
            .map { .recordCurrent(node: $0.node.name, revision: revision) }
    }

    /// On its way back to what all have served: until it says that it is there, it may have what it was sent to before.
    func isRetreating(_ member: Member) -> Bool {
        isAdvance && !isProven && state.lastGoodRevision > 0 && member.status.targetRevision == state.lastGoodRevision
    }

    /// What it says of itself is no older than what it was told last. Of a worker that does not say what it has read, clocks decide.
    private func isHeardOf(_ member: Member) -> Bool {
        guard let observed = member.node.observedTargetGeneration else {
            return member.node.heartbeatAt > member.status.targetRevisionTime
        }
        return observed == member.status.targetGeneration
    }

    /// The newest revision that it may have, for all that is known.
    private func exposure(_ member: Member) -> Int64 {
        // One that failed it may have it still, until it is heard of.
        max(
            member.status.currentRevision,
            member.status.targetRevision,
            member.node.running,
            member.status.lastFailure?.revision ?? 0
        )
    }

    /// By what the canary is chosen. Two that may have the same revision: one was given up, and came back with it; it is wanted back
    /// already. The other was sent to it since then.
    private func trial(_ member: Member) -> (Int64, Int) {
        (exposure(member), member.status.targetRevision > state.lastGoodRevision ? 1 : 0)
    }
}
