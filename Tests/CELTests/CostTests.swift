import CEL
import Testing

/// What runs cost, in the reference implementation's units, and what they are estimated to cost before.
struct CostTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let expression: String
        let cost: UInt64
        var testDescription: String { expression }
    }

    static let runs: [Case] = [
        Case(expression: "[1, 2, 3, 4].all(i, v, i < v)", cost: 25),
        Case(expression: "[1, 2, 3, 4].all(i, v, i > v) == false", cost: 10),
        // A fold that fails goes on to its end, and a call evaluates both sides.
        Case(expression: "[2, 1, 0].map(n, 4 / n)", cost: 43),
        Case(expression: "[2, 1, 0].transformList(i, v, v / i)", cost: 46),
        Case(expression: "{'foo': 2, 'bar': 1, 'baz': 0}.transformMap(k, v, 4 / v)", cost: 16),
        Case(expression: "[1, 2, 3, 4].slice(3, 0)", cost: 12),
        Case(expression: "'tacocat'.charAt(30) == ''", cost: 1),
        Case(expression: "ip('::ffff:c0a8:1') == ip('192.168.0.1')", cost: 5),
    ]

    @Test(arguments: runs)
    func costs(_ c: Case) throws {
        #expect(try Program.compile(c.expression, in: .authentication, variables: [:]).measure([:]).cost == c.cost)
    }

    struct Estimate: CustomTestStringConvertible, Sendable {
        let expression: String
        let minimum: UInt64
        let maximum: UInt64
        var testDescription: String { expression }
    }

    /// With nothing longer than 100.
    static let estimates: [Estimate] = [
        Estimate(expression: "1 + 2", minimum: 1, maximum: 1),
        Estimate(expression: "claims.sub", minimum: 2, maximum: 2),
        Estimate(expression: "has(claims.sub)", minimum: 2, maximum: 2),
        Estimate(expression: "claims.sub.endsWith('x')", minimum: 3, maximum: 3),
        Estimate(expression: "claims.sub.matches('^a+$')", minimum: 3, maximum: 13),
        Estimate(expression: "true || claims.sub == 'a'", minimum: 0, maximum: 3),
        Estimate(expression: "true ? claims.sub : [claims.sub]", minimum: 2, maximum: 12),
        Estimate(expression: "[1, 2, 3].map(x, x + 1)", minimum: 63, maximum: 63),
        Estimate(expression: "user.groups.exists(g, g == 'ab')", minimum: 3, maximum: 603),
        Estimate(expression: "(claims.sub + claims.sub).lowerAscii()", minimum: 4, maximum: 224),
        Estimate(expression: "claims.sub.split(',').map(s, s)", minimum: 13, maximum: 1346),
    ]

    @Test(arguments: estimates)
    func isEstimated(_ c: Estimate) throws {
        let program = try Program.compile(
            c.expression,
            in: .authentication,
            variables: AuthenticationExpressionTests.variables
        )
        let estimate = program.estimateCost(.upTo(100))
        #expect(estimate.minimum == c.minimum)
        #expect(estimate.maximum == c.maximum)
    }

    @Test func nothingIsEstimatedWithoutHints() throws {
        let variables = AuthenticationExpressionTests.variables
        let program = try Program.compile("user.groups.all(g, g != '')", in: .authentication, variables: variables)
        #expect(program.estimateCost().maximum == .max)
        let hints = SizeHints { path in
            path == ["user", "groups"]
                ? SizeRange(maximum: 10) : path == ["user", "groups", "@items"] ? SizeRange(maximum: 20) : nil
        }
        #expect(program.estimateCost(hints).maximum < 100)
    }

    @Test(arguments: [
        "claims.email.endsWith('@example.com')", "dyn(claims.groups).map(g, 'oidc:' + g)",
        "claims.roles.split(',').map(r, r.trim())",
        "user.extra.all(k, v, k.contains('/') && size(v) > 0)", "sets.intersects(user.groups, ['dev'])", "user.groups.sort()",
        "claims.email.matches('^[^@]+@[Ee]xample[.]com$')", "claims.?groups.optMap(g, size(g)).orValue(0)",
    ])
    func aRunCostsNoMoreThanWasEstimated(expression: String) throws {
        let variables = AuthenticationExpressionTests.variables
        let program = try Program.compile(expression, in: .authentication, variables: variables)
        let cost = program.measure(AuthenticationExpressionTests.values).cost
        #expect(cost <= program.estimateCost(.upTo(50)).maximum)
    }

    @Test(arguments: [
        "lists.range(30000).map(x, t).join() == ''", "'%s'.format([lists.range(30000).map(x, t)]) == ''",
        "lists.range(70000).map(x, [x]).distinct().size() > 0", "sets.contains(lists.range(40000), lists.range(40000))",
    ])
    func whatWouldBeHugeIsRefusedBeforeItIsMade(expression: String) throws {
        let program = try Program.compile(expression, in: .authentication, variables: ["t": .string])
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            #expect(throws: CELEvaluationError.costLimitExceeded) {
                try program.evaluate(["t": .string(String(repeating: "x", count: 100_000))])
            }
        }
        #expect(elapsed < .seconds(5))
    }
}
