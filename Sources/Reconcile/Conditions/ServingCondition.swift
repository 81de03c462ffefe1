import Schema

/// The condition `Serving`: true exactly when every worker that answers accepts a valid token.
///
/// Valid is what the revision calls valid that the workers are to run: the newest, or the last good one where the newest failed.
struct ServingCondition {
    let state: RolloutState
    /// What the revisions say, by their numbers; one that is not in it is like no other.
    let contents: [Int64: RevisionContent]
    /// Workers that are left out of roll-outs: whoever asks them gets answers all the same.
    var bystanders: [WorkerNode] = []

    var condition: Condition {
        let everybody = state.members.map(\.node) + bystanders
        let ready = everybody.filter { $0.downSince(now: state.now, watchedSince: state.watchedSince) == nil }
        let (status, reason, message) =
            obstacle(everybody, ready)
            ?? (.true, "AsExpected", "\(list(ready.map(\.name))) accept\(ready.count == 1 ? "s" : "") valid tokens")
        return Condition(type: "Serving", status: status, reason: reason, message: message)
    }

    private typealias Finding = (Condition.Status, reason: String, message: String)

    private func obstacle(_ everybody: [WorkerNode], _ ready: [WorkerNode]) -> Finding? {
        let running = Set(ready.map(\.running))
        if ready.isEmpty {
            return (.false, "NoWorkerAnswers", everybody.isEmpty ? "there are no workers" : "no worker answers")
        }
        if running.contains(0) { return (.false, "NoRevision", "not every worker has a revision to judge by") }
        return transition(running) ?? missing(ready)
    }

    /// Revisions that say the same judge alike, whatever their numbers are.
    private func transition(_ running: Set<Int64>) -> Finding? {
        guard Set(running.map(content)).count == 1, let one = running.min() else {
            return (.unknown, "RollingOut", "the workers judge by revisions \(list(running.sorted().map { "\($0)" }))")
        }
        guard let wanted, content(of: wanted) != content(of: one) else { return nil }
        return (
            .unknown, state.isPaused ? "Paused" : "RollingOut",
            "the workers judge by revision \(one), and revision \(wanted) has yet to reach them"
        )
    }

    /// Everything is where it should be; nil: and nothing is missing to judge by it.
    private func missing(_ ready: [WorkerNode]) -> Finding? {
        if ready.contains(where: { $0.mode == "None" }) {
            guard ready.contains(where: { contents[$0.running]?.hasReviewer == true }) else {
                return (.false, "NoTokensAccepted", "mode None accepts no token")
            }
            return (.unknown, "ReviewerDecides", "the reviewer of spec.webhookTokenAuthenticator is asked about every token")
        }
        let keyless = ready.flatMap { node in node.keylessProviders.map { (node.name, $0) } }
        if let (worker, provider) = keyless.first {
            let rest = keyless.count > 1 ? " and \(keyless.count - 1) more" : ""
            return (.false, "KeysMissing", "\(worker) has no usable keys of provider \"\(provider)\"\(rest)")
        }
        let ignorant = ready.filter { $0.mode == "IntegratedOAuth" && $0.lacksOpaqueTokens }.map(\.name)
        if !ignorant.isEmpty {
            let who = "\(list(ignorant)) \(ignorant.count == 1 ? "has" : "have")"
            return (.false, "TokensMissing", "\(who) not read all tokens of the built-in OAuth server yet")
        }
        return nil
    }

    /// The revision that the workers are to run; nil: there is none to wait for.
    private var wanted: Int64? {
        switch state.goal {
        case .advance(let revision), .hold(let revision), .goBack(let revision): revision
        case .none, .stuck: nil
        }
    }

    private func content(of revision: Int64) -> String { contents[revision]?.digest ?? "revision \(revision)" }

    private func list(_ names: [String]) -> String {
        names.count <= 5
            ? names.joined(separator: ", ") : "\(names.prefix(5).joined(separator: ", ")) and \(names.count - 5) more"
    }
}
