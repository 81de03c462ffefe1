import Schema

/// Whether a revision that a worker serves has proven itself there: by the logins of the people who use it.
struct Proving {
    enum Verdict: Hashable {
        case passed
        /// With the reason, as a sentence without a full stop, and when it ends, in seconds since 1970.
        case waiting(String, until: Int64)
        case failed(String)
    }

    let state: RolloutState
    let revision: Int64

    /// - Parameter member: one that serves the revision.
    func verdict(on member: RolloutState.Member) -> Verdict {
        let records = member.node.logins.filter { $0.revision == revision }
        let logins = compare(records, on: member)
        if case .failed = logins { return logins }
        let proof = proof(on: member)
        return proof == .passed ? logins : proof
    }

    // MARK: - A login by somebody

    private func proof(on member: RolloutState.Member) -> Verdict {
        guard state.needsProofOfLogin else { return .passed }
        if state.members.contains(where: { $0.node.hasLogin(at: revision) }) { return .passed }
        let limit = state.limits.proofOfLoginSeconds
        let end = member.status.currentRevisionTime + limit
        guard state.now < end else {
            return .failed("nobody logged in through revision \(revision) within \(limit) seconds")
        }
        return .waiting("revision \(revision) waits for somebody to log in through \(member.node.name)", until: end)
    }

    // MARK: - The logins of all

    private func compare(_ records: [LoginRecord], on member: RolloutState.Member) -> Verdict {
        guard let comparison = state.comparison, state.limits.maximumDropPercent < 100 else { return .passed }
        let (now, arrival) = (state.now, member.status.currentRevisionTime)
        // By the worker's own clock: what it has told of, whenever it arrives.
        let told = member.node.judgingSince.map { member.node.heartbeatAt - $0 } ?? 0
        let tokens = records.tally.total
        var waits = false
        func judge(_ what: String, _ before: LoginTally, _ after: [LoginRecord], expected: Double) -> String? {
            let least = state.limits.minimumLogins
            guard before.accepted >= least else { return nil }
            let tally = after.tally
            let counts = "\(tally.accepted) of \(tally.total) accepted, \(before.accepted) of \(before.total) before"
            if tally.total >= least {
                guard tally.isWorse(than: before, byMoreThan: state.limits.maximumDropPercent) else { return nil }
                return "\(what) fail at revision \(revision): \(counts)\(reasons(after))"
            }
            // Where no tokens come at all, everybody has gone home.
            if tally.accepted == 0, expected >= Double(2 * least), tokens >= least {
                return "\(what) have ceased at revision \(revision): \(counts)\(reasons(records))"
            }
            waits = true
            return nil
        }
        for (provider, before) in comparison.before.sorted(by: { $0.key < $1.key }) {
            let own = records.filter { $0.provider.utf8.elementsEqual(provider.utf8) }
            let expected = expectedLogins(of: provider, on: member, seconds: told)
            if let failure = judge("logins of provider \"\(provider)\"", before, own, expected: expected) {
                return .failed(failure)
            }
        }
        if let before = comparison.allBefore, let failure = judge("logins", before, records, expected: 0) {
            return .failed(failure)
        }
        // Silence of the worker is no silence of its users: what it says of all the time counts.
        let end = arrival + state.limits.loginGateSeconds
        // By its clock and by ours: one of them may have been set.
        let hasTold = told >= state.limits.loginGateSeconds && member.node.heartbeatAt >= end
        guard waits, now < end || !hasTold else { return .passed }
        return .waiting(
            "revision \(revision) waits for logins on \(member.node.name) to compare with those before",
            until: end
        )
    }

    /// As many as before, in so many seconds.
    private func expectedLogins(of provider: String, on member: RolloutState.Member, seconds: Int64) -> Double {
        let own = member.node.logins.filter { $0.revision < revision && $0.provider.utf8.elementsEqual(provider.utf8) }
        guard let before = own.max(by: { $0.revision < $1.revision }), before.seconds > 0, seconds > 0 else { return 0 }
        return Double(before.tally.accepted) / Double(before.seconds) * Double(seconds)
    }

    private func reasons(_ records: [LoginRecord]) -> String {
        let all = Dictionary(records.flatMap(\.reasons).map { ($0.reason, $0.count) }) { max($0, $1) }
        let most = all.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3)
        return most.isEmpty ? "" : " (\(most.map { "\($0.key) \($0.value)" }.joined(separator: ", ")))"
    }
}
