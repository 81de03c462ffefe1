import JSON
import Testing

@testable import Schema

/// Which faults of a stored value are let pass on an update, and what counts as unchanged.
struct RatchetingLanguageTests {
    /// A text of at most three letters that begins with an a.
    static let text: JSONValue = [
        "type": "string", "maxLength": 3, "x-kubernetes-validations": [["rule": "self.startsWith('a')", "message": "a first"]],
    ]
    static let item: JSONValue = ["type": "object", "required": ["k"], "properties": ["k": ["type": "string"], "v": text]]

    static func list(_ type: String, _ item: JSONValue = text) -> JSONValue {
        var list: JSONValue = ["type": "array", "x-kubernetes-list-type": .string(type), "items": item, "maxItems": 3]
        if type == "map" { list["x-kubernetes-list-map-keys"] = ["k"] }
        return list
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let schema: JSONValue
        let old: JSONValue
        let new: JSONValue
        var problems: [String] = []
        var warnings: [String] = []
        var testDescription: String { name }
    }

    private static let shown = "Invalid value: \"b\": a first"
    private static let tooLong = "Too long: may not be more than 3 bytes"

    static let values = [
        Case(name: "a broken rule", schema: text, old: ["x": "b"], new: ["x": "b", "y": 1], warnings: ["x: \(shown)"]),
        Case(
            name: "another value that breaks the rule",
            schema: text,
            old: ["x": "c"],
            new: ["x": "b"],
            problems: ["x: \(shown)"]
        ),
        Case(name: "a length", schema: text, old: ["x": "abcd"], new: ["x": "abcd", "y": 1]),
        Case(name: "another length", schema: text, old: ["x": "abcd"], new: ["x": "abcde"], problems: ["x: \(tooLong)"]),
        Case(name: "a value that was not there", schema: text, old: [:], new: ["x": "b"], problems: ["x: \(shown)"]),
        Case(
            name: "a missing member of what did not change",
            schema: item,
            old: ["x": ["v": "a"]],
            new: ["x": ["v": "a"], "y": 1]
        ),
        Case(
            name: "a missing member of what changed",
            schema: item,
            old: ["x": ["v": "a"]],
            new: ["x": ["v": "ab"]],
            problems: ["x.k: Required value"]
        ),
        Case(
            name: "a fault inside of what changed",
            schema: item,
            old: ["x": ["k": "1", "v": "b"]],
            new: ["x": ["k": "2", "v": "b"]],
            warnings: ["x.v: \(shown)"]
        ),
        Case(
            name: "a number written otherwise",
            schema: ["type": "integer", "maximum": 1],
            old: ["x": 2],
            new: ["x": 2.0, "y": 1]
        ),
        Case(
            name: "members that nobody knows",
            schema: ["type": "object", "x-kubernetes-preserve-unknown-fields": true, "maxProperties": 1],
            old: ["x": ["a": 1, "b": [1]]],
            new: ["x": ["a": 1, "b": [1]], "y": 1]
        ),
    ]

    static let lists = ["atomic", "set"].flatMap { type in
        [
            Case(
                name: "items of a list that did not change (\(type))",
                schema: list(type),
                old: ["x": ["b", "abcd"]],
                new: ["x": ["b", "abcd"], "y": 1],
                warnings: ["x[0]: \(shown)"]
            ),
            Case(
                name: "items of a list that became longer (\(type))",
                schema: list(type),
                old: ["x": ["b"]],
                new: ["x": ["b", "a"]],
                problems: ["x[0]: \(shown)"]
            ),
            Case(
                name: "items in another order (\(type))",
                schema: list(type),
                old: ["x": ["b", "a"]],
                new: ["x": ["a", "b"]],
                problems: ["x[1]: \(shown)"]
            ),
        ]
    }

