import JSON
import Snapshot

/// One provider, ready to judge its tokens: expressions compiled, audiences as a set.
///
/// A class, so that finding one among thousands hands out one reference and not copies of all its parts.
final class CompiledIssuer: Sendable {
    enum ClaimCondition: Sendable {
        case requiredClaim(String, value: String)
        case expression(ClaimExpression, message: String)
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
    /// PEM; nil: the system's trust.
    let certificateAuthority: String?
    let claimsSources: [ClaimsSource]
    /// What the expressions read.
    let readClaims: ReadMembers
    let readUser: ReadMembers
    let readBySources: ReadMembers
    let headers = HeaderMemo()

    init(
        name: String,
        issuerURL: String,
        audiences: Set<ExactString>,
        mapping: ClaimMapping,
        claimConditions: [ClaimCondition],
        userConditions: [UserCondition],
        allowsReservedNames: Bool,
        certificateAuthority: String?,
        claimsSources: [ClaimsSource],
        readClaims: ReadMembers,
        readUser: ReadMembers,
        readBySources: ReadMembers
    ) {
        self.name = name
        self.issuerURL = issuerURL
        self.audiences = audiences
        self.mapping = mapping
        self.claimConditions = claimConditions
        self.userConditions = userConditions
        self.allowsReservedNames = allowsReservedNames
        self.certificateAuthority = certificateAuthority
        self.claimsSources = claimsSources
        self.readClaims = readClaims
        self.readUser = readUser
        self.readBySources = readBySources
    }

    func takes(audience: String) -> Bool { audiences.contains(ExactString(audience)) }

    func takes(audience: UnsafeBufferPointer<UInt8>) -> Bool {
        // Comparing with the one or two that there usually are is quicker than making a string and hashing it.
        audiences.count <= 4
            ? audiences.contains { $0.text.hasSameBytes(as: audience) }
            : takes(audience: String(decoding: audience, as: UTF8.self))
    }

    /// The claim that groups are taken from; nil if there is none or it is an expression.
    var groupsClaim: String? { if case .claim(let name, _) = mapping.groups { name } else { nil } }

    /// What the standards demand of a token whose signature was verified.
    func checkToken(_ claims: TokenClaims, now: Int64) throws(Refusal) {
        let subject = TokenRule.Subject(claims: claims, issuer: self, now: now)
        for rule in TokenRule.all { try rule.check(subject) }
    }

    /// From the claims of a token that `checkToken` accepted, and those that were asked for, to an identity.
    func identity(_ claims: TokenClaims, key: VerificationKey, expiry: Int64) throws(Refusal) -> Identity {
        let user = try user(claims)
        return Identity(
            username: user.username,
            uid: user.uid,
            groups: user.groups,
            extra: user.extra,
            provider: name,
            keyID: key.keyID,
            expiry: expiry
        )
    }

    /// What the mappings make of claims, if all rules pass.
    func user(_ claims: TokenClaims) throws(Refusal) -> MappedUser {
        let scope = ClaimScope(claims, readClaims)
        let user = try mapping.user(scope)
        for condition in claimConditions { try condition.check(scope) }
        for rule in UserRule.all { try rule.check(user, allowsReservedNames) }
        if !userConditions.isEmpty {
            let scope = UserScope(user, readUser)
            for condition in userConditions { try condition.check(scope) }
        }
        return user
    }
}

extension CompiledIssuer.ClaimCondition {
    var claimExpression: ClaimExpression? { if case .expression(let expression, _) = self { expression } else { nil } }

    func check(_ claims: ClaimScope) throws(Refusal) {
        switch self {
        case .requiredClaim(let name, let wanted):
            let found = try claims.claims.string(name)
            guard found.utf8.elementsEqual(wanted.utf8) else {
                let detail =
                    "required claim \(quoted(name)) value does not match. Got = \(quoted(found)), want = \(quoted(wanted))"
                throw Refusal(.claimRuleFailed, detail)
            }
        case .expression(let expression, let message):
            guard case .bool(true) = try expression.value(claims) else {
                throw Refusal(.claimRuleFailed, failure(of: expression.text, message))
            }
        }
    }
}

extension CompiledIssuer.UserCondition {
    func check(_ user: UserScope) throws(Refusal) {
        guard try expression.holds(user) else {
            throw Refusal(.userRuleFailed, failure(of: expression.text, message))
        }
    }
}

private func failure(of expression: String, _ message: String) -> String {
    "validation expression '\(oneLine(expression, limit: 300))' failed: \(oneLine(message, limit: 300))"
}
