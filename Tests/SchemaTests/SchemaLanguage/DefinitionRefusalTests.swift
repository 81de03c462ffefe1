import JSON
import Testing

@testable import Schema

/// A definition that could not be kept word for word is refused, not followed half.
struct DefinitionRefusalTests {
    static let list: JSONValue = [
        "type": "array",
        "items": ["type": "string", "x-kubernetes-validations": [["rule": "self == oldSelf"]]],
    ]

    static let cases: [(name: String, schema: JSONValue, complaint: String)] = [
        ("no type", [:], "the type is missing"), ("a type of its own", ["type": "text"], "the type text is not supported"),
        ("a keyword that nothing checks", ["type": "string", "oneOf": []], "the keyword oneOf is not supported"),
        ("a pattern that is none", ["type": "string", "pattern": "("], "self.matches"),
        ("a list type of its own", ["type": "array", "x-kubernetes-list-type": "bag"], "the list type bag is not supported"),
        ("a map without keys", ["type": "array", "x-kubernetes-list-type": "map"], "a list of type map needs keys"),
        ("a map type of its own", ["type": "object", "x-kubernetes-map-type": "set"], "the map type set is not supported"),
        ("a multiple of nothing", ["type": "integer", "multipleOf": 0], "multipleOf must be greater than 0"),
        ("a format that is not checked", ["type": "string", "format": "email"], "the format email is not supported"),
        ("a default of another type", ["type": "string", "default": 5], "the default: "),
        ("a default that is too long", ["type": "string", "maxLength": 1, "default": "ab"], "the default: "),
        ("a rule that is a number", rule(["rule": "1"]), "does not give true or false"),
        ("a rule that does not compile", rule(["rule": "self.nothing"]), "x: "),
        ("a rule without expression", rule([:]), "a rule has no expression"),
        ("a reason of its own", rule(["rule": "true", "reason": "Wrong"]), "cannot have the reason Wrong"),
        ("a field path that leads nowhere", rule(["rule": "true", "fieldPath": ".b"]), "the field path b leads nowhere"),
        ("a field path that is none", rule(["rule": "true", "fieldPath": "b"]), "the field path b cannot be read"),
        (
            "an optional oldSelf that is not used", rule(["rule": "true", "optionalOldSelf": true]),
            "has optionalOldSelf but does not use oldSelf"
        ),
        ("oldSelf in a list", list, "oldSelf cannot be used"),
        ("oldSelf in a set", mergePatch(["x-kubernetes-list-type": "set"], into: list), "oldSelf cannot be used"),
        (
            "oldSelf deep in a list",
            ["type": "array", "items": ["type": "object", "properties": ["a": rule(["rule": "self == oldSelf"])]]],
            "oldSelf cannot be used"
        ),
    ]

    private static func rule(_ rule: JSONValue) -> JSONValue {
        ["type": "object", "properties": ["a": ["type": "string"]], "x-kubernetes-validations": [rule]]
    }

    @Test(arguments: cases) func refuses(_ c: (name: String, schema: JSONValue, complaint: String)) throws {
        let error = try #require(throws: InvalidDefinition.self) { try schema(of: c.schema) }
        #expect(error.reason.hasPrefix("x"), "\(error)")
        #expect(error.reason.contains(c.complaint), "\(error)")
    }

    @Test func oldSelfIsKnownInAListWhoseItemsHaveKeys() throws {
        _ = try schema(
            of: [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": [
                    "type": "object", "properties": ["k": ["type": "string"]],
                    "x-kubernetes-validations": [["rule": "self == oldSelf"]],
                ],
            ]
        )
    }
}
