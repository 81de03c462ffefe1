import Schema

/// Decides the one next thing to do.
///
/// Promises, whatever the state: one worker goes first and the others follow once the revision has proven itself there; no more than
/// `maxUnavailable` workers are changing or down by our doing (those that never judged by
/// any revision are not counted: they have nothing to lose); a revision that
/// failed is not carried further and who took it goes back to the last good one; `currentRevision` falls only on that way back; a
/// dead worker holds nobody up for longer than `progressDeadlineSeconds`; a newer revision overtakes at once; while the roll-out is
/// paused, nobody is sent to a revision that has yet to prove itself.
package func nextStep(_ state: RolloutState) -> Step {
    let goal = state.goal
    switch goal {
    case .none: return .settled
    case .stuck(let revision):
        return state.waiting("revision \(revision) failed and there is no earlier one to go back to; a new revision is needed")
    case .advance(let revision), .hold(let revision), .goBack(let revision):
        let course = Course(state, goal, revision)
        if state.isPaused {
            return course.arrival() ?? course.failure() ?? course.shelter()
                ?? state.waiting("the roll-out of revision \(revision) is paused")
        }
        return course.arrival() ?? course.failure() ?? course.redirection() ?? course.departure()
    }
}

/// A state with the goal it implies: where to, and how carefully.
private struct Course {
    typealias Member = RolloutState.Member

    let state: RolloutState
    let goal: RolloutState.Goal
    /// The goal's revision.
    let revision: Int64
    let proving: Proving
    /// Whether a worker has served the revision for long enough, and with the logins that there must be: others may follow.
    private(set) var isProven = false

    init(_ state: RolloutState, _ goal: RolloutState.Goal, _ revision: Int64) {
        (self.state, self.goal, self.revision) = (state, goal, revision)
        proving = Proving(state: state, revision: revision)
        isProven = state.members.contains { hasArrived($0) && !state.isSoaking($0) && proving.verdict(on: $0) == .passed }
    }

    /// It serves the revision, and is not on its way to another.
    private func hasArrived(_ member: Member) -> Bool {
        member.status.currentRevision == revision && member.status.targetRevision == 0 && member.node.running == revision
            && state.isServing(member)
    }

    /// The revision has yet to prove itself.
    var isAdvance: Bool { if case .advance = goal { true } else { false } }
    var isReturn: Bool { if case .goBack = goal { true } else { false } }

    /// Somebody has arrived where we sent them.
    func arrival() -> Step? {
        state.members.first { member in
            // In a pause nobody is redirected: who was on the way to an earlier revision arrives there.
            let target = member.status.targetRevision
            let isRetreat = isRetreating(member)
            guard target == revision || isRetreat || (state.isPaused && target != 0) else { return false }
            return member.node.running == target && state.isServing(member)
        }.map { .recordCurrent(node: $0.node.name, revision: $0.status.targetRevision) } ?? secondArrival()
    }

    /// The clock was set back: whatever is to last from somebody's arrival lasts from now.
    private func secondArrival() -> Step? {
        guard isAdvance else { return nil }
        return state.members.first { hasArrived($0) && $0.status.currentRevisionTime > state.now }
            .map { .recordCurrent(node: $0.node.name, revision: revision) }
    }

    /// On its way back to what all have served, while the revision is tried on another.
    private func isRetreating(_ member: Member) -> Bool {
        isAdvance && !isProven && state.lastGoodRevision > 0 && member.status.targetRevision == state.lastGoodRevision
    }

