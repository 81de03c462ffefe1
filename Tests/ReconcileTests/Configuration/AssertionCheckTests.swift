import JSON
import Resolve
import Schema
import Snapshot
import Testing

@testable import Reconcile

/// Claim samples and what somebody expects of them.
struct AssertionCheckTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var claims: JSONValue = ["sub": "jane", "groups": ["dev", "ops"]]
        var username: String?
        var groups: [String]?
        var refused: Bool?
        /// What is wrong; empty: nothing.
        var problems: [String] = []
    }

    static let cases = [
        Case(testDescription: "as expected", username: "idp:jane"),
        Case(testDescription: "groups in any order", username: "idp:jane", groups: ["ops", "dev"]),
        Case(
            testDescription: "another name",
            username: "jane",
            problems: [#"assertion "a" has username "idp:jane", expected "jane""#]
        ),
        Case(
            testDescription: "another name and other groups",
            username: "jane",
            groups: ["dev"],
            problems: [
                #"assertion "a" has username "idp:jane", expected "jane""#,
                #"assertion "a" has groups [dev, ops], expected [dev]"#,
            ]
        ),
        Case(
            testDescription: "refused, and should not be",
            claims: ["email": "jane@example"],
            username: "idp:jane",
            problems: [#"assertion "a" would be refused (claim_missing: claim "sub" not present)"#]
        ),
        Case(testDescription: "refused, as expected", claims: ["aud": "other", "sub": "jane"], refused: true),
        Case(
            testDescription: "accepted, and should not be",
            refused: true,
            problems: [#"assertion "a" would be accepted as "idp:jane", and must be refused"#]
        ),
        // Two spellings of the same letter are two names.
        Case(
            testDescription: "another spelling",
            claims: ["sub": "caf\u{e9}"],
            username: "idp:cafe\u{301}",
            problems: ["assertion \"a\" has username \"idp:caf\u{e9}\", expected \"idp:cafe\u{301}\""]
        ),
    ]

    private static func content(_ mode: WorkerSnapshot.Mode = .oidc) -> WorkerSnapshot {
        let mappings = ClaimMappings(username: .claim("sub", prefix: "idp:"), groups: .claim("groups", prefix: ""))
        let issuer = Issuer(name: "idp", issuerURL: "https://idp.test", audiences: ["client"], claimMappings: mappings)
        return WorkerSnapshot(revision: 0, mode: mode, issuers: mode == .oidc ? [issuer] : [])
    }

    private static func check(_ c: Case) throws -> AssertionCheck {
        var assertion: JSONValue = ["name": "a", "claims": c.claims]
        assertion["username"] = c.username.map(JSONValue.string)
        assertion["groups"] = c.groups.map { .array($0.map(JSONValue.string)) }
        assertion["refused"] = c.refused.map(JSONValue.bool)
        return AssertionCheck(assertions: [try assertion.decoded(as: RolloutPolicy.Assertion.self)])
    }

    @Test(arguments: cases) func compares(_ c: Case) throws {
        let (problems, warnings) = try Self.check(c).run(on: Self.content(), now: noon)
        #expect(problems.map(\.message) == c.problems)
        #expect(problems.allSatisfy { $0.advice.hasPrefix($0.message) && $0.advice.contains("RolloutPolicy/cluster") })
        #expect(warnings.isEmpty)
    }

    /// Of what was good before all is only told: nobody is kept from going back.
    @Test(arguments: cases) func holdsNobodyBackFromGoingBack(_ c: Case) throws {
        var check = try Self.check(c)
        check.holdsBack = false
        let (problems, warnings) = check.run(on: Self.content(), now: noon)
        #expect(problems.isEmpty)
        #expect(warnings.count == c.problems.count && zip(warnings, c.problems).allSatisfy { $0.hasPrefix($1) })
    }

    @Test func saysNothingOfOtherModes() throws {
        let check = try Self.check(Case(testDescription: "", username: "x"))
        for mode in [WorkerSnapshot.Mode.integratedOAuth, .none] {
            let (problems, warnings) = check.run(on: Self.content(mode), now: noon)
            #expect(problems.isEmpty && warnings.isEmpty)
        }
    }

    @Test func saysWhatCouldNotBeTried() throws {
        let claims: JSONValue = ["sub": "jane", "_claim_names": ["groups": "s"]]
        let (problems, warnings) = try Self.check(Case(testDescription: "", claims: claims, username: "idp:jane"))
            .run(on: Self.content(), now: noon)
        #expect(problems.isEmpty)
        #expect(warnings == ["assertion \"a\" was not tried: it would take claims from elsewhere"])
    }
}
