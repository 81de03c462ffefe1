import JSON
import Testing

/// The outline and the parser must agree about every text, whatever form the outline takes inside.
struct JSONOutlineTests {
    private static let limits = JSONParser.Limits(bytes: 4096, depth: 8)

    private static let texts = [
        "{}", " { } ", "{\"a\":1}", "{\"a\":-0,\"b\":0.5,\"c\":12345678901234567}", "{\"a\":1e3}", "{\"a\":1e400}",
        "{\"a\":01}",
        "{\"a\":-}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1.5e9}", "{\"a\":123456789012345678901234567890}",
        "{\"a\":\"x\",\"b\":[1,\"two\",null,true,false,{\"c\":{}}]}", "{\"a\":\"x\\ny\"}", "{\"\\u0061\":1,\"a\":2}",
        "{\"a\":1,\"a\":2}", "{\"n\":{\"a\":1,\"a\":2}}", "{\"n\":{\"a\":1},\"a\":2}", "{\"a\":\"é\",\"é\":\"e\\u0301\"}",
        "{\"a\":[\"x\",\"yy\",\"\"],\"b\":\"x\",\"c\":\"\"}",
        "{\"a\":[\"x\", \"y\"],\"b\":[\"x\",1],\"c\":[\"x\",[\"y\"]],\"d\":[]}",
        "{\"a\":tru}", "{\"a\":nullx}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":1} x", "{\"a\":\"\u{7F}\"}", "[1]", "\"a\"",
        "1",
        "", " ", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":\"", "{\"a\":[", "{\"a\":[1", "{\"a\":[1,]}", "{\"a\":\"x\ty\"}",
        "{\"\":0}", "{\"a\":[[[[[[[[[[1]]]]]]]]]]}", "{\"a\":[[[[[[[1]]]]]]]}",
        "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{}}}}}}}",
        "{\"a\":" + String(repeating: "[", count: 3000) + "}",
        "{" + (0..<60).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}",
        "{" + (0..<60).map { _ in "\"k\":1" }.joined(separator: ",") + "}",
    ]

    @Test(arguments: texts) func agreesWithTheParser(_ text: String) { Self.check(Array(text.utf8)) }

    @Test func agreesWithTheParserAboutBytesThatAreNoText() {
        for bytes: [UInt8] in [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF8, 0x88], [0xC0, 0x80], [0x00]] {
            Self.check(Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8))
            Self.check(Array("{\"".utf8) + bytes + Array("\":1}".utf8))
            Self.check(Array("{\"a\":1}".utf8) + bytes)
        }
    }

    /// Every text with one byte taken away, doubled or changed.
    @Test func agreesWithTheParserAboutDamagedTexts() {
        let replacements = Array("\"\\{}[]:,0-.eE tn\u{1}".utf8) + [0x80, 0xFF]
        for text in Self.texts where text.utf8.count < 60 {
            let bytes = Array(text.utf8)
            for index in bytes.indices {
                var shorter = bytes
                shorter.remove(at: index)
                Self.check(shorter)
                Self.check(Array(bytes[...index] + bytes[index...]))
                for replacement in replacements {
                    var changed = bytes
                    changed[index] = replacement
                    Self.check(changed)
                }
            }
        }
    }

    @Test func readsObjectsWithinAsOutlines() throws {
        for text in [
            "{\"a\":{\"b\":1,\"c\":\"x\"}}", "{\"a\":{\"b\":1,\"c\":\"\\u0078\"}}", "{ \"a\" : { \"b\" : 1, \"c\" : \"x\" } }",
        ] {
            let outline = try JSONOutline(Array(text.utf8), limits: Self.limits)
            #expect(outline.outline("a")?.object == ["b": 1, "c": "x"])
            #expect(outline.outline("b")?.object == nil)
            #expect(outline.outline("a")?.outline("b")?.object == nil)
        }
        for text in ["{\"a\":[{}]}", "{\"a\":null}", "{\"a\":\"{}\"}"] {
            #expect(try JSONOutline(Array(text.utf8), limits: Self.limits).outline("a")?.object == nil)
        }
    }

    /// Where strings are read as bytes they are those of the value, all of them; and only one that is wanted is found.
    private static func checkStrings(_ outline: JSONOutline, _ name: String, _ value: JSONValue?, _ text: String) {
        let strings = value?.stringValue.map { [$0] } ?? value?.arrayValue?.compactMap(\.stringValue)
        if let plain = outline.plainStrings(name) {
            #expect(value == .array(plain.map(JSONValue.string)), "\(text)")
        }
        var shown: [String] = []
        let none = outline.hasPlainString(name) { string in
            shown.append(String(decoding: string, as: UTF8.self))
            return false
        }
        guard none != nil else { return }
        #expect(none == false && shown == strings && value?.arrayValue?.count ?? 1 == shown.count, "\(text)")
        for wanted in shown + ["no such"] {
            let isFound = outline.hasPlainString(name) { wanted.hasSameBytes(as: $0) }
            #expect(isFound == shown.contains { $0.hasSameBytes(as: wanted) }, "\(text)")
        }
    }

    private static func check(_ bytes: [UInt8]) {
        let parsed = Result { () throws(JSONError) in try JSONParser.parse(bytes, limits: limits) }
        let outlined = Result { () throws(JSONError) in try JSONOutline(bytes, limits: limits) }
        let text = String(decoding: bytes, as: UTF8.self)
        switch (parsed, outlined) {
        case (.failure(let expected), .failure(let found)): #expect(found == expected, "\(text)")
        case (.success(.object(let object)), .success(let outline)):
            #expect(outline.object == object, "\(text)")
            for name in object.names + ["", "x"] {
                #expect(outline[name] == object[name], "\(text)")
                #expect(outline.contains(name) == (object[name] != nil))
                checkStrings(outline, name, object[name], text)
            }
        case (.success(let value), .failure): #expect(value.objectValue == nil, "\(text)")
        case (.failure(let error), .success): Issue.record("taken, but \(error): \(text)")
        case (.success(let value), .success): Issue.record("no object, but taken: \(value)")
        }
    }
}
