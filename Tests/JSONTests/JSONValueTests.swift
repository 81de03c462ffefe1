import Testing

@testable import JSON

struct JSONValueTests {
    @Test func comparesTextsByTheirBytes() {
        let composed: JSONValue = "\u{e9}"
        let decomposed: JSONValue = "e\u{301}"
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(Set([ExactString("\u{e9}"), ExactString("e\u{301}")]).count == 2)
        #expect(ExactString("a") == ExactString("a"))
    }

    @Test func takesAnIntegralNumberForTheInteger() {
        #expect(JSONValue.integer(2) == .number(2))
        #expect(JSONValue.integer(2).hashValue == JSONValue.number(2).hashValue)
        #expect(JSONValue.integer(2) != .number(2.5))
        #expect(JSONValue.integer(.max) != .number(9_223_372_036_854_775_808))
    }

    @Test(arguments: [
        ("a\u{9B}b", #""a\u009bb""#), ("\u{202E}", #""\u202e""#), ("\u{7F}", #""\u007f""#), ("\u{2028}", #""\u2028""#),
        ("\u{FFFE}", #""\ufffe""#), ("\u{FFFF}", #""\uffff""#),
        ("\u{E0001}", #""\udb40\udc01""#), ("é\u{301} 日本 😀\n", "\"é\u{301} 日本 😀\\n\""),
    ])
    func writesForTerminalsWhatCannotBeSeenAsEscapes(text: String, written: String) throws {
        let value: JSONValue = .object(["k": .string(text)])
        #expect(JSONWriter.visibleText(of: value) == "{\"k\":\(written)}")
        #expect(try JSONParser.parse(JSONWriter.visibleText(of: value, pretty: true)) == value)
    }

    @Test func keepsMembersInTheOrderOfTheirBytes() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["é"] = 3
        object["B"] = 4
        #expect(object.names == ["B", "a", "b", "é"])
        object["a"] = nil
        #expect(object.names == ["B", "b", "é"])
        #expect(object["a"] == nil)
        #expect(object.map(\.value) == [4, 1, 3])
    }

    @Test func keepsTheLastOfEqualNamesWhenBuiltFromElements() {
        let object = JSONObject([("x", 1), ("a", 0), ("x", 2), ("x", 3)])
        #expect(object == ["a": 0, "x": 3])
        #expect(object.count == 2)
    }

    @Test func buildsALargeObjectInReasonableTime() {
        let object = JSONObject((0..<100_000).map { ("name\($0)", .integer(Int64($0))) })
        #expect(object.count == 100_000)
        #expect(object["name77777"] == 77_777)
    }

    @Test func setsAndReadsByPath() {
        var value: JSONValue = .null
        value["spec"] = ["type": "OIDC"]
        value["spec"]?["type"] = nil
        value["spec"]?["replicas"] = 3
        #expect(value == ["spec": ["replicas": 3]])
        #expect(value.value(at: "spec", "replicas")?.integerValue == 3)
        #expect(value.value(at: "spec", "replicas", "deeper") == nil)
    }

    struct Sample: Codable, Equatable {
        var name: String
        var count: Int64
        var ratio: Double
        var tags: [String: [String]]
        var nothing: String?
    }

    @Test func carriesTypedViewsBothWays() throws {
        let sample = Sample(name: "é/\"", count: .max, ratio: 0.1, tags: ["a/b": ["c"]], nothing: nil)
        #expect(try JSONValue(encoding: sample).decoded(as: Sample.self) == sample)
    }
}

struct JSONWriterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let value: JSONValue
        let text: String
        var testDescription: String { text }
    }

    static let cases = [
        Case(value: ["b": [1, 2.5, .null], "a": true], text: #"{"a":true,"b":[1,2.5,null]}"#),
        Case(value: .string("\"\\/\n\r\t\u{0}\u{1f}\u{7f}é😀"), text: "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7f}é😀\""),
        Case(value: "", text: "\"\""),
        Case(value: .number(3), text: "3"),
        Case(value: .number(1e300), text: "1e+300"),
        Case(value: .number(.infinity), text: "null"),
        Case(value: .number(.nan), text: "null"),
        Case(value: [:], text: "{}"),
    ]

    @Test(arguments: cases)
    func writes(_ c: Case) {
        #expect(JSONWriter.text(of: c.value) == c.text)
    }

    @Test func indentsForPeople() {
        #expect(JSONWriter.text(of: ["a": [1], "b": [:]], pretty: true) == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
    }
}
