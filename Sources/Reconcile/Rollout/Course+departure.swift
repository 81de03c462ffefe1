import Schema

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
    func isBlank(_ member: Member) -> Bool { member.node.running == 0 && member.status.currentRevision == 0 }

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
        if let canary, canary.node.name == member.node.name { return (0, .min) }
        if let failure = status.lastFailure, failure.revision > status.currentRevision { return (0, failure.time) }
        if let downSince = state.downSince(member) { return (1, downSince) }
        return (member.node.running != status.currentRevision ? 2 : 3, status.currentRevision)
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
        let target = member.status.targetRevision
        if target != 0 {
            return state.waiting("\(member.node.name) is on its way to revision \(target)", deadline: state.overdueAt(member))
        }
        if !state.isSoaking(member), case .waiting(let reason, let deadline) = proving.verdict(on: member) {
            return state.waiting(reason, deadline: deadline)
        }
        return state.waiting("revision \(revision) is soaking on \(member.node.name)", deadline: state.soakedAt(member))
    }
}
