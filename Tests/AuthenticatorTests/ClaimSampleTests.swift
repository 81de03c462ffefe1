import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Claims without a token: what a configuration would make of them. That it is what the judge makes of a token with the same claims is
/// checked by `Bench`, for every token that any test judges.
struct ClaimSampleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let claims: JSONObject
        /// nil: refused.
        var username: String?
        var groups: [String] = []
        var refusal: Refusal.Reason?
        var testDescription: String { name }

        init(
            _ name: String,
            _ claims: JSONValue,
            username: String? = nil,
            groups: [String] = [],
            refusal: Refusal.Reason? = nil
        ) {
            self.name = name
            self.claims = claims.objectValue ?? JSONObject()
            (self.username, self.groups, self.refusal) = (username, groups, refusal)
        }
    }

    static let cases = [
        Case("no more than a name", ["sub": "jane"], username: "idp:jane"),
        Case("with groups", ["sub": "jane", "groups": ["dev"]], username: "idp:jane", groups: ["g:dev"]),
        Case("no name", ["groups": ["dev"]], refusal: .claimMissing),
        Case("another issuer", ["iss": "https://other.example", "sub": "jane"], refusal: .issuerUnknown),
        Case("another audience", ["aud": "other", "sub": "jane"], refusal: .audienceMismatch),
        Case("of the right audience", ["aud": ["other", "client"], "sub": "jane"], username: "idp:jane"),
        Case("long ago", ["sub": "jane", "iat": 1_000, "exp": 2_000, "nbf": 1_000], username: "idp:jane"),
        Case(
            "in the future",
            ["sub": "jane", "iat": 9_000_000_000, "nbf": 9_000_000_000, "exp": 9_000_000_300],
            username: "idp:jane"
        ),
        Case("never good", ["sub": "jane", "iat": 2_000, "exp": 1_000], username: "idp:jane"),
        Case("numbers at their ends", ["sub": "jane", "iat": .integer(.min), "exp": .integer(.max)], username: "idp:jane"),
        Case("no claims", [:], refusal: .claimMissing),
        Case("bound to a key", ["sub": "jane", "cnf": ["jkt": "x"]], refusal: .tokenBound),
    ]

    @Test(arguments: cases) func tells(_ c: Case) throws {
        switch ClaimSample(c.claims).outcome(in: try CompiledSnapshot.compile(try Bench().snapshot), now: Bench.now) {
        case .user(let user):
            #expect(user.username == c.username && user.groups == c.groups)
        case .refused(let refusal):
            #expect(refusal.reason == c.refusal, "\(refusal)")
            #expect(c.username == nil)
        case .undecided: Issue.record("nobody has to be asked")
        }
    }

    /// A rule about how long tokens live sees the life that the sample has.
    @Test func keepsHowLongATokenLives() throws {
        let bench = try Bench {
            $0.claimValidationRules = [.cel(expression: "claims.exp - claims.iat <= 600", message: "too long")]
        }
        let compiled = try CompiledSnapshot.compile(bench.snapshot)
        for (life, isGood) in [(600, true), (601, false)] {
            let claims: JSONValue = ["sub": "jane", "iat": 5_000, "exp": .integer(Int64(5_000 + life))]
            let outcome = ClaimSample(try #require(claims.objectValue)).outcome(in: compiled, now: Bench.now)
            if case .user = outcome { #expect(isGood) } else { #expect(!isGood) }
        }
    }

    @Test func asksNobody() throws {
        let claims: JSONValue = [
            "sub": "jane", "_claim_names": ["groups": "s"], "_claim_sources": ["s": ["endpoint": "https://x"]],
        ]
        let compiled = try CompiledSnapshot.compile(try Bench().snapshot)
        #expect(ClaimSample(try #require(claims.objectValue)).outcome(in: compiled, now: Bench.now) == .undecided)
    }
}
