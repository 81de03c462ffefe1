import JSON
import Testing

@testable import Schema

/// Every keyword of a schema: what it lets pass, what it refuses, and in which words.
struct SchemaKeywordTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let schema: JSONValue
        let accepted: [JSONValue]
        let refused: [(JSONValue, [String])]
        var testDescription: String { name }

        init(_ name: String, _ schema: JSONValue, _ accepted: [JSONValue], _ refused: (JSONValue, [String])...) {
            self.name = name
            self.schema = schema
            self.accepted = accepted
            self.refused = refused
        }
    }

    private static func type(_ name: String, _ found: String) -> [String] {
        ["x: Invalid value: \"\(found)\": x in body must be of type \(name): \"\(found)\""]
    }

    static let types = [
        Case("string", ["type": "string"], ["", "a"], (1, type("string", "integer")), (.null, type("string", "null"))),
        Case("boolean", ["type": "boolean"], [true, false], ("true", type("boolean", "string"))),
        Case(
            "integer",
            ["type": "integer"],
            [0, -1, .integer(.max), 1.0, .number(9_007_199_254_740_991)],
            (1.5, type("integer", "number")),
            (.number(1e16), type("integer", "number")),
            (.number(1e300), type("integer", "number"))
        ),
        Case("number", ["type": "number"], [0, 1.5, .number(1e300)], ("1", type("number", "string"))),
        Case(
            "object",
            ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            [[:], ["a": [1, .null]]],
            ([], type("object", "array"))
        ),
        Case("array", ["type": "array", "items": ["type": "string"]], [[], ["a"]], ([:], type("array", "object"))),
        Case(
            "a number or a text",
            ["x-kubernetes-int-or-string": true],
            [1, "1"],
            (1.5, type("integer,string", "number")),
            (true, type("integer,string", "boolean"))
        ),
        Case("anything", ["x-kubernetes-preserve-unknown-fields": true], [1, "1", [], [:], true, .null]),
        Case("nullable", ["type": "string", "nullable": true], [.null, "a"], (1, type("string", "integer"))),
        Case(
            "nullable and one of a few",
            ["type": "string", "nullable": true, "enum": ["a"]],
            ["a"],
            (.null, ["x: Unsupported value: null: supported values: \"a\""])
        ),
        Case(
            "one of a few",
            ["type": "integer", "enum": [1, 2]],
            [1, 2, 2.0],
            (3, ["x: Unsupported value: 3: supported values: 1, 2"]),
            ("1", type("integer", "string") + ["x: Unsupported value: \"1\": supported values: 1, 2"])
        ),
    ]

    private static func bound(_ value: String, _ problem: String) -> [String] {
        ["x: Invalid value: \(value): x in body should be \(problem)"]
    }

    static let bounds = [
        Case("minimum", ["type": "integer", "minimum": 1], [1, 2], (0, bound("0", "greater than or equal to 1"))),
        Case("maximum", ["type": "integer", "maximum": 1], [1, 0], (2, bound("2", "less than or equal to 1"))),
        Case(
            "exclusive minimum",
            ["type": "integer", "minimum": 1, "exclusiveMinimum": true],
            [2],
            (1, bound("1", "greater than 1"))
        ),
        Case(
            "exclusive maximum",
            ["type": "number", "maximum": 1.5, "exclusiveMaximum": true],
            [1, 1.25],
            (1.5, bound("1.5", "less than 1.5"))
        ),
        Case("multiple of 5", ["type": "integer", "multipleOf": 5], [0, 5, -10], (7, bound("7", "a multiple of 5"))),
        Case(
            "multiple of a tenth",
            ["type": "number", "multipleOf": 0.1],
            [0.3, 2],
            (0.25, bound("0.25", "a multiple of 0.1"))
        ),
        Case(
            "lengths count characters, not bytes",
            ["type": "string", "minLength": 2, "maxLength": 3],
            ["ab", "äöü", "🔑🔑"],
            ("ä", bound("\"ä\"", "at least 2 chars long")),
            ("abcd", ["x: Too long: may not be more than 3 bytes"]),
            // A flag is one character to the eye and two to Unicode.
            ("🇩🇪🇩🇪", ["x: Too long: may not be more than 3 bytes"])
        ),
        Case(
            "numbers of items",
            ["type": "array", "minItems": 1, "maxItems": 2, "items": ["type": "integer"]],
            [[1], [1, 1]],
            ([], ["x: Invalid value: 0: x in body should have at least 1 items"]),
            ([1, 2, 3], ["x: Too many: 3: must have at most 2 items"])
        ),
        Case(
            "numbers of members",
            ["type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": ["type": "integer"]],
            [["a": 1], ["a": 1, "b": 1]],
            ([:], ["x: Invalid value: 0: x in body should have at least 1 properties"]),
            (["a": 1, "b": 1, "c": 1], ["x: Too many: 3: must have at most 2 items"])
        ),
        Case(
            "a pattern is searched",
            ["type": "string", "pattern": "b+"],
            ["b", "abbc"],
            ("ac", ["x: Invalid value: \"ac\": x in body should match 'b+'"])
        ),
        Case(
            "a pattern with quotes and backslashes",
            ["type": "string", "pattern": "^\"\\d\\\\\"$"],
            ["\"1\\\""],
            ("1", ["x: Invalid value: \"1\": x in body should match '^\"\\d\\\\\"$'"])
        ),
        Case(
            "members of a map",
            ["type": "object", "additionalProperties": ["type": "string", "minLength": 1]],
            [[:], ["a": "b"]],
            (["a": ""], ["x[a]: Invalid value: \"\": x[a] in body should be at least 1 chars long"])
        ),
        Case(
            "required members",
            ["type": "object", "required": ["a"], "properties": ["a": ["type": "string"]]],
            [["a": "b"]],
            ([:], ["x.a: Required value"])
        ),
    ]

    static let lists = [
        Case(
            "a set",
            ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "integer"]],
            [[1, 2]],
            // Of three equal items the second is named.
            ([1, 2, 1, 1], ["x[2]: Duplicate value: 1"]),
            ([1, 1.0, 2, 2], ["x[1]: Duplicate value: 1", "x[3]: Duplicate value: 2"])
        ),
        Case(
            "a map",
            [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": ["type": "object", "properties": ["k": ["type": "string"], "v": ["type": "string"]]],
            ],
            [[["k": "a"], ["k": "b"], ["v": "x"]]],
            ([["k": "a", "v": "x"], ["k": "a"]], ["x[1]: Duplicate value: map[string]interface {}{\"k\":\"a\"}"]),
            ([["v": "x"], ["v": "y"]], ["x[1]: Duplicate value: map[string]interface {}{}"]),
            (
                ["a"],
                [
                    "x[0]: Invalid value: \"string\": x[0] in body must be of type object: \"string\"",
                    "x[0]: Invalid value: \"a\": must be an object for an array of list-type map",
                ]
            )
        ),
        Case(
            "an atomic list",
            ["type": "array", "x-kubernetes-list-type": "atomic", "items": ["type": "integer"]],
            [[1, 1], []]
        ),
    ]

    @Test(arguments: types + bounds + lists) func judges(_ c: Case) throws {
        let schema = try schema(of: c.schema)
        for value in c.accepted { #expect(schema.problems(["x": value]).isEmpty, "\(value)") }
        for (value, problems) in c.refused { #expect(schema.problems(["x": value]) == problems) }
    }

    /// What Kubernetes calls valid and invalid in a format.
    static let formats: [(name: String, good: [String], bad: [String])] = [
        ("date-time", ["2025-07-01T18:25:16Z", "2025-07-01t18:25:16.5+02:00"], ["2025-07-01", "2025-02-30T00:00:00Z", ""]),
        ("datetime", ["2025-07-01T18:25:16Z"], ["soon"]),
        ("date", ["2025-07-01", "2024-02-29"], ["2025-02-29", "2025-7-1", "2025-07-01T18:25:16Z"]),
        ("duration", ["1h30m", "-2s", "2 days", "3 weeks 1 hour"], ["soon", "5", "", "1 fortnight"]),
        ("byte", ["", "aGk=", "aGk\n="], ["aGk", "%"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000"], ["123e4567", ""]),
        ("uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]),
        ("ipv4", ["10.0.0.1"], ["10.0.0.256", "10.0.0.01", "::1", ""]), ("ipv6", ["::1", "2001:db8::1"], ["10.0.0.1", ":::"]),
        ("cidr", ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0", "10.0.0.0/33"]),
        ("mac", ["00:00:5e:00:53:01", "00-00-5e-00-53-01", "0000.5e00.5301"], ["00:00:5e", "00:00:5e:00:53:0g"]),
        ("uri", ["https://a.example/x", "/x"], ["a b", ""]), ("hostname", ["a.example", "A-1"], ["a_b", "-a", "a..b"]),
        ("hexcolor", ["#FFF", "c0ffee"], ["#FFFF"]), ("quantity", ["10Gi", "1.5"], ["ten"]),
        ("k8s-short-name", ["my-name"], ["My-name", "a.b", "-a"]), ("k8s-long-name", ["a.b-c"], ["a..b", "A"]),
        ("password", ["", "anything"], []), ("unheard-of", ["", "anything"], []),
    ]

    @Test(arguments: formats) func format(_ c: (name: String, good: [String], bad: [String])) throws {
        let schema = try schema(of: ["type": "string", "format": .string(c.name)])
        for text in c.good { #expect(schema.problems(["x": .string(text)]).isEmpty, "\(text)") }
        for text in c.bad {
            let issues = schema.verdict(on: ["x": .string(text)]).issues
            #expect(issues.first?.reason == .typeInvalid, "\(text)")
            #expect(issues.first?.message.contains(": x in body must be of type \(c.name): ") == true)
        }
    }

    @Test func formatsOfNumbers() throws {
        let small = try schema(of: ["type": "integer", "format": "int32"])
        #expect(small.problems(["x": 2_147_483_647]).isEmpty)
        #expect(
            small.problems(["x": 2_147_483_648]) == [
                "x: Invalid value: 2147483648: Checked value must be of type integer with format int32 in x"
            ]
        )
        let large = try schema(of: ["type": "integer", "format": "int64"])
        #expect(large.problems(["x": .integer(.min)]).isEmpty)
        #expect(try !schema(of: ["type": "number", "format": "float"]).problems(["x": .number(1e300)]).isEmpty)
        #expect(try schema(of: ["type": "number", "format": "double"]).problems(["x": .number(1e300)]).isEmpty)
    }
}
