package import JSON

/// Everything that was looked at in one token, for people. It decides nothing: `decision` is the judge's own.
package struct TokenExplanation: Sendable {
    /// One thing that was looked at, in the judge's order.
    package struct Check: Hashable, Sendable {
        package enum Verdict: Hashable, Sendable {
            case passed
            case failed(Refusal)
            /// It was not looked at; the text says why.
            case skipped(String)
        }

        /// `signature`, `exp`, `claimValidationRules[0]` and so on.
        package let name: String
        /// What was found in the token, or the expression that was evaluated; on one line.
        package let value: String
        package let verdict: Verdict
    }

    /// The user that the mappings make of the claims, whether the token is good or not.
    package struct User: Hashable, Sendable {
        package let username: String
        package let uid: String
        package let groups: [String]
        package let extra: [String: [String]]
    }

    package let decision: Decision
    /// As the token says them; nil where it cannot be read.
    package let header: JSONValue?
    package let claims: JSONValue?
    /// The provider that is responsible, and the key that made the signature.
    package let provider: String?
    package let keyID: String?
    package let checks: [Check]
    package let user: User?
    /// Providers that would accept the token if they were asked in the place of the one that its `iss` names.
    package let otherProviders: [String]
    /// What to change, most useful first. Empty when the token is good.
    package let advice: [String]
}
