package import Reconcile
import Schema

/// What is wrong with a step in a state in which nobody soaks, nobody is late, and logins are not compared; nil: nothing.
package func brokenPromise(of step: Step, in state: RolloutState) -> String? {
    switch step {
    case .assign(let name, let revision, let reason):
        guard let member = state.members.first(where: { $0.node.name == name }) else { return "assigned to a stranger" }
        if member.status.targetRevision == revision { return "assigned what it has" }
        if revision < state.latestRevision, reason != .revisionFailed, !member.isBlank { return "sent down without a failure" }
        switch state.goal {
        case .goBack(let good) where revision != good: return "sent back to what is not good"
        case .advance where state.limits.isPaused && revision > state.lastGoodRevision: return "sent forward in a pause"
        case .none, .stuck: return "sent where there is nothing to go to"
        case .advance, .hold, .goBack: return state.crowd(beside: member)
        }
    case .recordCurrent(let name, let revision):
        guard let member = state.members.first(where: { $0.node.name == name }) else { return "recorded a stranger" }
        if !member.node.isReady || member.node.running != revision { return "recorded what is not so" }
        let isOnTheWayBack = revision == state.lastGoodRevision || state.isPaused
        if revision < member.status.currentRevision, !isOnTheWayBack { return "current fell" }
    case .recordGood(let revision):
        if state.isPaused { return "called good in a pause" }
        if state.members.contains(where: { !state.isGone($0) && ($0.node.running != revision || !$0.node.isReady) }) {
            return "good without proof"
        }
    case .settled:
        if state.members.contains(where: { $0.node.isReady && $0.node.running != state.latestRevision }) { return "gave up" }
    case .wait, .recordFailure: break
    case .withdraw(let name, let revision):
        let member = state.members.first { $0.node.name == name }
        if member?.status.targetRevision != revision { return "withdrawn from where it was not sent" }
    }
    return nil
}

extension RolloutState {
    fileprivate func isGone(_ member: Member) -> Bool {
        !member.node.isReady && now - member.node.readyChangedAt >= limits.progressDeadlineSeconds
    }

    /// On its way; a worker that refuses a proven revision is not: it goes on serving what it has.
    private func isMoving(_ member: Member) -> Bool {
        if case .hold(let revision) = goal, member.status.lastFailure?.revision == revision { return false }
        return !isGone(member) && !member.isBlank && member.status.targetRevision != 0
    }

    /// One at a time until somebody serves the newest revision, then as many as the policy says; and no other while one is down.
    fileprivate func crowd(beside member: Member) -> String? {
        if member.status.targetRevision != 0 || member.isBlank { return nil }
        var isAdvance = false
        if case .advance = goal { isAdvance = true }
        let hasArrived = members.contains {
            $0.node.isReady && $0.node.running == latestRevision && $0.status.currentRevision == latestRevision
                && $0.status.targetRevision == 0
        }
        let slots = isAdvance && !hasArrived ? 1 : limits.maxUnavailable.limit(of: members.count)
        let others = members.filter { $0.node.name != member.node.name }
        let moving = others.count(where: isMoving)
        if moving >= slots { return "too many on their way" }
        guard isAdvance, member.node.isReady else { return nil }
        let down = others.count { !$0.node.isReady && !isGone($0) && !isMoving($0) && !$0.isBlank }
        return moving + down >= slots ? "touched while another is down" : nil
    }
}

extension RolloutState.Member {
    fileprivate var isBlank: Bool { node.running == 0 && status.currentRevision == 0 }
}
