import JSON
import Testing

@testable import Schema

/// CEL rules in a schema: what they see, what they say and where, and when they are not asked.
struct RuleLanguageTests {
    static func ruled(_ rules: JSONValue..., type: JSONValue = ["type": "string"]) -> JSONValue {
        mergePatch(["x-kubernetes-validations": .array(rules)], into: type)
    }

    static let twoTexts: JSONValue = [
        "type": "object", "properties": ["a": ["type": "string"], "b c": ["type": "string"]],
    ]

    static let words: [(name: String, rule: JSONValue, says: String)] = [
        ("the message", ["rule": "false", "message": " wrong "], "x: Invalid value: \"object\": wrong"),
        ("the rule itself", ["rule": " false "], "x: Invalid value: \"object\": failed rule: false"),
        (
            "a message made for the value", ["rule": "false", "message": "m", "messageExpression": "' not ' + self.a"],
            "x: Invalid value: \"object\": not A"
        ),
        (
            "the message where the made one is empty", ["rule": "false", "message": "m", "messageExpression": "' '"],
            "x: Invalid value: \"object\": m"
        ),
        (
            "the message where the made one has lines", ["rule": "false", "message": "m", "messageExpression": "'a\\nb'"],
            "x: Invalid value: \"object\": m"
        ),
        (
            "the message where the made one is too long",
            ["rule": "false", "message": "m", "messageExpression": .string("'\(String(repeating: "x", count: 5_121))'")],
            "x: Invalid value: \"object\": m"
        ),
        (
            "the message where none could be made",
            ["rule": "false", "message": "m", "messageExpression": "string(1 / int(self.a.size() - 1))"],
            "x: Invalid value: \"object\": m"
        ),
        ("forbidden", ["rule": "false", "message": "m", "reason": "FieldValueForbidden"], "x: Forbidden: m"),
        ("required", ["rule": "false", "message": "m", "reason": "FieldValueRequired"], "x: Required value: m"),
        ("twice", ["rule": "false", "message": "m", "reason": "FieldValueDuplicate"], "x: Duplicate value: \"object\""),
        ("elsewhere", ["rule": "false", "message": "m", "fieldPath": ".a"], "x.a: Invalid value: \"object\": m"),
        (
            "elsewhere in brackets", ["rule": "false", "message": "m", "fieldPath": "['b c']"],
            "x.b c: Invalid value: \"object\": m"
        ),
        (
            "a rule that fails", ["rule": "1 / (self.a.size() - 1) > 0", "message": "m", "fieldPath": ".a"],
            "x: Invalid value: \"object\": division by zero evaluating rule: m"
        ),
        (
            "a rule that fails and has no message", ["rule": "[1][self.a.size()] > 0"],
            "x: Invalid value: \"object\": index out of bounds: 1 evaluating rule: [1][self.a.size()] > 0"
        ),
    ]

    @Test(arguments: words) func says(_ c: (name: String, rule: JSONValue, says: String)) throws {
        let schema = try schema(of: Self.ruled(c.rule, type: Self.twoTexts))
        #expect(schema.problems(["x": ["a": "A"]]) == [c.says])
    }

    /// What `self` is to a rule.
    static let views: [(name: String, type: JSONValue, rule: String, value: JSONValue)] = [
        (
            "a time", ["type": "string", "format": "date-time"], "self > timestamp('2025-01-01T00:00:00Z')",
            "2025-07-01T18:25:16Z"
        ),
        ("a day", ["type": "string", "format": "date"], "self == timestamp('2025-07-01T00:00:00Z')", "2025-07-01"),
        ("a span", ["type": "string", "format": "duration"], "self == duration('90m')", "1h30m"),
        ("bytes", ["type": "string", "format": "byte"], "self == b'hi'", "aGk="),
        ("a number that is whole", ["type": "number"], "self == 1.0", 1),
        ("an integer with a point", ["type": "integer"], "self == 1", 1.0),
        ("a number or a text", ["x-kubernetes-int-or-string": true], "type(self) == int ? self < 2 : self == 'all'", "all"),
        (
            "a map", ["type": "object", "additionalProperties": ["type": "integer"]], "self.all(k, self[k] == 1)",
            ["a": 1, "b": 1]
        ),
        ("an absent member", twoTexts, "!has(self.a)", [:]),
        (
            "null", ["type": "object", "properties": ["a": ["type": "string", "nullable": true]]],
            "!has(self.a) || self.a == null",
            ["a": .null]
        ),
    ]

    @Test(arguments: views) func sees(_ c: (name: String, type: JSONValue, rule: String, value: JSONValue)) throws {
        let schema = try schema(of: Self.ruled(["rule": .string(c.rule)], type: c.type))
        #expect(schema.problems(["x": c.value]).isEmpty)
    }

    @Test func isNotAskedAboutNull() throws {
        let schema = try schema(of: Self.ruled(["rule": "false"], type: ["type": "string", "nullable": true]))
        #expect(schema.problems(["x": .null]).isEmpty)
    }

