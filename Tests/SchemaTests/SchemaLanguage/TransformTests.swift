import JSON
import Testing

@testable import Schema

/// Nulls, defaults and unknown fields: what is stored of what was sent.
struct TransformTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let schema: JSONValue
        let sent: JSONValue
        let stored: JSONValue
        var unknown: [String] = []
        var testDescription: String { name }
    }

    static let nested: JSONValue = [
        "type": "object", "default": [:],
        "properties": ["a": ["type": "string", "default": "A"], "b": ["type": "string"]],
    ]

    static let cases = [
        Case(name: "a default", schema: ["type": "string", "default": "A"], sent: [:], stored: ["x": "A"]),
        Case(
            name: "a default that is not needed",
            schema: ["type": "string", "default": "A"],
            sent: ["x": ""],
            stored: ["x": ""]
        ),
        Case(
            name: "null where there is a default",
            schema: ["type": "string", "default": "A"],
            sent: ["x": .null],
            stored: ["x": "A"]
        ),
        Case(name: "null where there is none", schema: ["type": "string"], sent: ["x": .null], stored: [:]),
        Case(
            name: "null that is a value",
            schema: ["type": "string", "nullable": true, "default": "A"],
            sent: ["x": .null],
            stored: ["x": .null]
        ),
        Case(name: "a default in a default", schema: nested, sent: [:], stored: ["x": ["a": "A"]]),
        Case(name: "a default in what was sent", schema: nested, sent: ["x": ["b": "B"]], stored: ["x": ["a": "A", "b": "B"]]),
        Case(
            name: "no default where nothing is around it",
            schema: ["type": "object", "properties": ["a": ["type": "string", "default": "A"]]],
            sent: [:],
            stored: [:]
        ),
        Case(
            name: "defaults of items",
            schema: ["type": "array", "items": nested],
            sent: ["x": [[:], .null, ["a": "B"]]],
            stored: ["x": [["a": "A"], ["a": "A"], ["a": "B"]]]
        ),
        Case(
            name: "a null item without a default",
            schema: ["type": "array", "items": ["type": "string"]],
            sent: ["x": [.null]],
            stored: ["x": [.null]]
        ),
        Case(
            name: "null under a key of a map",
            schema: ["type": "object", "additionalProperties": ["type": "string"]],
            sent: ["x": ["k": .null]],
            stored: ["x": [:]]
        ),
        Case(
            name: "null under a key of a map with a default",
            schema: ["type": "object", "additionalProperties": ["type": "string", "default": "A"]],
            sent: ["x": ["k": .null]],
            stored: ["x": ["k": "A"]]
        ),
        Case(
            name: "unknown fields",
            schema: ["type": "array", "items": ["type": "object", "properties": ["a": ["type": "string"]]]],
            sent: ["x": [["a": "A", "c": 1]], "y": 1],
            stored: ["x": [["a": "A"]]],
            unknown: ["x[0].c", "y"]
        ),
        Case(
            name: "unknown fields that are kept, and those inside of known ones",
            schema: [
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": ["a": ["type": "object", "properties": ["b": ["type": "string"]]]],
            ],
            sent: ["x": ["a": ["b": "B", "c": 1], "d": ["e": .null]]],
            stored: ["x": ["a": ["b": "B"], "d": ["e": .null]]],
            unknown: ["x.a.c"]
        ),
        Case(
            name: "an empty text that means nothing",
            schema: ["type": "string", "default": "A", "x-postern-empty-is-omitted": true],
            sent: ["x": ""],
            stored: ["x": "A"]
        ),
    ]

    @Test(arguments: cases) func stores(_ c: Case) throws {
        let schema = try schema(of: c.schema)
        var unknown: [FieldPath] = []
        let stored = schema.pruning(schema.applyingDefaults(schema.droppingNulls(c.sent)), at: .root, unknown: &unknown)
        #expect(stored == c.stored)
        #expect(unknown.map(\.description) == c.unknown)
    }
}
