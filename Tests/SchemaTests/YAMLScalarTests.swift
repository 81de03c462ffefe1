import JSON
import Testing

@testable import Schema

/// What Kubernetes' own YAML reader makes of unquoted words; tools and people rely on it.
struct YAMLScalarTests {
    static let booleans: [(String, Bool)] = [
        ("yes", true), ("no", false), ("on", true), ("Off", false), ("y", true), ("N", false), ("True", true), ("FALSE", false),
    ]
    static let numbers: [(String, JSONValue)] = [
        ("0", 0), ("-7", -7), ("+7", 7), ("1_000", 1000), ("0x1F", 31), ("017", 15), ("0o17", 15), ("0b101", 5), ("-0x10", -16),
        ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("08", 8.0), ("9223372036854775807", .integer(.max)),
        ("99999999999999999999", 1e20), ("-9223372036854775808", .integer(.min)),
    ]
    static let texts = [
        "yEs", "nope", "1:30", "2025-07-01", "2025-07-01T18:25:16Z", "1.2.3", "0x", "-", "+", "--1", "1e", "0b2", "12a", "_1",
        "<<", "é", "127.0.0.1", "nan", "0x1G",
    ]

    @Test(arguments: booleans) func readsBooleans(_ text: String, _ value: Bool) {
        #expect(YAMLScalar.resolve(text) == .bool(value))
    }

    @Test(arguments: numbers) func readsNumbers(_ text: String, _ value: JSONValue) {
        #expect(YAMLScalar.resolve(text) == value)
    }

    @Test(arguments: texts) func leavesTextAlone(_ text: String) {
        #expect(YAMLScalar.resolve(text) == .string(text))
    }

    @Test(arguments: ["", "~", "null", "NULL"]) func readsNull(_ text: String) {
        #expect(YAMLScalar.resolve(text) == .null)
    }

    @Test(arguments: [".inf", "-.INF", ".nan"]) func refusesWhatJSONCannotHold(_ text: String) {
        #expect(YAMLScalar.resolve(text) == nil)
    }

    @Test func quotedWordsAreAlwaysText() throws {
        #expect(
            try document("a: 'yes'\nb: \"1\"\nc: |\n  null\nd: !!str 12\n") == ["a": "yes", "b": "1", "c": "null\n", "d": "12"]
        )
    }
}
