import JSON
import Resolve
import Schema

/// The conditions of `Authentication.status`: does it work, is it changing, does it need a person.
struct AuthenticationConditions {
    let state: RolloutState
    /// What the revisions say, by their numbers.
    var contents: [Int64: RevisionContent] = [:]
    /// Workers that are left out of roll-outs.
    var bystanders: [WorkerNode] = []
    let outcome: ConfigurationOutcome
    let mode: Authentication.Mode
    /// What the roll-out waits for; nil: for nothing.
    var waiting: Step.Wait?
    /// The confirmation that the newest revision waits for; nil: it waits for none.
    let confirmation: RevisionConfirmation?
    /// What the providers in force last answered; nil: they have not been asked yet.
    let providers: [ProviderHealth]?
    /// `Healthy` as it stands, which holds until the providers have been asked.
    let healthBefore: Condition?
    /// The generation that these conditions may claim to be about.
    let observedGeneration: Int64?

    /// Without times; whoever writes them knows since when they hold.
    var all: [Condition] {
        let all: [Condition?] = [
            available, progressing, degraded, accepted, probed, rolledOut, confirmed,
            ServingCondition(state: state, contents: contents, bystanders: bystanders).condition, healthy,
        ]
        return all.compactMap(\.self).map { condition in
            var condition = condition
            condition.observedGeneration = observedGeneration
            return condition
        }
    }

    /// A generation counts as observed once it is held back, or is a revision that the roll-out knows of: whoever waits for it
    /// can then trust `KubeAPIServer.status` to be about it too.
    static func observedGeneration(_ outcome: ConfigurationOutcome, latestAvailable: Int64, before: Int64?) -> Int64? {
        guard outcome.probe != .running, outcome.failure == nil else { return before }
        return (outcome.revision ?? 0) <= latestAvailable ? outcome.generation : before
    }

    /// Why no worker takes part in roll-outs.
    private var nobody: String {
        bystanders.isEmpty ? "there are no workers" : "all workers are taken out of service (ctl worker resume)"
    }

    private var serving: [RolloutState.Member] { state.members.filter { state.isServing($0) && $0.node.running > 0 } }

    private var available: Condition {
        let count = serving.count
        let total = state.members.count
        return count > 0
            ? Condition(
                type: "Available",
                status: .true,
                reason: "AsExpected",
                message: "\(count) of \(workers(total)) answer\(total == 1 ? "s" : "")"
            )
            : Condition(
                type: "Available",
                status: .false,
                reason: "NoWorkerAnswers",
                message: total == 0 ? nobody : "none of \(workers(total)) answers"
            )
    }

    private var progressing: Condition {
        let nodes = NodeConditions(state)
        if nodes.isProgressing, !isStopped {
            return Condition(type: "Progressing", status: .true, reason: "RollingOut", message: nodes.description)
        }
        if outcome.probe == .running {
            return Condition(
                type: "Progressing",
                status: .true,
                reason: "AskingProviders",
                message: "the new configuration is tried on its providers"
            )
        }
        return Condition(type: "Progressing", status: .false, reason: "AsExpected", message: nodes.description)
    }

    /// The roll-out is not going on: the revision failed.
    private var isStopped: Bool {
        switch state.goal {
        case .goBack, .stuck: true
        case .none, .advance, .hold: false
        }
    }

    private var degraded: Condition {
        var reasons: [String] = []
        var sentences: [String] = []
        let problems = outcome.problems
        if !problems.isEmpty {
            reasons.append(!outcome.unresolved.isEmpty ? "ReferenceProblem" : "ProviderProblem")
            let remains =
                state.latestRevision > 0 ? "revision \(state.latestRevision) stays in force" : "nothing is in force yet"
            let what = outcome.isRestart ? "the restart waits" : "the configuration is not in force"
            sentences.append("\(what), \(remains): " + problems.map(\.advice).joined(separator: "; "))
        }
        if let failure = outcome.failure {
            reasons.append("SyncError")
            sentences.append("the configuration could not be read or written: \(failure)")
        }
        if isStopped {
            reasons.append("RevisionFailed")
            sentences.append(failedRevision)
        }
        let down = state.members.filter { !state.isServing($0) }.map(\.node.name)
        if !down.isEmpty, !state.members.isEmpty {
            reasons.append("WorkersDown")
            sentences.append("\(down.prefix(10).joined(separator: ", ")) \(down.count == 1 ? "does" : "do") not answer")
        }
        guard !sentences.isEmpty else {
            return Condition(type: "Degraded", status: .false, reason: "AsExpected", message: "")
        }
        let text = sentences.map { sentence in sentence.prefix(1).uppercased() + sentence.dropFirst() }.joined(separator: ". ")
        return Condition(type: "Degraded", status: .true, reason: reasons.joined(separator: "_"), message: text)
    }

