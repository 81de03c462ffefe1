import JSON
import Testing

@testable import Schema

/// CEL expressions of claim mappings and rules are compiled and type-checked when the object is written.
struct ClaimExpressionsTests {
    static let mappings = "spec.oidcProviders.0.claimMappings"

    /// Where an expression is put, the expression, and the end of the complaint; nil: it is taken.
    static let cases: [(path: String, text: String, complaint: String?)] = [
        ("username.expression", "claims.sub", nil),
        ("username.expression", "'prefix:' + claims.sub", nil),
        ("username.expression", "1 + 1", ": must evaluate to string"),
        ("username.expression", "claims.sub +", "compilation failed: ERROR: <input>:1:"),
        ("username.expression", "claim.sub", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'claim'"),
        ("username.expression", "user.username", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'user'"),
        ("groups.expression", "claims.groups", nil),
        ("groups.expression", "['a', 'b']", nil),
        ("groups.expression", "'a'", nil),
        ("groups.expression", "[1, 2]", ": must evaluate to one of [string list(string)]"),
        ("uid.expression", "true", ": must evaluate to string"),
    ]

    @Test(arguments: cases) func judges(_ c: (path: String, text: String, complaint: String?)) throws {
        let field = c.path.split(separator: ".")[0]
        let object = authentication { $0.set("\(Self.mappings).\(field)", ["expression": .string(c.text)]) }
        let problems = try admission().problems(object)
        guard let complaint = c.complaint else {
            #expect(problems.isEmpty)
            return
        }
        let problem = try #require(problems.first)
        #expect(problems.count == 1)
        #expect(
            problem.hasPrefix("spec.oidcProviders[0].claimMappings.\(c.path): Invalid value: \"\(c.text)\": "),
            "\(problem)"
        )
        #expect(problem.contains(complaint), "\(problem)")
    }

    @Test func rulesMustGiveTrueOrFalse() throws {
        let object = authentication {
            $0.set(
                "spec.oidcProviders.0.claimValidationRules",
                [
                    ["type": "CEL", "cel": ["expression": "'text'", "message": "m"]],
                    ["type": "CEL", "cel": ["expression": "claims.ok", "message": "m"]],
                ]
            )
            $0.set(
                "spec.oidcProviders.0.userValidationRules",
                [["expression": "user.username", "message": "m"], ["expression": "user.name == ''", "message": "m"]]
            )
        }
        let problems = try admission().problems(object)
        #expect(problems.count == 3, "\(problems)")
        #expect(problems.filter { $0.hasSuffix("must evaluate to bool") }.count == 2)
        #expect(problems.contains { $0.contains("undefined field 'name'") })
    }

    /// Who proves the address: nobody, the name itself, an attribute, a rule.
    static let proofs: [(name: String, path: String, value: JSONValue, isProof: Bool)] = [
        ("nothing", "uid", ["claim": "sub"], false),
        ("the name", "username.expression", "claims.email_verified ? claims.email : claims.sub", true),
        (
            "the name, optionally", "username.expression", "claims.?email_verified.orValue(false) ? claims.email : claims.sub",
            true
        ),
        ("an attribute", "extra", [["key": "example.com/v", "valueExpression": "string(claims.email_verified)"]], true),
        ("another attribute", "extra", [["key": "example.com/v", "valueExpression": "claims.name"]], false),
    ]

    @Test(arguments: proofs) func addressesMustBeVerified(_ c: (name: String, path: String, value: JSONValue, isProof: Bool))
        throws
    {
        let object = authentication {
            $0.set("\(Self.mappings).username", ["expression": "claims.email"])
            $0.set("\(Self.mappings).\(c.path)", c.value)
        }
        let problems = try admission().problems(object)
        #expect(problems.isEmpty == c.isProof)
        #expect(problems.allSatisfy { $0.contains("claims.email_verified must be used in claimMappings.username.expression") })
    }

    @Test func aRuleProvesTheAddress() throws {
        let object = authentication {
            $0.set("\(Self.mappings).username", ["expression": "claims.email"])
            $0.set(
                "spec.oidcProviders.0.claimValidationRules",
                [["type": "CEL", "cel": ["expression": "claims.email_verified == true", "message": "m"]]]
            )
        }
        #expect(try admission().problems(object).isEmpty)
    }

    @Test func storedExpressionsAreNotJudgedAgain() throws {
        let stored = authentication { $0.set("\(Self.mappings).uid", ["expression": "1"]) }
        var changed = stored
        changed.set("spec.serviceAccountIssuer", "https://sa.example")
        #expect(try admission().problems(changed, replacing: stored).isEmpty)
    }
}
