import CEL
import Testing

/// Random input is refused or runs; it never ends the process. The seed is in the name of a failing case.
struct FuzzTests {
    /// Xorshift: the same numbers for the same seed, everywhere.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    static let words = [
        "claims", "user", "x", "1", "-1", "0", "2u", "1.5", "'a'", "b'\\xff'", "r'('", "null", "true", "false",
        "9223372036854775807",
        "+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||", "!", "?", ":", "in", "(", ")", "[", "]", "{", "}", ",", ".",
        ".?", "[?",
        ".size()", ".map(x, x)", ".filter(x, true)", ".all(i, v, i == v)", ".exists(x, x == 1)", ".optMap(x, x)", ".orValue(1)",
        ".matches('a')", ".split(',')", ".replace('', 'b')", ".substring(1)", ".format([1])", ".sort()", ".flatten()",
        ".sortBy(x, x)",
        "has(claims.a)", "dyn(", "int(", "string(", "timestamp(0)", "duration('1s')", "type(", "optional.of(",
        "optional.none()",
        "quantity('1')", "ip('::1')", "cidr('10.0.0.0/8')", "semver('1.0.0')", "url('https://a')", "lists.range(3)",
        ".transformMap(k, v, v)",
        "claims.a", "claims.b", "claims.c", ".getHours('UTC')", "'%s'", "'%d'", "@", "\\", "\"", "\u{301}", "é",
    ]

    static let values: [String: CELValue] = [
        "claims": ["a": [1, 2.5, "x", nil, ["b": [true]]], "b": "text,with,commas", "c": ["d": 1]],
        "user": ["username": "ann", "uid": "1", "groups": ["a", "b"], "extra": [:]],
    ]

    @Test(arguments: 1...40)
    func wordsInAnyOrder(seed: UInt64) {
        var numbers = Numbers(state: seed &* 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<400 {
            let count = Int.random(in: 1...12, using: &numbers)
            run((0..<count).map { _ in Self.words.randomElement(using: &numbers) ?? "" }.joined())
        }
    }

    @Test(arguments: 1...10)
    func bytesInAnyOrder(seed: UInt64) {
        var numbers = Numbers(state: seed &* 0x2545_F491_4F6C_DD1D)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            run(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Ends without a trap; whether with a value, an error or a refusal does not matter here.
    private func run(_ expression: String) {
        do {
            let program = try CELProgram.compile(
                expression,
                in: .authentication,
                variables: AuthenticationExpressionTests.variables
            )
            let (result, cost) = program.measure(Self.values, costLimit: 100_000)
            #expect(cost <= 200_000 || result == .failure(.costLimitExceeded), "\(expression)")
        } catch {
            #expect(!error.problems.isEmpty, "\(expression)")
        }
    }
}