    private var failedRevision: String {
        let failures = state.members.compactMap(\.status.lastFailure).filter { $0.revision == state.latestRevision }
        let errors = failures.flatMap(\.errors).prefix(5).joined(separator: "; ")
        let rest =
            if case .goBack(let revision) = state.goal { "workers stay at or return to revision \(revision)" } else {
                "it goes no further"
            }
        let retry = failures.compactMap(\.retryAt).min().map { ", it is tried again at \(Timestamp.text(of: $0))" } ?? ""
        return
            "revision \(state.latestRevision) failed (\(errors)): \(rest)\(retry); correct the configuration and apply it again"
    }

    /// The references are there.
    private var accepted: Condition {
        outcome.unresolved.isEmpty
            ? Condition(type: "Accepted", status: .true, reason: "AsExpected", message: "")
            : Condition(
                type: "Accepted",
                status: .false,
                reason: "ReferenceProblem",
                message: outcome.unresolved.map(\.advice).joined(separator: "; ")
            )
    }

    /// The providers answered as they should, when a configuration was last tried on them.
    private var probed: Condition? {
        guard mode == .oidc else { return nil }
        let warnings = (outcome.warnings + outcome.borrowed).joined(separator: "; ")
        return switch outcome.probe {
        case .notNeeded: nil
        case .passed: Condition(type: "Probed", status: .true, reason: "AsExpected", message: warnings)
        case .proceeded: Condition(type: "Probed", status: .unknown, reason: "ProviderUnavailable", message: warnings)
        case .running: Condition(type: "Probed", status: .unknown, reason: "AskingProviders", message: "")
        case .failed:
            Condition(
                type: "Probed",
                status: .false,
                reason: "ProviderProblem",
                message: outcome.unproven.map(\.advice).joined(separator: "; ")
            )
        }
    }

    /// All workers serve what this generation became.
    private var rolledOut: Condition {
        let nodes = NodeConditions(state)
        let (status, reason, message): (Condition.Status, String, String) =
            if (!outcome.problems.isEmpty && !outcome.isRestart) || outcome.failure != nil {
                (.false, "NotInForce", "the configuration did not become a revision")
            } else if state.latestRevision == 0 {
                (.false, "NoRevision", "there is no revision yet")
            } else if isStopped {
                (.false, "RevisionFailed", failedRevision)
            } else if nodes.isProgressing, state.isPaused {
                (.false, "Paused", "\(nodes.description); the roll-out is paused, ctl rollout resume lets it go on")
            } else if nodes.isProgressing || state.members.isEmpty {
                (.false, "RollingOut", state.members.isEmpty ? nobody : nodes.description + awaited)
            } else if case .advance = state.goal {
                (
                    .false, "Proving",
                    "\(nodes.description), and revision \(state.latestRevision) has yet to prove itself\(awaited)"
                )
            } else {
                (.true, "AsExpected", nodes.description)
            }
        return Condition(type: "RolledOut", status: status, reason: reason, message: message)
    }

    /// What is waited for, and until when: a time and no countdown, so that the words last as long as the wait does.
    private var awaited: String {
        guard let waiting else { return "" }
        guard let deadline = waiting.deadline, deadline > state.now else { return "; \(waiting.reason)" }
        return "; \(waiting.reason), until \(Timestamp.text(of: deadline)) at the latest"
    }

    /// Only while somebody has to confirm the newest revision.
    private var confirmed: Condition? {
        confirmation.map {
            Condition(type: "Confirmed", status: .false, reason: "WaitingForConfirmation", message: $0.sentence)
        }
    }

    private var healthy: Condition? {
        guard let providers else { return healthBefore }
        let evidence = LoginEvidence(of: state.members.map(\.node))
        return HealthCondition(state: state, providers: providers, evidence: evidence).condition
    }

    private func workers(_ count: Int) -> String { "\(count) worker\(count == 1 ? "" : "s")" }
}
