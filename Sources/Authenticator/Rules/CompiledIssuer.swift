import JSON
import Snapshot

/// One provider, ready to judge its tokens: expressions compiled, audiences as a set.
struct CompiledIssuer: Sendable {
    struct ClaimCondition: Sendable {
        enum Form: Sendable {
            case requiredClaim(String, value: String)
            case expression(ClaimExpression, message: String)
        }
        let form: Form
    }

    struct UserCondition: Sendable {
        let expression: UserExpression
        let message: String
    }

    let name: String
    let issuerURL: String
    let audiences: Set<ExactString>
    let mapping: ClaimMapping
    let claimConditions: [ClaimCondition]
    let userConditions: [UserCondition]
    let allowsReservedNames: Bool

    /// The claim that groups are taken from; nil if there is none or it is an expression.
    var groupsClaim: String? { if case .claim(let name, _) = mapping.groups { name } else { nil } }

    /// From the claims of a token whose signature holds to an identity.
    func identity(_ claims: TokenClaims, now: Int64) throws(Refusal) -> Identity {
        let subject = TokenRule.Subject(claims: claims, issuer: self, now: now)
        for rule in TokenRule.all { try rule.check(subject) }
        let scope = ClaimScope(claims)
        let user = try mapping.user(scope)
        for condition in claimConditions { try condition.check(scope) }
        for rule in UserRule.all { try rule.check(user, self) }
        for condition in userConditions { try condition.check(user) }
        return Identity(
            username: user.username,
            uid: user.uid,
            groups: user.groups,
            extra: user.extra,
            provider: name,
            expiry: try claims.date("exp") ?? now
        )
    }
}

extension CompiledIssuer.ClaimCondition {
    func check(_ claims: ClaimScope) throws(Refusal) {
        switch form {
        case .requiredClaim(let name, let wanted):
            let found = try claims.claims.string(name)
            guard found.utf8.elementsEqual(wanted.utf8) else {
                let detail =
                    "required claim \(quoted(name)) value does not match. Got = \(quoted(found)), want = \(quoted(wanted))"
                throw Refusal(.claimRuleFailed, detail)
            }
        case .expression(let expression, let message):
            guard case .bool(true) = try expression.value(claims) else {
                throw Refusal(.claimRuleFailed, "validation expression '\(expression.text)' failed: \(message)")
            }
        }
    }
}

extension CompiledIssuer.UserCondition {
    func check(_ user: MappedUser) throws(Refusal) {
        guard try expression.holds(user) else {
            throw Refusal(.userRuleFailed, "validation expression '\(expression.text)' failed: \(message)")
        }
    }
}