    static let keyed = [
        Case(
            name: "an item with the same key",
            schema: list("map", item),
            old: ["x": [["k": "1", "v": "b"]]],
            new: ["x": [["k": "2", "v": "a"], ["k": "1", "v": "b"]]],
            warnings: ["x[1].v: \(shown)"]
        ),
        Case(
            name: "an item with another key",
            schema: list("map", item),
            old: ["x": [["k": "1", "v": "b"]]],
            new: ["x": [["k": "2", "v": "b"]]],
            problems: ["x[0].v: \(shown)"]
        ),
        Case(
            name: "too many items in another order",
            schema: list("map", item),
            old: ["x": [["k": "1"], ["k": "2"], ["k": "3"], ["k": "4"]]],
            new: ["x": [["k": "4"], ["k": "3"], ["k": "2"], ["k": "1"]], "y": 1]
        ),
        Case(
            name: "too many items and one of them changed",
            schema: list("map", item),
            old: ["x": [["k": "1"], ["k": "2"], ["k": "3"], ["k": "4"]]],
            new: ["x": [["k": "1"], ["k": "2"], ["k": "3"], ["k": "4", "v": "a"]]],
            problems: ["x: Too many: 4: must have at most 3 items"]
        ),
        Case(
            name: "an item behind another with its key",
            schema: list("map", item),
            old: ["x": [["k": "1"], ["k": "1", "v": "b"]]],
            new: ["x": [["k": "1"], ["k": "1", "v": "b"]], "y": 1],
            warnings: ["x[1].v: \(shown)"]
        ),
        Case(
            name: "items without the key",
            schema: list("map", item),
            old: ["x": [["v": "b"]]],
            new: ["x": [["v": "b"]], "y": 1],
            warnings: ["x[0].v: \(shown)"]
        ),
    ]

    private static let set = list("set", ["type": "string"])
    static let repetitions = [
        Case(
            name: "a new repetition",
            schema: set,
            old: ["x": ["a"]],
            new: ["x": ["a", "a"]],
            problems: ["x[1]: Duplicate value: \"a\""]
        ),
        Case(name: "an old repetition", schema: set, old: ["x": ["a", "a"]], new: ["x": ["a", "a", "b"]]),
        Case(name: "another repetition in place of one", schema: set, old: ["x": ["a", "a"]], new: ["x": ["b", "b"]]),
    ]

    @Test(arguments: values + lists + keyed + repetitions) func judges(_ c: Case) throws {
        let schema = try schema(of: c.schema, beside: ["y": ["type": "integer"]])
        #expect(schema.problems(c.new, replacing: c.old) == c.problems)
        #expect(schema.warnings(c.new, replacing: c.old) == c.warnings)
    }

    /// As Kubernetes: an object that has a repetition anywhere is asked for none.
    @Test func aRepetitionElsewhereIsLetPassToo() throws {
        let schema = try schema(of: Self.set, beside: ["y": Self.set])
        #expect(schema.problems(["x": ["a", "a"], "y": ["b", "b"]], replacing: ["x": ["a", "a"], "y": ["b"]]).isEmpty)
        #expect(schema.problems(["x": ["a"], "y": ["b", "b"]], replacing: ["x": ["a"], "y": ["b"]]).count == 1)
    }

    /// Kubernetes refuses an unchanged value whose rule has no answer; here nobody is locked out by it.
    @Test func aRuleWithoutAnAnswerIsLetPass() throws {
        let schema = try schema(
            of: ["type": "string", "x-kubernetes-validations": [["rule": "self.split('/')[1] == 'b'", "message": "m"]]],
            beside: ["y": ["type": "integer"]]
        )
        let says = "x: Invalid value: \"a\": index out of bounds: 1 evaluating rule: m"
        #expect(schema.problems(["x": "a"]) == [says])
        #expect(schema.problems(["x": "a", "y": 1], replacing: ["x": "a"]).isEmpty)
        #expect(schema.warnings(["x": "a", "y": 1], replacing: ["x": "a"]) == [says])
    }

    /// Every item breaks a rule, and the object differs from the stored one only at its end: it is compared once, not for every item.
    @Test(.timeLimit(.minutes(5))) func manyFaultsAreLookedAtOnce() throws {
        let rule: JSONValue = ["x-kubernetes-validations": [["rule": "self != 'b'", "message": "m"]]]
        let item = mergePatch(rule, into: ["type": "string"])
        let kind = try schema(of: ["type": "array", "items": item], beside: ["y": ["type": "integer"]])
        let values = JSONValue.array(Array(repeating: "b", count: 20_000))
        let verdict = kind.verdict(on: ["x": values, "y": 2], replacing: ["x": values, "y": 1])
        #expect(verdict.issues.isEmpty)
        #expect(verdict.warnings.count == 20_000)
        let wrong = JSONValue.array(Array(repeating: 5, count: 20_000))
        #expect(kind.verdict(on: ["x": wrong]).issues.count == 20_000)
    }
}