    /// Somebody is on the way to a revision that is not wanted any more, or came back after having been given up.
    func redirection() -> Step? {
        let astray = state.members.filter { ![0, revision].contains($0.status.targetRevision) }
        if isAdvance, !isProven {
            // One goes first to the newer revision, too: whoever may have the newest that is not proven. The others keep what all have served.
            let isTaken = state.members.contains { $0.status.targetRevision == revision || hasArrived($0) }
            let present = state.members.filter { !state.isAbsent($0) }
            let trying = present.filter { exposure($0) > state.lastGoodRevision }.max { exposure($0) < exposure($1) }
            if !isTaken, let first = trying ?? astray.first(where: { !state.isAbsent($0) }), first.status.targetRevision != 0 {
                return .assign(node: first.node.name, revision: revision, because: .overtaken)
            }
            if let other = astray.first(where: { !isRetreating($0) }) {
                return .withdraw(node: other.node.name, revision: other.status.targetRevision)
            }
        } else if let member = astray.first {
            return .assign(node: member.node.name, revision: revision, because: isReturn ? .revisionFailed : .overtaken)
        }
        guard isAdvance else { return nil }
        return state.members.first { $0.status.targetRevision == revision && state.isServing($0) && state.cameBackLate($0) }
            .map { .assign(node: $0.node.name, revision: revision, because: .notReady) }
    }
}

// MARK: - Failures

extension Course {
    /// Somebody on the way to the revision, or soaking at it, failed.
    ///
    /// On the way back nothing is recorded: the record of the revision that failed must stay.
    func failure() -> Step? {
        switch goal {
        case .advance:
            for member in state.members {
                if let record = refusal(member) ?? lateness(member) ?? relapse(member) ?? disproof(member) {
                    return .recordFailure(node: member.node.name, record)
                }
            }
            return nil
        case .hold:
            for member in state.members where member.status.lastFailure?.revision != revision {
                guard var record = refusal(member) else { continue }
                record.reason = .installerFailed
                record.keepsTarget = true
                return .recordFailure(node: member.node.name, record)
            }
            return nil
        case .none, .goBack, .stuck: return nil
        }
    }

    private func refusal(_ member: Member) -> Step.FailureRecord? {
        let node = member.node
        guard member.status.targetRevision == revision, node.failedRevision == revision, node.running != revision else {
            return nil
        }
        let error = [node.failureReason, node.failureMessage].filter { !$0.isEmpty }.joined(separator: ": ")
        return record(
            .operandFailed,
            member,
            error.isEmpty ? "the worker refused revision \(revision) without saying why" : error
        )
    }

    private func lateness(_ member: Member) -> Step.FailureRecord? {
        guard member.status.targetRevision == revision, state.isOverdue(member), !state.wasDownBefore(member),
            !state.cameBackLate(member)
        else { return nil }
        let limit = state.limits.progressDeadlineSeconds
        return record(
            .installerFailed,
            member,
            "not ready at revision \(revision) within \(limit) seconds; \(complaint(of: member))"
        )
    }

    /// It reached the revision, and fell over before the revision was proven there.
    private func relapse(_ member: Member) -> Step.FailureRecord? {
        let status = member.status
        guard status.targetRevision == 0, status.currentRevision == revision else { return nil }
        if state.isSoaking(member), state.isServing(member), member.node.readyChangedAt > status.currentRevisionTime {
            return record(.installerFailed, member, "fell over while revision \(revision) was soaking on it, and came back")
        }
        guard let downSince = state.downSince(member), state.isAbsent(member), downSince >= status.currentRevisionTime
        else { return nil }
        let isSoaking = state.limits.soakSeconds > 0 && downSince <= state.soakedAt(member)
        guard isSoaking || (!isProven && proving.verdict(on: member) != .passed) else { return nil }
        return record(
            .installerFailed,
            member,
            "stopped being ready while revision \(revision) was soaking on it; \(complaint(of: member))"
        )
    }

    /// It serves the revision, and people cannot log in, or nobody did who should have.
    private func disproof(_ member: Member) -> Step.FailureRecord? {
        guard hasArrived(member), case .failed(let why) = proving.verdict(on: member) else { return nil }
        return record(.operandFailed, member, why)
    }

    private func record(_ reason: NodeStatus.FailureReason, _ member: Member, _ error: String) -> Step.FailureRecord {
        Step.FailureRecord(
            revision: revision,
            reason: reason,
            errors: ["\(member.node.name): \(error)"],
            keepsTarget: false
        )
    }

