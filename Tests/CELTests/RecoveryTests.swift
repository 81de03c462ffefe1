import CEL
import Testing

/// Everything wrong is told at once, whatever stage notices it.
struct RecoveryTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let expression: String
        /// `line:column` and the first words of each problem.
        let problems: [String]
        var testDescription: String { expression }
    }

    static let cases: [Case] = [
        Case(
            expression: "(1 + ) && (2 * ) || $",
            problems: [
                "1:6: Syntax error: mismatched input ')'", "1:16: Syntax error: mismatched input ')'",
                "1:21: Syntax error: token recognition error at: '$'", "1:22: Syntax error: mismatched input the end",
            ]
        ),
        Case(
            expression: "[1 2, 3 4, nobody]",
            problems: [
                "1:4: Syntax error: mismatched input '2', expected ',' or ']'",
                "1:9: Syntax error: mismatched input '4', expected ',' or ']'", "1:12: undeclared reference to 'nobody'",
            ]
        ),
        Case(
            expression: "{'a' 1, 'b': , 'c': 3}.size(",
            problems: [
                "1:6: Syntax error: mismatched input '1', expected ':'", "1:14: Syntax error: mismatched input ','",
                "1:29: Syntax error: mismatched input the end",
            ]
        ),
        Case(
            expression: "9223372036854775808 + while + '\\q'",
            problems: [
                "1:1: invalid int literal", "1:23: reserved identifier: while", "1:32: Syntax error: invalid escape",
            ]
        ),
        Case(
            expression: "has(claims) || [1].all(a.b, true) || nobody",
            problems: [
                "1:5: invalid argument to has() macro", "1:25: argument must be a simple name",
                "1:38: undeclared reference to 'nobody'",
            ]
        ),
        Case(
            expression: "1 + 'a' == nobody && claims.x.y(",
            problems: [
                "1:3: found no matching overload for '_+_' applied to '(int, string)', expected '(int, int)'",
                "1:12: undeclared reference to 'nobody'", "1:33: Syntax error: mismatched input the end",
            ]
        ),
        Case(
            expression: "claims.groups.map(g, g + )",
            problems: [
                "1:7: expression of type 'any' cannot be range of a comprehension", "1:26: Syntax error: mismatched input ')'",
            ]
        ),
        Case(expression: "1 1 && nobody", problems: ["1:3: Syntax error: mismatched input '1'", "1:8: undeclared reference"]),
        Case(expression: "claims.`a-b` == 1", problems: ["1:8: unsupported syntax: '`'"]),
        Case(
            expression: "claim.sub",
            problems: ["1:1: undeclared reference to 'claim' (in container ''), did you mean 'claims'?"]
        ),
        Case(
            expression: "user.name",
            problems: ["1:5: undefined field 'name', expected one of 'extra', 'groups', 'uid', 'username'"]
        ),
        Case(expression: "(]", problems: ["1:2: Syntax error: mismatched input ']', expected an expression"]),
    ]

    @Test(arguments: cases)
    func namesEverything(_ c: Case) {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile(c.expression, in: .authentication, variables: AuthenticationExpressionTests.variables)
        }
        let found = error?.problems.map { "\($0.line):\($0.column): \($0.message)" } ?? []
        #expect(found.count == c.problems.count, "\(found)")
        for (problem, start) in zip(found, c.problems) { #expect(problem.hasPrefix(start)) }
    }

    @Test func eachStageHasItsOwnErrors() throws {
        #expect(throws: ParseError.self) { try ParsedExpression(parsing: "1 +", in: .authentication) }
        let unknown = try ParsedExpression(parsing: "nobody", in: .authentication)
        #expect(throws: CheckError.self) { try CheckedExpression(checking: unknown, in: .authentication, variables: [:]) }
        let refused = try CheckedExpression(
            checking: try ParsedExpression(parsing: "timestamp('never')", in: .authentication),
            in: .authentication,
            variables: [:]
        )
        #expect(throws: PlanError.self) { try Program(planning: refused) }
        let division = try CheckedExpression(
            checking: try ParsedExpression(parsing: "1 / 0", in: .authentication),
            in: .authentication,
            variables: [:]
        )
        #expect(division.resultType == .int)
        #expect(throws: CELEvaluationError.divisionByZero) { try Program(planning: division).evaluate([:]) }
    }
}
