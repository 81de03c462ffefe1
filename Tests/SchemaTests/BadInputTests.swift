import JSON
import Testing

@testable import Schema

/// What neither a file nor a request may hold, in JSON and in YAML.
struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let reason: InvalidManifest.Reason
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ reason: InvalidManifest.Reason) {
            self.init(name, Array(text.utf8), reason)
        }

        init(_ name: String, _ bytes: [UInt8], _ reason: InvalidManifest.Reason) {
            self.name = name
            self.bytes = bytes
            self.reason = reason
        }
    }

    private static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    private static let digits = String(repeating: "9", count: 400)

    static let cases = [
        Case("1e400 in JSON", "{\"a\": 1e400}", .number), Case("1e400 in YAML", "a: 1e400\n", .number),
        Case("-1e400 in YAML", "a: -1e400\n", .number), Case("400 digits in JSON", "{\"a\": \(digits)}", .number),
        Case("400 digits in YAML", "a: \(digits)\n", .number), Case(".nan", "a: .nan\n", .number),
        Case("-.inf as an item", "[-.inf]", .number), Case("-.Inf in a mapping", "{a: -.Inf}", .number),
        Case("100,000 lists in JSON", "{\"a\":\(nested("[", "]", 100_000))}", .tooDeep),
        Case("1,000 mappings in YAML", "a: \(nested("{a: ", "}", 1_000))\n", .tooDeep),
        Case(
            "1,000 indented mappings",
            (0..<1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
            .tooDeep
        ),
        Case("a name twice deep in JSON", "{\"a\":[{\"b\":1,\"b\":1}]}", .duplicateKey),
        Case("a name twice, escaped once", "{\"a\":1,\"\\u0061\":2}", .duplicateKey),
        Case("a key twice in a flow mapping", "{a: 1, a: 2}", .duplicateKey),
        Case("a key twice, quoted once", "a: 1\n\"a\": 2\n", .duplicateKey),
        Case("a key twice in an item", "- a: 1\n  b: 2\n  a: 3\n", .duplicateKey),
        Case("a byte that is no UTF-8 in JSON", Array("{\"a\": \"".utf8) + [0xFF] + Array("\"}".utf8), .encoding),
        Case("a byte that is no UTF-8 in a key", [0xC3, 0x28] + Array(": 1\n".utf8), .encoding),
        Case("an overlong slash", Array("a: ".utf8) + [0xC0, 0xAF], .encoding),
        Case("half a surrogate pair in UTF-8", Array("a: ".utf8) + [0xED, 0xA0, 0x80], .encoding),
        Case("half a surrogate pair escaped in JSON", "{\"a\": \"\\ud800\"}", .encoding),
        Case("UTF-16", [0xFF, 0xFE, 0x61, 0x00], .encoding),
        Case("an anchor on a mapping", "a: &a\n  b: 1\n", .alias), Case("an alias of nothing", "a: *a\n", .alias),
        Case("an alias of itself", "a: &a [*a]\n", .alias),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: cases) func refuses(_ c: Case) throws {
        let error = try #require(throws: InvalidManifest.self) { try ManifestReader.read(c.bytes, source: "x") }
        #expect(error.reason == c.reason, "\(error)")
        #expect(error.description.utf8.count < 300, "the document is not echoed")
    }

    static let taken: [(name: String, text: String, value: JSONValue)] = [
        ("the largest integer", "{\"a\": 9223372036854775807}", ["a": .integer(.max)]),
        ("one more", "{\"a\": 9223372036854775808}", ["a": .number(0x1p63)]),
        ("a number that is nearly nothing", "{\"a\": 1e-400}", ["a": 0.0]), ("minus nothing", "{\"a\": -0}", ["a": 0]),
        ("words that look like numbers", "a: NaN\nb: Infinity\nc: 1e\n", ["a": "NaN", "b": "Infinity", "c": "1e"]),
        ("64 levels", nested("[", "]", 64), .array(JSONValue.integer(1).wrapped(63))),
    ]

    @Test(arguments: taken) func takes(_ c: (name: String, text: String, value: JSONValue)) throws {
        #expect(try document(c.text) == c.value)
    }

    /// A number too large for an integer is no integer, and is said as it was meant.
    @Test func hugeNumbersAreNoIntegers() throws {
        let schema = try schema(of: ["type": "integer"])
        let value = try document("x: 18446744073709551616\n")
        #expect(schema.problems(value) == ["x: Invalid value: \"number\": x in body must be of type integer: \"number\""])
    }
}

extension JSONValue {
    /// This in so many lists, less the outermost.
    fileprivate func wrapped(_ count: Int) -> [JSONValue] {
        (0..<count).reduce([self]) { inner, _ in [.array(inner)] }
    }
}
