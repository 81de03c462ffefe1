import CEL
import Testing

/// Nothing that can be written makes the engine recurse, remember or run without a bound.
struct BoundTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let expression: String
        var testDescription: String { name }
    }

    private static func repeated(_ text: String, _ count: Int = 50_000) -> String { String(repeating: text, count: count) }

    static let deep: [Case] = [
        Case(name: "parentheses", expression: repeated("(", 30_000) + "1" + repeated(")", 30_000)),
        Case(name: "open parentheses", expression: repeated("(", 90_000)),
        Case(name: "lists", expression: repeated("[")),
        Case(name: "maps", expression: repeated("{1:", 30_000)),
        Case(name: "indexes", expression: "a" + repeated("[0]", 30_000)),
        Case(name: "members", expression: "a" + repeated(".b", 45_000)),
        Case(name: "calls", expression: "a" + repeated(".b()", 20_000)),
        Case(name: "sums", expression: "1" + repeated("+1", 45_000)),
        Case(name: "comparisons", expression: "1" + repeated("==1", 30_000)),
        Case(name: "conditionals", expression: repeated("true?1:", 12_000) + "1"),
        Case(name: "negations in between", expression: repeated("!(", 45_000)),
        Case(name: "macros", expression: repeated("[1].map(x,", 9_000) + "x"),
    ]

    @Test(arguments: deep)
    func aDeepExpressionIsRefused(_ c: Case) {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile(c.expression, in: .authentication, variables: ["a": .dyn])
        }
        #expect(error?.problems.first?.message == "expression recursion limit exceeded: 250")
    }

    @Test func aLongExpressionIsRefused() {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile(Self.repeated(" ", 100_001), in: .authentication, variables: [:])
        }
        #expect(error?.problems.first?.message == "expression code point size exceeds limit: size: 100001, limit 100000")
    }

    @Test func chainsOfLogicMayBeLong() throws {
        let expression = "true" + Self.repeated("&&true", 16_000)
        #expect(try Program.compile(expression, in: .authentication, variables: [:]).evaluate([:]) == true)
    }

    @Test func aMacroThatCopiesItsReceiverDoesNotDoubleTheTreeForEver() {
        let error = #expect(throws: CELCompileError.self) {
            try Program.compile("optional.of(1)" + Self.repeated(".optMap(a,a)", 80), in: .authentication, variables: [:])
        }
        #expect(error?.problems.first?.message == "expression is too large after its macros were expanded")
    }

    static let costly: [Case] = [
        Case(name: "nested loops", expression: "xs.all(a, xs.all(b, xs.all(c, xs.all(d, a + b + c + d >= 0))))"),
        Case(name: "a text that doubles", expression: "['x']" + repeated(".map(t, t + t)", 60) + "[0].size() > 0"),
        Case(name: "a list that doubles", expression: "[[0]]" + repeated(".map(t, t + t)", 60) + "[0].size() > 0"),
        Case(
            name: "a value that shares its parts, compared",
            expression: "dyn([0])" + repeated(".map(t, dyn([t, t]))", 40) + " == dyn([1])"
        ),
        Case(name: "a value that shares its parts, returned", expression: "dyn([0])" + repeated(".map(t, dyn([t, t]))", 40)),
        Case(
            name: "a value that shares its parts, formatted",
            expression: "'%s'.format([0].map(x, dyn(x))" + repeated(".map(t, dyn([t, t]))", 40) + ")"
        ),
        Case(
            name: "patterns that are compiled each time",
            expression: "xs.map(x, xs.map(y, 'a'.matches('a{999}' + string(y))))"
        ),
        Case(name: "a range", expression: "lists.range(1000000).size() > 0"),
    ]

    @Test(arguments: costly)
    func aCostlyRunIsStopped(_ c: Case) throws {
        let program = try Program.compile(c.expression, in: .authentication, variables: ["xs": .list(.int)])
        let numbers = CELValue.list((0..<100).map { .int($0) })
        #expect(throws: CELEvaluationError.costLimitExceeded) { try program.evaluate(["xs": numbers]) }
    }

    @Test func theCostLimitIsNeverAbsorbed() throws {
        let program = try Program.compile("xs.all(x, x > 0) || true", in: .authentication, variables: ["xs": .list(.int)])
        #expect(throws: CELEvaluationError.costLimitExceeded) { try program.evaluate(["xs": [1, 2, 3]], costLimit: 3) }
        #expect(program.measure(["xs": [1, 2, 3]]).cost == 17)
    }

    @Test(arguments: ["^(a+)+$", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)$x", "(a?){50}a{50}b"])
    func regularExpressionsRunInLinearTime(pattern: String) throws {
        let program = try Program.compile("t.matches('\(pattern)')", in: .schemaRules, variables: ["t": .string])
        let clock = ContinuousClock()
        let text = CELValue.string(Self.repeated("a", 20_000) + "!")
        let elapsed = try clock.measure { _ = try program.evaluate(["t": text], costLimit: .max) }
        // A backtracking engine would need longer than the universe is old.
        #expect(elapsed < .seconds(5))
    }

    @Test(arguments: ["(a{1000}){1000}", "((((a{100}){100}){100}){100}){100}", "\\pL{500}{500}"])
    func aRegularExpressionThatNeedsTooMuchMemoryIsRefused(pattern: String) throws {
        let program = try Program.compile("'a'.matches(p)", in: .schemaRules, variables: ["p": .string])
        #expect(throws: CELEvaluationError.self) { try program.evaluate(["p": .string(pattern)]) }
    }

    @Test func aValueThatIsNestedTooDeeplyIsNotWalked() throws {
        let program = try Program.compile(
            "claims.a == claims.b",
            in: .authentication,
            variables: ["claims": .map(.string, .any)]
        )
        var deep = CELValue.int(1)
        for _ in 0..<2000 { deep = .list([deep]) }
        #expect(throws: CELEvaluationError.costLimitExceeded) { try program.evaluate(["claims": ["a": deep, "b": deep]]) }
    }

    @Test func findGoesOnAfterAnEmptyMatch() throws {
        let program = try Program.compile("'äab'.findAll('a*')", in: .schemaRules, variables: [:])
        #expect(try program.evaluate([:]) == ["", "a", ""])
    }
}
