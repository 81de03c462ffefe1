import CEL
import Testing

/// Values as CEL compares them: by code points, and numbers across their types.
struct ValueTests {
    @Test func textsThatLookAlikeDiffer() {
        #expect(CELValue.string("\u{E9}") != .string("e\u{301}"))
        let map = CELMap([(.string("\u{E9}"), 1), (.string("e\u{301}"), 2)])
        #expect(map.count == 2)
        #expect(map[string: "e\u{301}"] == 2)
    }

    @Test(arguments: [
        ("dyn(1) == 1u && dyn(1u) == 1.0 && dyn(1) == 1.0", true), ("-1 < 1u", true),
        ("18446744073709551615u > 9223372036854775807", true),
        ("double('NaN') == double('NaN')", false), ("1 < double('NaN') || 1 >= double('NaN')", false), ("0.0 == -0.0", true),
        ("{1: 'a'}[dyn(1u)] == 'a' && dyn(1.0) in {1: 'a'}", true), ("[dyn(1), dyn(2u)] == [dyn(1.0), dyn(2)]", true),
        ("'a' == 'b' || dyn('a') == dyn(1)", false),
        ("b'abc' < b'abd' && 'Z' < 'a' && false < true", true), ("'\u{1F600}'.size() == 1 && 'e\u{301}'.size() == 2", true),
    ])
    func comparesAcrossTypes(expression: String, expected: Bool) throws {
        let program = try Program.compile(expression, in: .authentication, variables: [:])
        #expect(try program.evaluate([:]) == .bool(expected))
    }

    @Test func aLargeMapIsFoundByKey() {
        let map = CELMap((0..<1000).map { (.int($0), .int($0 * 2)) })
        #expect(map.count == 1000)
        #expect(map[.uint(999)] == 1998)
        #expect(map[.double(3)] == 6)
        #expect(map[.string("3")] == nil)
    }

    @Test func theLaterOfTwoEqualKeysWins() {
        #expect(CELValue.object([("a", 1), ("b", 2), ("a", 3)]) == ["a": 3, "b": 2])
    }
}
