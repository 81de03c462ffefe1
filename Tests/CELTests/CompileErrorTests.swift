import CEL
import Foundation
import Testing

/// What is refused before anything runs, and how the refusal reads.
struct CompileErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let expression: String
        /// `line:column: message` of each problem.
        let problems: [String]
        var testDescription: String { expression }
    }

    static let syntax: [Case] = [
        Case(
            expression: "",
            problems: ["1:1: Syntax error: mismatched input the end of the expression, expected an expression"]
        ),
        Case(
            expression: "1 +",
            problems: ["1:4: Syntax error: mismatched input the end of the expression, expected an expression"]
        ),
        Case(expression: "1 1", problems: ["1:3: Syntax error: mismatched input '1', expected the end of the expression"]),
        Case(expression: "(1", problems: ["1:3: Syntax error: mismatched input the end of the expression, expected ')'"]),
        Case(expression: "\n\n  'ä' $", problems: ["3:7: Syntax error: token recognition error at: '$'"]),
        Case(expression: "'open", problems: ["1:1: Syntax error: token recognition error at: ''open'"]),
        Case(expression: #"'\q'"#, problems: ["1:2: Syntax error: invalid escape sequence in a string"]),
        Case(expression: #"'a\"#, problems: [#"1:1: Syntax error: token recognition error at: ''a\'"#]),
        Case(expression: #"'\ud800'"#, problems: ["1:2: Syntax error: invalid escape sequence in a string"]),
        Case(expression: "9223372036854775808", problems: ["1:1: invalid int literal"]),
        Case(expression: "-9223372036854775809", problems: ["1:1: invalid int literal"]),
        Case(expression: "18446744073709551616u", problems: ["1:1: invalid uint literal"]),
        Case(expression: "1e999", problems: ["1:1: invalid double literal"]),
        Case(expression: "while", problems: ["1:1: reserved identifier: while"]),
        Case(expression: "has(claims)", problems: ["1:5: invalid argument to has() macro"]),
        Case(expression: "[1].all(a.b, true)", problems: ["1:10: argument must be a simple name"]),
        Case(expression: "[1].all(i, i, true)", problems: ["1:12: duplicate variable name: i"]),
    ]

    static let types: [Case] = [
        Case(expression: "nobody", problems: ["1:1: undeclared reference to 'nobody' (in container '')"]),
        Case(
            expression: "a + b(c)",
            problems: ["a", "b", "c"].enumerated().map {
                "1:\([1, 6, 7][$0]): undeclared reference to '\($1)' (in container '')"
            }
        ),
        Case(expression: "1 + 'a'", problems: ["1:3: found no matching overload for '_+_' applied to '(int, string)'"]),
        Case(expression: "'a'.reverse()", problems: ["1:12: found no matching overload for 'reverse' applied to 'string.()'"]),
        Case(
            expression: "claims.groups.exists(g, g == 'a')",
            problems: ["1:7: expression of type 'any' cannot be range of a comprehension (must be list, map, or dynamic)"]
        ),
        Case(expression: "user.name", problems: ["1:5: undefined field 'name'"]),
        Case(expression: "user.username.x", problems: ["1:14: type 'string' does not support field selection"]),
        Case(
            expression: "[1, 'a', 2u]",
            problems: ["1:5: expected type 'int' but found 'string'", "1:10: expected type 'int' but found 'uint'"]
        ),
        Case(expression: "{'a': 1, 'b': '1'}", problems: ["1:15: expected type 'int' but found 'string'"]),
        Case(expression: "'a'.matches('(')", problems: ["1:13: invalid matches argument"]),
        Case(expression: "duration('1 hour')", problems: ["1:10: invalid duration argument"]),
        Case(expression: "timestamp('2020-02-30T00:00:00Z')", problems: ["1:11: invalid timestamp argument"]),
        Case(
            expression: "'%d'.format(['a'])",
            problems: ["1:14: error during formatting: decimal clause can only be used on integers, was given string"]
        ),
        Case(expression: "'%d %d'.format([1])", problems: ["1:15: index 1 out of range"]),
    ]

    @Test(arguments: syntax + types)
    func names(_ c: Case) {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile(c.expression, in: .authentication, variables: AuthenticationExpressionTests.variables)
        }
        let found = error?.problems.map { "\($0.line):\($0.column): \($0.message)" } ?? []
        #expect(found.count == c.problems.count, "\(found)")
        // A list of what was expected may follow.
        for (problem, start) in zip(found, c.problems) { #expect(problem.hasPrefix(start)) }
    }

    @Test func pointsAtThePlaceWithACaret() {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile("true &&\n  nobody.x", in: .authentication, variables: [:])
        }
        #expect(
            error?.description == """
                ERROR: <input>:2:3: undeclared reference to 'nobody' (in container '')
                 |   nobody.x
                 | ..^
                """
        )
        #expect(error?.localizedDescription == error?.description)
    }
}
