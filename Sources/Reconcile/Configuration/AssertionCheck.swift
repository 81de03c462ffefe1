import Authenticator
import JSON
import Resolve
import Schema
import Snapshot

/// Tries the claim samples of `RolloutPolicy.spec.assertions` on a configuration that no worker has yet.
struct AssertionCheck {
    var assertions: [RolloutPolicy.Assertion] = []
    /// Whether what is not as it must be keeps the configuration back; otherwise it is only told.
    var holdsBack = true

    /// Everything that is not as somebody wrote that it must be.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: what keeps the configuration from coming into force, and what could not be tried.
    func run(on content: WorkerSnapshot, now: Int64) -> (problems: [ConfigurationProblem], warnings: [String]) {
        guard content.mode == .oidc, !assertions.isEmpty else { return ([], []) }
        let compiled: CompiledSnapshot
        do throws(SnapshotProblem) {
            compiled = try CompiledSnapshot.compile(content)
        } catch {
            return ([problem("the configuration cannot be judged by: \(error)", "correct it")], [])
        }
        var (problems, warnings): ([ConfigurationProblem], [String]) = ([], [])
        for assertion in assertions {
            switch ClaimSample(assertion.claims.objectValue ?? JSONObject()).outcome(in: compiled, now: now) {
            case .undecided:
                warnings.append("assertion \"\(assertion.name)\" was not tried: it would take claims from elsewhere")
            case .refused(let refusal):
                guard assertion.refused != true else { continue }
                problems.append(mismatch(assertion, "would be refused (\(refusal.description))"))
            case .user(let user):
                problems += differences(assertion, user).map { mismatch(assertion, $0) }
            }
        }
        return holdsBack ? (problems, warnings) : ([], warnings + problems.map(\.advice))
    }

    private func differences(_ assertion: RolloutPolicy.Assertion, _ user: TokenExplanation.User) -> [String] {
        guard assertion.refused != true else { return ["would be accepted as \"\(user.username)\", and must be refused"] }
        return ExpectedUser(username: assertion.username, groups: assertion.groups).differences(from: user)
    }

    private func mismatch(_ assertion: RolloutPolicy.Assertion, _ what: String) -> ConfigurationProblem {
        problem(
            "assertion \"\(assertion.name)\" \(what)",
            "correct the claim mappings, or spec.assertions of RolloutPolicy/cluster"
        )
    }

    private func problem(_ what: String, _ remedy: String) -> ConfigurationProblem {
        ConfigurationProblem(message: what, advice: "\(what); \(remedy)")
    }
}