    /// Kubernetes asks no rule at all where a value has the wrong type, is missing, unknown or too long; here only those rules are left out
    /// that would have to look at it.
    @Test func isAskedBesideFaultsThatDoNotConcernIt() throws {
        let schema = try schema(
            of: Self.ruled(
                ["rule": "self.startsWith('a')", "message": "rule"],
                type: ["type": "string", "minLength": 1, "maxLength": 3]
            ),
            beside: ["y": ["type": "integer"]]
        )
        let short = "x: Invalid value: \"\": x in body should be at least 1 chars long"
        #expect(schema.problems(["x": ""]) == [short, "x: Invalid value: \"\": rule"])
        #expect(schema.problems(["x": "long"]) == ["x: Too long: may not be more than 3 bytes"])
        let type = "y: Invalid value: \"string\": y in body must be of type integer: \"string\""
        #expect(schema.problems(["x": "b", "y": "z"]) == [type, "x: Invalid value: \"b\": rule"])
    }

    @Test func isAskedNothingMoreWhenItCostsTooMuch() throws {
        let costly = "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))"
        let list: JSONValue = ["type": "array", "items": ["type": "integer"]]
        let schema = try schema(
            of: Self.ruled(["rule": .string(costly), "message": "m"], ["rule": "false", "message": "after it"], type: list),
            beside: ["y": Self.ruled(["rule": "false", "message": "behind it"])]
        )
        let many = JSONValue.array((0..<120).map { .integer($0) })
        let stopped =
            "x: Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due "
            + "to call cost exceeds limit for rule: m"
        #expect(schema.problems(["x": many, "y": "z"]) == [stopped])
        #expect(schema.problems(["x": many], replacing: ["x": many]) == [stopped], "what was not asked is not known to be good")
    }

    @Test func sharesABudgetWithAllOthers() throws {
        let item = Self.ruled(
            ["rule": "self.all(a, self.all(b, a + b >= 0))"],
            type: ["type": "array", "items": ["type": "integer"]]
        )
        let schema = try schema(of: ["type": "array", "items": item])
        let values = JSONValue.array((0..<200).map { _ in .array((0..<150).map { .integer($0) }) })
        let problems = schema.problems(["x": values])
        #expect(problems.count == 1)
        #expect(
            problems.first?.hasSuffix(
                ": Invalid value: \"array\": validation failed due to running out of cost budget, no further validation rules will be run"
            ) == true,
            "\(problems)"
        )
    }

    // MARK: - Rules on changes

    static let onlyUp: JSONValue = ["rule": "self >= oldSelf", "message": "only up"]

    @Test func aRuleOnChangesNeedsAnOldValue() throws {
        let schema = try schema(of: Self.ruled(Self.onlyUp, type: ["type": "integer", "nullable": true]))
        #expect(schema.problems(["x": 1]).isEmpty)
        #expect(schema.problems(["x": 1], replacing: [:]).isEmpty)
        #expect(schema.problems(["x": 1], replacing: ["x": .null]).isEmpty)
        #expect(schema.problems(["x": 2], replacing: ["x": 1]).isEmpty)
        #expect(schema.problems(["x": 1], replacing: ["x": 2]) == ["x: Invalid value: 1: only up"])
    }

    @Test func aRuleOnChangesIsNeverLetPass() throws {
        let schema = try schema(of: Self.ruled(["rule": "self > oldSelf", "message": "m"], type: ["type": "integer"]))
        #expect(schema.problems(["x": 1], replacing: ["x": 1]) == ["x: Invalid value: 1: m"])
    }

    @Test func anOptionalOldValue() throws {
        let rule: JSONValue = [
            "rule": "oldSelf.hasValue() || self == 'first'", "message": "begins with first", "optionalOldSelf": true,
        ]
        let schema = try schema(of: Self.ruled(rule))
        #expect(schema.problems(["x": "first"]).isEmpty)
        #expect(schema.problems(["x": "other"]) == ["x: Invalid value: \"other\": begins with first"])
        #expect(schema.problems(["x": "other"], replacing: ["x": "first"]).isEmpty)
    }

    @Test func itemsAreFoundByTheirKeysAndMembersByTheirNames() throws {
        let list = try schema(
            of: [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": [
                    "type": "object",
                    "properties": ["k": ["type": "string"], "v": Self.ruled(Self.onlyUp, type: ["type": "integer"])],
                ],
            ]
        )
        let old: JSONValue = ["x": [["k": "a", "v": 1], ["k": "b", "v": 5]]]
        #expect(list.problems(["x": [["k": "b", "v": 5], ["k": "c", "v": 0], ["k": "a", "v": 2]]], replacing: old).isEmpty)
        #expect(
            list.problems(["x": [["k": "b", "v": 4], ["k": "a", "v": 1]]], replacing: old) == [
                "x[0].v: Invalid value: 4: only up"
            ]
        )
        for kind in ["granular", "atomic"] {
            let map = try schema(
                of: [
                    "type": "object", "x-kubernetes-map-type": .string(kind),
                    "additionalProperties": Self.ruled(Self.onlyUp, type: ["type": "integer"]),
                ]
            )
            #expect(map.problems(["x": ["a": 1, "b": 0]], replacing: ["x": ["a": 2]]) == ["x[a]: Invalid value: 1: only up"])
        }
    }
}
