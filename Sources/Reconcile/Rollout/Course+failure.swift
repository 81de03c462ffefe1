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
