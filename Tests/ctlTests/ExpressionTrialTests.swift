import CEL
import JSON
import Testing

@testable import Authenticator
@testable import ctl

struct ExpressionTrialTests {
    private static let claims: JSONValue = [
        "email": "alice@example.com", "level": 3, "groups": ["dev", "ops"], "nested": ["a": ["b": true]],
    ]

    private static func text(_ expression: String) throws -> String? {
        try ExpressionTrial(expression: expression, variables: ["claims": CELValue(claim: claims)]).run().text
    }

    static let reports: [(String, String)] = [
        ("claims.email.split('@')[0]", "Value:  \"alice\"\nType:   string\n"),
        ("claims.groups", "Value:  [\"dev\", \"ops\"]\nType:   list(dyn)\n"),
        // Numbers are doubles in claims, here as in a worker.
        ("claims.level", "Value:  3.0\nType:   double\n"),
        ("claims.?missing", "Value:  optional.none()\n"),
        ("b'a\\\"\\xff'", "Value:  b\"a\\\"\\xff\"\nType:   bytes\n"),
        ("timestamp('2026-03-01T12:00:00Z')", "Value:  timestamp(\"2026-03-01T12:00:00Z\")\n"),
        ("duration('90m')", "Value:  duration(\"5400s\")\n"),
        ("{'a': 1u}", "Value:  {\"a\": 1u}\nType:   map(string, uint)\n"),
    ]

    @Test(arguments: reports) func tells(_ expression: String, _ beginning: String) throws {
        let text = try #require(try Self.text(expression))
        #expect(text.hasPrefix(beginning), "\(text)")
        #expect(text.contains("\nCost:   "))
    }

    @Test func countsTheCost() throws {
        let report = try ExpressionTrial(expression: "claims.email", variables: ["claims": CELValue(claim: Self.claims)]).run()
        #expect(report.document == ["value": "alice@example.com", "type": "string", "cost": .integer(Int64(report.cost))])
        #expect((1...5).contains(report.cost))
    }

    @Test func tellsWhereAnExpressionIsWrong() {
        let error = #expect(throws: CELCompileError.self) { try Self.text("claims.email.ends('x') && user.username == 1") }
        let text = error.map { "\($0)" } ?? ""
        // `user` is not at hand in a claim mapping.
        #expect(
            text.contains("<input>:1:18: undeclared reference to 'ends'") && text.contains("undeclared reference to 'user'")
        )
        #expect(text.contains("\n | claims.email.ends('x')") && text.contains("^"), "\(text)")
    }

    @Test func failsAsAWorkerFails() throws {
        let report = try ExpressionTrial(expression: "claims.missing", variables: ["claims": CELValue(claim: Self.claims)])
            .run()
        #expect(report.text == nil && report.document == nil)
        guard case .failure(.noSuchKey("missing")) = report.outcome else {
            Issue.record("\(report.outcome)")
            return
        }
    }

    @Test func readsAUser() throws {
        let document: JSONValue = ["username": "alice", "groups": ["dev"], "extra": ["example.com/x": ["1"]]]
        let user = try UserValue.read(document, source: "user.yaml")
        let trial = ExpressionTrial(
            expression: "user.username + ':' + user.groups[0] + user.extra['example.com/x'][0] + user.uid",
            variables: ["user": user]
        )
        #expect(try trial.run().text?.hasPrefix("Value:  \"alice:dev1\"\n") == true)
    }

    @Test func namesEverythingThatIsNoUser() {
        let document: JSONValue = ["name": "alice", "uid": 7, "groups": "dev", "extra": ["a": [1]]]
        let failure = #expect(throws: CommandFailure.self) { try UserValue.read(document, source: "user.yaml") }
        for part in ["no \"name\"", "uid must be a string", "groups must be a list", "extra[a] must be a list"] {
            #expect(failure?.message.contains(part) == true, "\(part)")
        }
    }

    @Test func looksIntoATokenWithoutTrustingIt() throws {
        let payload = Base64URL.encode(Array("{\"email\":\"a@b\"}".utf8))
        #expect(try UnverifiedToken("e30.\(payload).c2ln").claims == ["email": "a@b"])
        #expect(throws: Refusal.self) { try UnverifiedToken("e30.\(payload)") }
    }
}
