import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Mappings and rules by expression: what goes in, and what becomes of what comes out.
struct ExpressionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let verdict: Verdict
        let change: @Sendable (inout Issuer) -> Void
        let check: @Sendable (Identity) -> Bool
        var testDescription: String { name }

        init(
            _ name: String,
            _ verdict: Verdict,
            _ change: @escaping @Sendable (inout Issuer) -> Void,
            _ check: @escaping @Sendable (Identity) -> Bool = { _ in true }
        ) {
            self.name = name
            self.verdict = verdict
            self.change = change
            self.check = check
        }

        static func username(_ expression: String, _ verdict: Verdict, _ result: String = "") -> Case {
            Case(
                "username \(expression)",
                verdict,
                { $0.claimMappings.username = .expression(expression) },
                { $0.username == result }
            )
        }

        static func uid(_ expression: String, _ verdict: Verdict, _ result: String = "") -> Case {
            Case("uid \(expression)", verdict, { $0.claimMappings.uid = .expression(expression) }, { $0.uid == result })
        }

        static func groups(_ expression: String, _ verdict: Verdict, _ result: [String] = []) -> Case {
            Case(
                "groups \(expression)",
                verdict,
                { $0.claimMappings.groups = .expression(expression) },
                { $0.groups == result }
            )
        }

        static func extra(_ expression: String, _ verdict: Verdict, _ result: [String]? = nil) -> Case {
            Case(
                "extra \(expression)",
                verdict,
                { $0.claimMappings.extra = [.init(key: "example.org/x", valueExpression: expression)] },
                { $0.extra["example.org/x"] == result }
            )
        }

        static func claimRule(_ expression: String, _ verdict: Verdict) -> Case {
            Case(
                "claim rule \(expression)",
                verdict,
                { $0.claimValidationRules = [.cel(expression: expression, message: "no")] }
            )
        }

        static func userRule(_ expression: String, _ verdict: Verdict) -> Case {
            Case(
                "user rule \(expression)",
                verdict,
                { $0.userValidationRules = [.init(expression: expression, message: "no")] }
            )
        }
    }

    static let claims: JSONValue = [
        "iss": .string(TestToken.issuerURL), "aud": "client", "sub": "u-1", "exp": .integer(TestToken.now + 3600), "jti": "7",
        "groups": ["a", "b"], "roles": "x,y", "level": 3, "admin": true, "nothing": .null, "empty": "", "none": [],
        "mixed": ["a", 1],
        "holes": ["", "a", ""], "kubernetes.io": ["namespace": "prod", "a/b-c": "deep"], "system": "system:admin",
    ]

    static let cases: [Case] = [
        .username("claims.sub", .accepted, "u-1"),
        .username("'idp:' + claims.sub", .accepted, "idp:u-1"),
        .username("claims.empty", .refused(.usernameInvalid)),
        .username("claims.level", .refused(.expressionFailed)),
        .username("claims.nothing", .refused(.expressionFailed)),
        .username("claims.groups", .refused(.expressionFailed)),
        .username("claims.missing", .refused(.expressionFailed)),
        .username("claims.?missing", .refused(.expressionFailed)),
        .username("claims.system", .refused(.usernameReserved)),
        .username("claims.sub + '\\n'", .refused(.usernameInvalid)),
        .username("claims.kubernetes__dot__io.namespace", .accepted, "prod"),
        .username("claims['kubernetes.io'].a__slash__b__dash__c", .accepted, "deep"),
        .uid("claims.empty", .accepted, ""),
        .uid("string(claims.level)", .accepted, "3"),
        .uid("claims.level", .refused(.expressionFailed)),
        .groups("claims.groups", .accepted, ["a", "b"]),
        .groups("claims.roles", .accepted, ["x,y"]),
        .groups("claims.roles.split(',')", .accepted, ["x", "y"]),
        .groups("claims.empty", .accepted),
        .groups("claims.none", .accepted),
        .groups("claims.nothing", .accepted),
        .groups("claims.holes", .accepted, ["a"]),
        .groups("claims.mixed", .refused(.expressionFailed)),
        .groups("claims.level", .refused(.expressionFailed)),
        .groups("['system:masters']", .refused(.groupReserved)),
        .extra("claims.sub", .accepted, ["u-1"]),
        .extra("claims.groups", .accepted, ["a", "b"]),
        .extra("claims.empty", .accepted),
        .extra("claims.none", .accepted),
        .extra("claims.nothing", .accepted),
        .extra("claims.admin", .refused(.expressionFailed)),
        .claimRule("claims.level == 3.0", .accepted),
        .claimRule("claims.exp - claims.nbf <= 86400", .refused(.expressionFailed)),
        .claimRule("claims.admin == false", .refused(.claimRuleFailed)),
        .claimRule("has(claims.missing)", .refused(.claimRuleFailed)),
        .claimRule("!has(claims.missing) || claims.missing == 'x'", .accepted),
        .claimRule("claims.missing == 'x'", .refused(.expressionFailed)),
        .userRule("user.username == 'idp:u-1' && user.uid == 'u-1'", .accepted),
        .userRule("user.groups == ['g:a', 'g:b']", .accepted),
        .userRule("user.username.startsWith('x')", .refused(.userRuleFailed)),
        .userRule("user.groups.all(g, !g.startsWith('system:'))", .accepted),
        .userRule(
            "user.extra[?'authentication.kubernetes.io/credential-id'][0].orValue('') != 'JTI=7'",
            .refused(.userRuleFailed)
        ),
        .userRule("user.extra.authentication__dot__kubernetes__dot__io__slash__credential__dash__id == ['JTI=7']", .accepted),
        .userRule("user.extra['missing'][0] == 'x'", .refused(.expressionFailed)),
    ]

    @Test(arguments: cases)
    func evaluates(_ c: Case) throws {
        let bench = try Bench(c.change)
        let decision = try bench.judge(TestToken.good { $0.claims = Self.claims })
        #expect(decision.verdict == c.verdict, "\(decision)")
        if let identity = decision.identity { #expect(c.check(identity), "\(identity)") }
    }

    @Test(arguments: ["claims.", "claims.sub", "user.username == 'x'", "1"])
    func refusesBadClaimRulesWithTheirPlace(expression: String) throws {
        let bench = try Bench {
            $0.claimValidationRules = [.cel(expression: "true", message: ""), .cel(expression: expression, message: "")]
        }
        let error = #expect(throws: SnapshotProblem.self) { try CompiledSnapshot.compile(bench.snapshot) }
        #expect(error?.problems.map(\.path) == ["issuers[0].claimValidationRules[1].expression"])
    }

    @Test(arguments: ["user.", "user.username", "claims.sub == 'x'", "user.missing == 'x'"])
    func refusesBadUserRulesWithTheirPlace(expression: String) throws {
        let bench = try Bench { $0.userValidationRules = [.init(expression: expression, message: "")] }
        let error = #expect(throws: SnapshotProblem.self) { try CompiledSnapshot.compile(bench.snapshot) }
        #expect(error?.problems.map(\.path) == ["issuers[0].userValidationRules[0].expression"])
    }

    /// An expression that a token makes expensive ends in a refusal.
    @Test func stopsExpensiveExpressions() throws {
        let bench = try Bench {
            $0.claimValidationRules = [
                .cel(
                    expression: "dyn(claims.list).all(a, dyn(claims.list).all(b, dyn(claims.list).all(c, a + b + c >= 0.0)))",
                    message: ""
                )
            ]
        }
        let decision = try bench.judge(TestToken.claims { $0["list"] = .array((0..<500).map { .integer($0) }) })
        #expect(decision.verdict == .refused(.expressionFailed))
        #expect(decision.refusal?.detail.contains("cost limit exceeded") == true)
    }
}
