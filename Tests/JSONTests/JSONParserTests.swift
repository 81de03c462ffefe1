import Testing

@testable import JSON

struct JSONParserTests {
    struct Good: CustomTestStringConvertible, Sendable {
        let text: String
        let value: JSONValue
        var testDescription: String { text }
    }

    static let good = [
        Good(text: "{}", value: [:]),
        Good(text: " [ ] ", value: []),
        Good(text: "\t\r\n null \n", value: .null),
        Good(text: "[true,false]", value: [true, false]),
        Good(text: "0", value: 0),
        Good(text: "-0", value: 0),
        Good(text: "9223372036854775807", value: .integer(.max)),
        Good(text: "-9223372036854775808", value: .integer(.min)),
        Good(text: "9223372036854775808", value: .number(9_223_372_036_854_775_808)),
        Good(text: "1.5", value: 1.5),
        Good(text: "1E+2", value: .number(100)),
        Good(text: "1e-400", value: .number(0)),
        Good(text: #""\"\\\/\b\f\n\r\t""#, value: .string("\"\\/\u{8}\u{c}\n\r\t")),
        Good(text: #""\u00e9\u20AC\ud83d\ude00""#, value: "é€😀"),
        Good(text: #""\u0000""#, value: "\u{0}"),
        Good(text: "\"plain é\"", value: "plain é"),
        Good(text: #"{"b":1,"a":{"c":[1,{"d":2}]}}"#, value: ["a": ["c": [1, ["d": 2]]], "b": 1]),
        Good(text: "{\"e\u{301}\":1,\"\u{e9}\":2}", value: .object(JSONObject([("e\u{301}", 1), ("\u{e9}", 2)]))),
        Good(text: #"{"":1}"#, value: ["": 1]),
    ]

    @Test(arguments: good)
    func reads(_ c: Good) throws {
        #expect(try JSONParser.parse(c.text) == c.value)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let reason: JSONError.Reason
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ reason: JSONError.Reason) {
            self.init(name, Array(text.utf8), reason)
        }

        init(_ name: String, _ bytes: [UInt8], _ reason: JSONError.Reason) {
            self.name = name
            self.bytes = bytes
            self.reason = reason
        }
    }

    static let bad = [
        Bad("nothing", "", .empty),
        Bad("white space only", " \n", .empty),
        Bad("duplicate name", #"{"a":1,"a":2}"#, .duplicateName),
        Bad("duplicate name, one of them escaped", #"{"a":1,"\u0061":2}"#, .duplicateName),
        Bad("duplicate name deep inside", #"[{"x":{"b":1,"a":2,"b":3}}]"#, .duplicateName),
        Bad("duplicate empty name", #"{"":1,"":2}"#, .duplicateName),
        Bad("high surrogate alone", #""\ud83d""#, .encoding),
        Bad("high surrogate before another escape", #""\ud83d\n""#, .encoding),
        Bad("two high surrogates", #""\ud83d\ud83d""#, .encoding),
        Bad("low surrogate alone", #""\ude00""#, .encoding),
        Bad("invalid UTF-8", [0x22, 0xC3, 0x28, 0x22], .encoding),
        Bad("overlong UTF-8", [0x22, 0xC0, 0xAF, 0x22], .encoding),
        Bad("a surrogate in UTF-8", [0x22, 0xED, 0xA0, 0x80, 0x22], .encoding),
        Bad("invalid UTF-8 beside an escape", [0x22, 0x5C, 0x6E, 0xFF, 0x22], .encoding),
        Bad("byte order mark", [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], .syntax),
        Bad("UTF-16", [0x7B, 0x00, 0x7D, 0x00], .syntax),
        Bad("1e400", "1e400", .numberRange),
        Bad("-1e400 in an object", #"{"exp":-1e400}"#, .numberRange),
        Bad("400 digits", String(repeating: "9", count: 400), .numberRange),
        Bad("leading zero", "01", .syntax),
        Bad("negative leading zero", "-01", .syntax),
        Bad("plus sign", "+1", .syntax),
        Bad("minus alone", "-", .syntax),
        Bad("point without digits", "1.", .syntax),
        Bad("no digit before the point", ".5", .syntax),
        Bad("exponent without digits", "1e", .syntax),
        Bad("hexadecimal", "0x10", .trailingBytes),
        Bad("NaN", "NaN", .syntax),
        Bad("Infinity", "-Infinity", .syntax),
        Bad("trailing comma in an array", "[1,]", .syntax),
        Bad("trailing comma in an object", #"{"a":1,}"#, .syntax),
        Bad("missing comma", "[1 2]", .syntax),
        Bad("missing colon", #"{"a" 1}"#, .syntax),
        Bad("name without quotes", "{a:1}", .syntax),
        Bad("single quotes", "{'a':1}", .syntax),
        Bad("comment", "/* */ {}", .syntax),
        Bad("open array", "[1", .syntax),
        Bad("open object", #"{"a":1"#, .syntax),
        Bad("open string", #""abc"#, .syntax),
        Bad("open string after an escape", #""a\n"#, .syntax),
        Bad("backslash at the end", "\"\\", .syntax),
        Bad("short unicode escape", #""\u12""#, .syntax),
        Bad("unknown escape", #""\x41""#, .syntax),
        Bad("line break in a string", "\"a\nb\"", .syntax),
        Bad("NUL in a string", [0x22, 0x00, 0x22], .syntax),
        Bad("control character after an escape", "\"\\n\u{1}\"", .syntax),
        Bad("cut literal", "tru", .syntax),
        Bad("literal in capitals", "True", .syntax),
        Bad("second value", "{} {}", .trailingBytes),
        Bad("NUL after the value", [0x7B, 0x7D, 0x00], .trailingBytes),
        Bad("closing bracket too many", "[]]", .trailingBytes),
    ]

    @Test(arguments: bad)
    func refuses(_ c: Bad) {
        #expect(throws: JSONError.self) { try JSONParser.parse(c.bytes) }
        #expect(reason(c.bytes) == c.reason)
    }

    private func reason(_ bytes: [UInt8], _ limits: JSONParser.Limits = .init()) -> JSONError.Reason? {
        do throws(JSONError) {
            _ = try JSONParser.parse(bytes, limits: limits)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func boundsDepthAtTheLimitExactly() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(reason(nested(65)) == nil)
        #expect(reason(nested(66)) == .tooDeep)
        #expect(reason(nested(3), .init(depth: 2)) == nil)
        #expect(reason(nested(4), .init(depth: 2)) == .tooDeep)
        // Deep input is refused on the way in, so it cannot use up the stack, even when it never closes.
        #expect(reason([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == .tooDeep)
        #expect(reason(Array(String(repeating: #"{"a":"#, count: 100_000).utf8)) == .tooDeep)
    }

    @Test func boundsSizeAtTheLimitExactly() {
        #expect(reason(Array("[10]".utf8), .init(bytes: 4)) == nil)
        #expect(reason(Array("[100]".utf8), .init(bytes: 4)) == .tooLarge)
    }

    @Test func readsAnyCollectionOfBytes() throws {
        let bytes = Array("x{\"a\":[1]}x".utf8)
        #expect(try JSONParser.parse(bytes[1..<10]) == ["a": [1]])
        #expect(try JSONParser.parse(bytes.reversed().reversed()[1..<10]) == ["a": [1]])
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#, []),
            (#"{"a":1,"a":{"x":1},"b":0}"#, #"{"a":{"x":1},"b":0}"#, ["a"]),
            (#"{"c":{"a":1,"\u0061":2,"a":3},"c":4,"c":5}"#, #"{"c":5}"#, ["c.a", "c"]),
            (#"[{},{"l":[0,{"a":1,"a":2}]}]"#, #"[{},{"l":[0,{"a":2}]}]"#, ["[1].l[1].a"]),
            (#"[[{"c d":1,"c d":2}]]"#, #"[[{"c d":2}]]"#, ["[0][0].c d"]),
            ("{\"\u{e9}\":1,\"e\u{301}\":2}", "{\"\u{e9}\":1,\"e\u{301}\":2}", []),
        ] as [(String, String, [String])]
    )
    func theLastOfTwoCountsIfThatIsWanted(_ text: String, _ same: String, _ duplicates: [String]) throws {
        let read = try JSONParser.parseTakingLast(text.utf8)
        let expected = try JSONParser.parse(same)
        #expect(read.value == expected)
        #expect(read.duplicates == duplicates)
    }

    @Test func tellsOfAHundredDuplicatesAtMost() throws {
        let pairs = (0..<300).map { #""m\#($0)":0,"m\#($0)":1"# }.joined(separator: ",")
        let read = try JSONParser.parseTakingLast("{\(pairs)}".utf8)
        #expect(read.value.objectValue?.count == 300 && read.duplicates.count == 100)
        #expect(throws: JSONError.self) { try JSONParser.parseTakingLast(#"{"a":1,"a":}"#.utf8) }
    }

    /// Whatever comes in: an answer, never a trap; and what was read writes and reads back the same.
    @Test func survivesMutations() throws {
        var random = SeededGenerator(seed: 20_250_801)
        let seed = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00\n"],"b":{"c":null,"d":true},"e":"é😀"}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[position] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                default: bytes.insert(seed[Int.random(in: 0..<seed.count, using: &random)], at: position)
                }
            }
            guard let value = try? JSONParser.parse(bytes) else { continue }
            #expect(try JSONParser.parse(JSONWriter.bytes(of: value)) == value)
        }
    }
}

/// A generator that gives the same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
