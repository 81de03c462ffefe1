import JSON
import Schema

/// The condition `Healthy`: whether all that authentication needs is well, with what shows it.
struct HealthCondition {
    let state: RolloutState
    /// What the providers last answered.
    let providers: [ProviderHealth]
    let evidence: LoginEvidence

    var condition: Condition {
        var reasons: [String] = []
        var sentences: [String] = []
        for provider in providers {
            guard let failure = provider.failure else { continue }
            if !reasons.contains("ProviderUnavailable") { reasons.append("ProviderUnavailable") }
            sentences.append(
                "provider \"\(provider.name)\" has not answered as it should since \(Timestamp.text(of: failure.since)): \(failure.text); "
                    + "tokens are judged by the keys that are known"
            )
        }
        if !evidence.failing.isEmpty {
            reasons.append("LoginsFail")
            sentences.append("no token of \(evidence.failing.joined(separator: ", ")) is accepted")
        }
        let down = state.members.filter { !state.isServing($0) }.map(\.node.name)
        if !down.isEmpty {
            reasons.append("WorkersDown")
            sentences.append("\(down.prefix(10).joined(separator: ", ")) \(down.count == 1 ? "does" : "do") not answer")
        }
        guard !reasons.isEmpty else { return healthy }
        return condition(.false, reasons.joined(separator: "_"), (sentences + [evidence.sentence]).joined(separator: "; "))
    }

    private var healthy: Condition {
        let warnings = providers.compactMap(\.warning)
        return condition(.true, "AsExpected", (warnings + [evidence.sentence]).joined(separator: "; "))
    }

    private func condition(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
        Condition(type: "Healthy", status: status, reason: reason, message: message)
    }
}
