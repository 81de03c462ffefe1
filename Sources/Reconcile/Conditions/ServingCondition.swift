import Schema

/// The condition `Serving`: true exactly when every worker that answers accepts a valid token.
///
/// Valid is what the configuration that runs calls valid; while workers run different ones, nobody can say.
struct ServingCondition {
    let state: RolloutState

    var condition: Condition {
        let ready = state.members.filter { state.isServing($0) }
        let running = Set(ready.map(\.node.running))
        let keyless = ready.flatMap { member in member.node.keylessProviders.map { (member.node.name, $0) } }
        let (status, reason, message): (Condition.Status, String, String) =
            if ready.isEmpty {
                (.false, "NoWorkerAnswers", state.members.isEmpty ? "there are no workers" : "no worker answers")
            } else if running.contains(0) {
                (.false, "NoRevision", "not every worker has a revision to judge by")
            } else if running.count > 1 {
                (.unknown, "RollingOut", "the workers judge by revisions \(list(running.sorted().map { "\($0)" }))")
            } else if ready.contains(where: { $0.node.mode == "None" }) {
                (.false, "NoTokensAccepted", "mode None accepts no token")
            } else if let (worker, provider) = keyless.first {
                (
                    .false, "KeysMissing",
                    "\(worker) has no usable keys of provider \"\(provider)\""
                        + (keyless.count > 1 ? " and \(keyless.count - 1) more" : "")
                )
            } else {
                (.true, "AsExpected", "\(list(ready.map(\.node.name))) accept\(ready.count == 1 ? "s" : "") valid tokens")
            }
        return Condition(type: "Serving", status: status, reason: reason, message: message)
    }

    private func list(_ names: [String]) -> String {
        names.count <= 5
            ? names.joined(separator: ", ") : "\(names.prefix(5).joined(separator: ", ")) and \(names.count - 5) more"
    }
}
