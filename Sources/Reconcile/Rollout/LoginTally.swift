package import Schema

/// Tokens that were accepted, out of all that were judged.
package struct LoginTally: Hashable, Sendable {
    package var accepted: Int64
    package var total: Int64

    package init(accepted: Int64 = 0, total: Int64 = 0) {
        (self.accepted, self.total) = (accepted, total)
    }

    package static func + (left: LoginTally, right: LoginTally) -> LoginTally {
        LoginTally(accepted: sum(left.accepted, right.accepted), total: sum(left.total, right.total))
    }

    /// What a worker says is not trusted to be small.
    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    private var share: Double { total == 0 ? 0 : Double(accepted) / Double(total) }

    /// Whether fewer are accepted than before by more than `percent` points, and by more than chance explains.
    ///
    /// Chance: two shares of that many tokens differ by three standard errors once in some hundred times.
    package func isWorse(than before: LoginTally, byMoreThan percent: Int64) -> Bool {
        guard total > 0, before.total > 0, before.share - share > Double(percent) / 100 else { return false }
        let pooled = Double(accepted) + Double(before.accepted)
        let all = Double(total) + Double(before.total)
        let share = pooled / all
        let error = (share * (1 - share) * (1 / Double(total) + 1 / Double(before.total))).squareRoot()
        return before.share - self.share >= 3 * error
    }
}

/// How the tokens of one provider fared on one worker at one revision; an entry of `Node.status.authentication.logins`.
package struct LoginRecord: Hashable, Sendable {
    /// Empty: no provider is responsible for them.
    package var provider: String
    package var revision: Int64
    /// How many seconds the counts are of.
    package var seconds: Int64
    package var tally: LoginTally
    /// When one was last accepted, in seconds since 1970.
    package var lastAccepted: Int64?
    /// The most frequent refusal codes, with their counts.
    package var reasons: [Node.Logins.Reason]

    /// Whether any was ever accepted at the revision, within the last minutes or before.
    package var hasSucceeded: Bool { tally.accepted > 0 || lastAccepted != nil }

    package init(
        provider: String,
        revision: Int64,
        seconds: Int64,
        tally: LoginTally,
        lastAccepted: Int64? = nil,
        reasons: [Node.Logins.Reason] = []
    ) {
        self.provider = provider
        self.revision = revision
        self.seconds = seconds
        self.tally = tally
        self.lastAccepted = lastAccepted
        self.reasons = reasons
    }
}

extension [LoginRecord] {
    /// All of them together.
    var tally: LoginTally { map(\.tally).reduce(LoginTally(), +) }
}

extension WorkerNode {
    /// How tokens fared at the revision: those of one provider, or all.
    func tally(at revision: Int64, of provider: String? = nil) -> LoginTally {
        var tally = LoginTally()
        for record in logins where record.revision == revision {
            if let provider, !record.provider.utf8.elementsEqual(provider.utf8) { continue }
            tally = tally + record.tally
        }
        return tally
    }

    /// Whether somebody has logged in through a provider at the revision, as far as the worker tells.
    func hasLogin(at revision: Int64) -> Bool {
        logins.contains { $0.revision == revision && $0.hasSucceeded && !$0.provider.isEmpty }
    }
}