    private func complaint(of member: Member) -> String {
        let node = member.node
        if state.isServing(member) { return "it is at revision \(node.running)" }
        if node.isReady { return "it has stopped reporting" }
        let reason = node.readyReason.isEmpty ? "NotReady" : node.readyReason
        return node.readyMessage.isEmpty ? "it is down: \(reason)" : "it is down: \(reason) (\(node.readyMessage))"
    }
}

// MARK: - Who goes next

extension Course {
    /// Sends the next worker on its way, if one may be touched now.
    func departure() -> Step {
        if isAdvance, !isProven, let step = shelter() { return step }
        if let blank = state.members.first(where: { needsMove($0) && isBlank($0) && !state.isAbsent($0) }) {
            return .assign(node: blank.node.name, revision: revision, because: isReturn ? .revisionFailed : .notReady)
        }
        let onTheWay = state.members.filter(holdsSlot)
        guard let next = state.members.filter(needsMove).min(by: goesBefore) else { return end(onTheWay) }
        // One goes first, however many may follow.
        let slots = isAdvance && !isProven ? 1 : state.limits.maxUnavailable.limit(of: state.members.count)
        if let busy = onTheWay.first, onTheWay.count >= slots { return waiting(for: busy) }
        if isAdvance, state.isServing(next) {
            let down = state.members.filter {
                !state.isServing($0) && !state.isAbsent($0) && !holdsSlot($0) && !isBlank($0)
            }
            if let first = down.first, onTheWay.count + down.count >= slots {
                return state.waiting(
                    "\(first.node.name) is down, so \(next.node.name) is not touched",
                    deadline: state.absentAt(first)
                )
            }
        }
        // Two that come back at once must not both take what nobody has tried.
        if isAdvance, !isProven, !state.isAbsent(next),
            let unseen = state.members.first(where: { $0.status.targetRevision == revision && !holdsSlot($0) })
        {
            return .withdraw(node: unseen.node.name, revision: revision)
        }
        if isAdvance, state.isAbsent(next), !mayTakeUnseen() {
            return state.waiting("\(next.node.name) is down and no other worker has proven revision \(revision) yet")
        }
        return .assign(node: next.node.name, revision: revision, because: assignmentReason(next))
    }

    /// In a pause, and before a revision is proven, somebody who has never judged by anything gets what all others have served.
    func shelter() -> Step? {
        guard state.lastGoodRevision > 0 else { return nil }
        return state.members.first { isBlank($0) && $0.status.targetRevision == 0 && !state.isAbsent($0) }
            .map { .assign(node: $0.node.name, revision: state.lastGoodRevision, because: .notReady) }
    }

    /// Counts against `maxUnavailable`: on its way and still expected, or soaking.
    private func holdsSlot(_ member: Member) -> Bool {
        if state.isAbsent(member) || isBlank(member) { return false }
        if isRetreating(member) { return !state.isOverdue(member) }
        guard member.status.targetRevision == revision else {
            return isAdvance && (state.isSoaking(member) || isWaiting(member))
        }
        // Overdue and not recorded as failed: it was down from the beginning, or the revision is known to be good.
        return !state.isOverdue(member) && !refusesProven(member)
    }

    /// The first one has it, and has yet to show that people can log in.
    private func isWaiting(_ member: Member) -> Bool {
        guard !isProven, member.status.currentRevision == revision else { return false }
        // Nobody sees it just now; what it has may still be the revision that nobody can log in through.
        guard state.isServing(member) else { return true }
        guard hasArrived(member), case .waiting = proving.verdict(on: member) else { return false }
        return true
    }

    /// It has never judged by any revision: it has nothing to lose, so it waits for nobody and nobody waits for it.
    private func isBlank(_ member: Member) -> Bool { member.node.running == 0 && member.status.currentRevision == 0 }

    private func refusesProven(_ member: Member) -> Bool {
        if case .hold = goal { member.status.lastFailure?.revision == revision } else { false }
    }

    private func needsMove(_ member: Member) -> Bool {
        let status = member.status
        guard status.targetRevision == 0 else { return false }
        return status.currentRevision != revision || (state.isServing(member) && member.node.running != revision)
    }

