package import Schema

/// Sums up many conditions of one operator in the few of its `ClusterOperator`, by OpenShift's rules.
package enum OperatorSummary {
    /// A condition of a ClusterOperator and what it is when all is well.
    private static let summaries: [(type: String, good: Condition.Status)] = [
        ("Degraded", .false), ("Progressing", .false), ("Available", .true), ("Upgradeable", .true),
        ("EvaluationConditionsDetected", .false),
    ]

    /// Each sums up the conditions whose type ends with its own.
    ///
    /// - Parameters:
    ///   - inertia: of what is degraded.
    ///   - now: seconds since 1970.
    package static func conditions(of conditions: [Condition], inertia: OperatorInertia = .none, now: Int64) -> [Condition] {
        let sorted = conditions.sorted { $0.type < $1.type }
        return summaries.map { summary in
            let inertia = summary.type == degraded ? inertia : .none
            let own = sorted.filter { $0.type.hasSuffix(summary.type) }
            return summarize(own, as: summary.type, good: summary.good) { inertia.end(of: $0, now: now) == nil }
        }
    }

    /// When time alone will make something of the summary, in seconds since 1970; nil: never.
    package static func nextChange(of conditions: [Condition], inertia: OperatorInertia, now: Int64) -> Int64? {
        conditions.filter { $0.type.hasSuffix(degraded) && $0.status != .false }
            .compactMap { inertia.end(of: $0, now: now) }.min()
    }

    private static let degraded = "Degraded"

    /// All five unknown: nobody manages this.
    package static let unmanaged: [Condition] = summaries.map { summary in
        Condition(type: summary.type, status: .unknown, reason: "Unmanaged", message: "")
    }

    /// - Parameter hasLasted: whether one that is not as it should be has been so for long enough; one of them speaks for all.
    private static func summarize(
        _ conditions: [Condition],
        as type: String,
        good: Condition.Status,
        hasLasted: (Condition) -> Bool
    ) -> Condition {
        guard !conditions.isEmpty else { return Condition(type: type, status: .unknown, reason: "NoData", message: "") }
        let bad: Condition.Status = good == .true ? .false : .true
        let offending = conditions.filter { $0.status != good }
        guard offending.contains(where: hasLasted) else {
            let message = message(of: conditions)
            return Condition(type: type, status: good, reason: "AsExpected", message: message.isEmpty ? "All is well" : message)
        }
        let reasons = offending.map { condition in
            let prefix = String(condition.type.dropLast(type.count))
            let reason = condition.reason ?? ""
            return reason.isEmpty ? prefix : "\(prefix)_\(reason)"
        }
        return Condition(
            type: type,
            status: offending.contains { $0.status == bad } ? bad : .unknown,
            reason: reasons.sorted().joined(separator: "::"),
            message: message(of: offending)
        )
    }

    /// Of each condition every line once, with its type in front; empty lines are lines.
    private static func message(of conditions: [Condition]) -> String {
        var lines: [String] = []
        var seen: Set<String> = []
        for condition in conditions {
            guard let message = condition.message, !message.isEmpty else { continue }
            for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
                let line = "\(condition.type): \(line)"
                if seen.insert(line).inserted { lines.append(line) }
            }
        }
        return lines.joined(separator: "\n")
    }
}
