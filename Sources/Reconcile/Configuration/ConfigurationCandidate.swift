import Resolve
import Snapshot

/// What may become the next revision: what a configuration refers to put in its place, or what workers had of one that comes back.
struct ConfigurationCandidate {
    let content: WorkerSnapshot
    /// The revision whose content it is; nil: everything was read anew.
    var copiedFrom: Int64?
    /// The controller brings it back: nothing keeps it from the workers, who have had all of it.
    var isReturn = false
    /// What of the configuration cannot be read now.
    var unresolved: [ConfigurationProblem] = []

    /// For people, while a copy stands for what is missing.
    var borrowed: [String] {
        guard let copiedFrom else { return [] }
        return unresolved.map { "\($0.advice); meanwhile what revision \(copiedFrom) has of it is used" }
    }

    /// What the providers said of it. Of what comes back it is only told, and what they did not answer is as the workers had it.
    func outcome(of report: Preflight.Report) -> Preflight.Report {
        guard isReturn, !report.problems.isEmpty else { return report }
        return Preflight.Report(
            content: content,
            warnings: report.warnings + report.problems.map(\.advice),
            usesKnownKeys: true
        )
    }
}
