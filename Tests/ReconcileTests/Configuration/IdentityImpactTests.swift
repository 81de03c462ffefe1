import Authenticator
import JSON
import Schema
import Snapshot
import Testing

@testable import Reconcile

/// What a change of the configuration means for the kinds of tokens that people log in with.
struct IdentityImpactTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var claims: JSONValue = jane
        let change: @Sendable (inout Issuer) -> Void
        var sentences: [String] = []
        var isLockedOut = false
        var testDescription: String { name }
    }

    private static let jane: JSONValue = [
        "iss": "https://idp.test", "aud": "console", "sub": "sub", "email": "email@x", "groups": ["groups"],
    ]
    private static let who = "recent logins through provider \"sso\" with claims aud, email, groups, iss, sub would be"

    private static let issuer = Issuer(
        name: "sso",
        issuerURL: "https://idp.test",
        audiences: ["console"],
        claimMappings: ClaimMappings(username: .claim("sub", prefix: "sso:"))
    )

    static let cases = [
        Case(name: "nothing", change: { _ in }),
        Case(
            name: "another prefix",
            change: { $0.claimMappings.username = .claim("sub", prefix: "oidc:") },
            sentences: ["\(who) renamed: \"sso:sub\" becomes \"oidc:sub\", where a claim's name stands for what it says"]
        ),
        Case(
            name: "another claim",
            change: { $0.claimMappings.username = .claim("email", prefix: "sso:") },
            sentences: ["\(who) renamed: \"sso:sub\" becomes \"sso:email@x\", where a claim's name stands for what it says"]
        ),
        Case(
            name: "a claim that they do not have",
            change: { $0.claimMappings.username = .claim("upn", prefix: "sso:") },
            sentences: ["\(who) refused: claim_missing: claim \"upn\" not present"],
            isLockedOut: true
        ),
        Case(
            name: "an expression over a claim that they do not have",
            change: { $0.claimMappings.username = .expression("claims.upn") },
            sentences: ["\(who) refused: expression_failed: expression 'claims.upn' resulted in error: no such key: upn"],
            isLockedOut: true
        ),
        Case(
            name: "another audience",
            change: { $0.audiences = ["other"] },
            sentences: ["\(who) refused: audience_mismatch: expected audience in [\"other\"] got [\"console\"]"],
            isLockedOut: true
        ),
        Case(
            name: "a rule over what the claims say",
            change: { $0.claimValidationRules = [.cel(expression: "claims.email == 'jane@example.org'", message: "jane only")] }
        ),
        Case(
            name: "an audience that is added",
            claims: ["iss": "https://idp.test", "aud": "other", "sub": "x"],
            change: { $0.audiences = ["console", "other"] },
            sentences: [
                "recent logins through provider \"sso\" with claims aud, iss, sub would be accepted as \"sso:x\""
            ]
        ),
    ]

    @Test(arguments: cases)
    func tells(_ c: Case) {
        var changed = Self.issuer
        c.change(&changed)
        let new = WorkerSnapshot(revision: 2, mode: .oidc, issuers: [changed])
        let impact = IdentityImpact(
            of: [Node.ClaimShape(provider: "sso", claims: c.claims)],
            from: WorkerSnapshot(revision: 1, mode: .oidc, issuers: [Self.issuer]),
            to: new,
            now: 1_000
        )
        #expect(impact.sentences == c.sentences)
        #expect(impact.lockedOut(of: new) == (c.isLockedOut ? ["sso"] : []))
    }

    @Test func oneKindThatIsLeftIsNoLockOut() {
        let shapes = [
            Node.ClaimShape(provider: "sso", claims: Self.jane),
            Node.ClaimShape(provider: "sso", claims: ["iss": "https://idp.test", "aud": "console", "sub": "x", "upn": "x"]),
        ]
        var changed = Self.issuer
        changed.claimMappings.username = .claim("upn", prefix: "sso:")
        let new = WorkerSnapshot(revision: 2, mode: .oidc, issuers: [changed])
        let old = WorkerSnapshot(revision: 1, mode: .oidc, issuers: [Self.issuer])
        let impact = IdentityImpact(of: shapes, from: old, to: new, now: 1_000)
        #expect(impact.lockedOut(of: new) == [])
        #expect(impact.sentences.count == 1)
        #expect(IdentityImpact(of: shapes, from: old, to: WorkerSnapshot(revision: 2, mode: .none), now: 1_000).entries == [])
    }
}
