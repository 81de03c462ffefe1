import Schema

/// Whether a revision that a worker serves has proven itself there: by the logins of the people who use it.
struct Proving {
    enum Verdict: Hashable {
        case passed
        /// With the reason, as a sentence without a full stop, and when it ends, in seconds since 1970.
        case waiting(String, until: Int64)
        case failed(String)
    }

    private let state: RolloutState
    private let revision: Int64
    /// The providers whose logins can be compared with those before, by name.
    private let providers: [(name: String, before: LoginTally)]
    private let hasProof: Bool

    /// Whatever is the same for all workers is looked up here, once: a decision asks for the verdict on every worker.
    init(state: RolloutState, revision: Int64) {
        (self.state, self.revision) = (state, revision)
        let least = state.limits.minimumLogins
        let before = state.limits.maximumDropPercent < 100 ? state.comparison?.before ?? [:] : [:]
        providers = before.filter { $0.value.accepted >= least }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        hasProof = !state.needsProofOfLogin || state.members.contains { $0.node.hasLogin(at: revision) }
    }

    /// - Parameter member: one that serves the revision.
    func verdict(on member: RolloutState.Member) -> Verdict {
        let logins = compare(on: member)
        if case .failed = logins { return logins }
        let proof = proof(on: member)
        return proof == .passed ? logins : proof
    }

    // MARK: - A login by somebody

    private func proof(on member: RolloutState.Member) -> Verdict {
        if hasProof { return .passed }
        let limit = state.limits.proofOfLoginSeconds
        let end = member.status.currentRevisionTime + limit
        guard state.now < end else {
            return .failed("nobody logged in through revision \(revision) within \(limit) seconds")
        }
        return .waiting("revision \(revision) waits for somebody to log in through \(member.node.name)", until: end)
    }

    // MARK: - The logins of all

    private func compare(on member: RolloutState.Member) -> Verdict {
        guard let comparison = state.comparison, state.limits.maximumDropPercent < 100 else { return .passed }
        let least = state.limits.minimumLogins
        // By the worker's own clock: what it has told of, whenever it arrives.
        let told = member.node.judgingSince.map { member.node.heartbeatAt - $0 } ?? 0
        let all = member.node.tally(at: revision)
        var waits = false
        for (provider, before) in providers {
            let own = member.node.tally(at: revision, of: provider)
            if own.total >= least {
                guard own.isWorse(than: before, byMoreThan: state.limits.maximumDropPercent) else { continue }
                return failed("logins of provider \"\(provider)\" fail", own, before, reasons(on: member, of: provider))
            }
            // Where no tokens come at all, everybody has gone home.
            if own.accepted == 0, all.total >= least,
                expectedLogins(of: provider, on: member, seconds: told) >= Double(2 * least)
            {
                return failed("logins of provider \"\(provider)\" have ceased", own, before, reasons(on: member))
            }
            waits = true
        }
        if let before = comparison.allBefore, before.accepted >= least {
            if all.total >= least, all.isWorse(than: before, byMoreThan: state.limits.maximumDropPercent) {
                return failed("logins fail", all, before, reasons(on: member))
            }
            waits = waits || all.total < least
        }
        // Silence of the worker is no silence of its users: what it says of all the time counts.
        let end = member.status.currentRevisionTime + state.limits.loginGateSeconds
        // By its clock and by ours: one of them may have been set.
        let hasTold = told >= state.limits.loginGateSeconds && member.node.heartbeatAt >= end
        guard waits, state.now < end || !hasTold else { return .passed }
        return .waiting(
            "revision \(revision) waits for logins on \(member.node.name) to compare with those before",
            until: end
        )
    }

    private func failed(_ what: String, _ tally: LoginTally, _ before: LoginTally, _ reasons: String) -> Verdict {
        let counts = "\(tally.accepted) of \(tally.total) accepted, \(before.accepted) of \(before.total) before"
        return .failed("\(what) at revision \(revision): \(counts)\(reasons)")
    }

    /// As many as before, in so many seconds.
    private func expectedLogins(of provider: String, on member: RolloutState.Member, seconds: Int64) -> Double {
        let own = member.node.logins.filter { $0.revision < revision && $0.provider.utf8.elementsEqual(provider.utf8) }
        guard let before = own.max(by: { $0.revision < $1.revision }), before.seconds > 0, seconds > 0 else { return 0 }
        return Double(before.tally.accepted) / Double(before.seconds) * Double(seconds)
    }

    /// - Parameter provider: nil: of all.
    private func reasons(on member: RolloutState.Member, of provider: String? = nil) -> String {
        let records = member.node.logins.filter { record in
            record.revision == revision && provider.map { record.provider.utf8.elementsEqual($0.utf8) } ?? true
        }
        let all = Dictionary(records.flatMap(\.reasons).map { ($0.reason, $0.count) }) { max($0, $1) }
        let most = all.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3)
        return most.isEmpty ? "" : " (\(most.map { "\($0.key) \($0.value)" }.joined(separator: ", ")))"
    }
}