    /// Whether a revision may wait for a worker that nobody sees: it takes it whenever it comes back.
    ///
    /// All workers coming back at once to a revision that breaks them would be a lock-out by our doing.
    private func mayTakeUnseen() -> Bool {
        let present = state.members.filter { !state.isAbsent($0) }
        if !present.isEmpty { return isProven }
        return !state.members.contains { $0.status.targetRevision == revision }
    }

    /// The order in which workers are changed; the name makes it total.
    private func goesBefore(_ left: Member, _ right: Member) -> Bool {
        let (first, second) = (rank(left), rank(right))
        return first == second ? left.node.name < right.node.name : first < second
    }

    private func rank(_ member: Member) -> (Int, Int64) {
        let status = member.status
        if state.isAbsent(member) { return (4, status.currentRevision) }
        // Whoever has an earlier revision that was not proven, or failed before, is tried first: the others have lost nothing yet.
        // Of several, whoever has the newest of them.
        if isAdvance, !isProven, exposure(member) > state.lastGoodRevision { return (0, -exposure(member)) }
        if let failure = status.lastFailure, failure.revision > status.currentRevision { return (0, failure.time) }
        if let downSince = state.downSince(member) { return (1, downSince) }
        return (member.node.running != status.currentRevision ? 2 : 3, status.currentRevision)
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

    private func assignmentReason(_ member: Member) -> Step.AssignmentReason {
        if isReturn { return .revisionFailed }
        if member.status.lastFailure?.revision == state.latestRevision { return .failedBefore }
        if !state.isServing(member) { return .notReady }
        return member.node.running != member.status.currentRevision ? .astray : .oldest
    }

    /// Nobody is left to send.
    private func end(_ onTheWay: [Member]) -> Step {
        if let busy = onTheWay.first { return waiting(for: busy) }
        if isReturn {
            let failed = state.latestRevision
            return state.waiting("revision \(failed) failed; all workers that answer are back at revision \(revision)")
        }
        guard isAdvance else {
            let isTrying = state.members.contains { $0.status.targetRevision != 0 }
            return isTrying ? state.waiting("a worker is down or refuses; it takes revision \(revision) when it can") : .settled
        }
        let present = state.members.filter { !state.isAbsent($0) }
        if let down = present.first(where: { !state.isServing($0) }) {
            return state.waiting("\(down.node.name) is down", deadline: state.absentAt(down))
        }
        let arrived = present.count { $0.status.currentRevision == revision && $0.status.targetRevision == 0 }
        return arrived == 0 || arrived < present.count
            ? state.waiting("no worker is there to take revision \(revision)") : .recordGood(revision: revision)
    }

    private func waiting(for member: Member) -> Step {
        if member.status.targetRevision == revision {
            return state.waiting("\(member.node.name) is on its way to revision \(revision)", deadline: state.overdueAt(member))
        }
        if !state.isSoaking(member), case .waiting(let reason, let deadline) = proving.verdict(on: member) {
            return state.waiting(reason, deadline: deadline)
        }
        return state.waiting("revision \(revision) is soaking on \(member.node.name)", deadline: state.soakedAt(member))
    }
}

extension RolloutState {
    /// Waits until the first moment at which time alone could change the decision.
    fileprivate func waiting(_ reason: String, deadline: Int64? = nil) -> Step {
        let moments = members.flatMap { member in
            [
                member.status.lastFailure?.retryAt,
                member.status.targetRevision != 0 ? overdueAt(member) : nil,
                soakedAt(member),
                comparison != nil ? member.status.currentRevisionTime + limits.loginGateSeconds : nil,
                needsProofOfLogin ? member.status.currentRevisionTime + limits.proofOfLoginSeconds : nil,
                absentAt(member),
                max(member.node.heartbeatAt, watchedSince) + WorkerNode.heartbeatLimit + 1,
            ]
        }
        let until = moments.compactMap { $0 }.filter { $0 > now }.min()
        return .wait(Step.Wait(reason: reason, until: until, deadline: deadline))
    }
}
