import JSON
import Schema
import Testing

struct YAMLWriterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let value: JSONValue
        let text: String
    }

    static let cases = [
        Case(
            testDescription: "an object, sorted",
            value: ["b": 1, "a": ["c": true, "d": .null, "e": [:], "f": []]],
            text: "a:\n  c: true\n  d: null\n  e: {}\n  f: []\nb: 1\n"
        ),
        Case(
            testDescription: "lists are not indented",
            value: ["l": [["name": "a", "v": [1, 2]], "x", [["u"], "z"]]],
            text: "l:\n- name: a\n  v:\n  - 1\n  - 2\n- x\n- - - u\n  - z\n"
        ),
        Case(
            testDescription: "text that reads as another type",
            value: ["a": ["true", "1", "", "1.5e3", "null", "no", "0x1", "2026-01-02T03:04:05Z", "2026-1-2", "1:30"]],
            text:
                "a:\n- \"true\"\n- \"1\"\n- \"\"\n- \"1.5e3\"\n- \"null\"\n- \"no\"\n- \"0x1\"\n- \"2026-01-02T03:04:05Z\"\n- \"2026-1-2\"\n- \"1:30\"\n"
        ),
        Case(
            testDescription: "text that needs quotes",
            value: ["- a", "a: b", "a #b", "@x", "a:", " a", "it's"],
            text: "- '- a'\n- 'a: b'\n- 'a #b'\n- '@x'\n- 'a:'\n- ' a'\n- it's\n"
        ),
        Case(
            testDescription: "text that needs none",
            value: ["0.1.0", "127-0-0-1:6443", "oidc-user-test:alice@example.com", "https://x/y?z#a", "a-b", "sha256~x"],
            text: "- 0.1.0\n- 127-0-0-1:6443\n- oidc-user-test:alice@example.com\n- https://x/y?z#a\n- a-b\n- sha256~x\n"
        ),
        Case(
            testDescription: "lines",
            value: ["a": "x\n  y\n\nz\n", "b": "x\ny", "c": "x\n\n", "d": " x\n"],
            text: "a: |\n  x\n    y\n\n  z\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: \" x\\n\"\n"
        ),
        Case(testDescription: "control characters", value: ["a": "\u{1}\t"], text: "a: \"\\u0001\\t\"\n"),
        Case(testDescription: "only a word", value: "x", text: "x\n"),
    ]

    @Test(arguments: cases)
    func writes(_ c: Case) { #expect(YAMLWriter.text(of: c.value) == c.text) }

    @Test(arguments: cases)
    func isReadBackAsItWas(_ c: Case) throws {
        #expect(try ManifestReader.read(YAMLWriter.text(of: c.value), source: "test").map(\.value) == [c.value])
    }

    /// Random values, among them everything that is awkward in YAML.
    @Test func anyValueIsReadBackAsItWas() throws {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<500 {
            let value = JSONValue.random(depth: 4, using: &generator)
            guard !value.isNull else { continue }
            let text = YAMLWriter.text(of: value)
            #expect(try ManifestReader.read(text, source: "test").map(\.value) == [value], "\(text)")
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using generator: inout some RandomNumberGenerator) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &generator) {
        case 0: return .bool(.random(using: &generator))
        case 1: return .integer(.random(in: -5...5, using: &generator))
        case 2: return .number(1.5)
        case 3, 4: return .string(text(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) }
            )
        default:
            let members = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                (text(using: &generator), random(depth: depth - 1, using: &generator))
            }
            return .object(JSONObject(members))
        }
    }

    private static func text(using generator: inout some RandomNumberGenerator) -> String {
        let pieces = [
            "a", "-", " ", ":", "#", "\n", "'", "\"", "1", "true", "é", "{", "[", "&", "*", "!", "%", "\t", "\\", "~", "?", ",",
            "---", "no", "|", ">",
        ]
        return (0..<Int.random(in: 0...5, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }
}
