import JSON
import Testing
import Web

@testable import API

struct StrategicMergePatchTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var old: JSONValue = [
            "metadata": ["name": "a", "finalizers": ["x", "y"], "labels": ["a": "b"]], "data": ["k": "v"],
            "list": [["name": "p", "n": 1, "m": 1], ["name": "q", "n": 2]], "plain": [1, 2],
        ]
        let patch: JSONValue
        /// Parts of the result by their paths; nil: there is none.
        let expected: [(path: [String], value: JSONValue?)]
    }

    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "data": ["type": "object", "additionalProperties": ["type": "string"]],
            "plain": ["type": "array", "items": ["type": "integer"]],
            "list": [
                "type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name",
                "items": ["type": "object", "properties": ["name": ["type": "string"], "n": ["type": "integer"]]],
            ],
        ],
    ]

    static let cases = [
        Case(
            testDescription: "maps merge, null removes, lists are replaced",
            patch: ["data": ["l": "w"], "metadata": ["labels": ["a": .null]], "plain": [3]],
            expected: [(["data"], ["k": "v", "l": "w"]), (["metadata", "labels"], [:]), (["plain"], [3])]
        ),
        Case(
            testDescription: "items merge by their key",
            patch: ["list": [["name": "q", "n": 3], ["name": "r"]]],
            expected: [(["list"], [["name": "p", "n": 1, "m": 1], ["name": "q", "n": 3], ["name": "r"]])]
        ),
        Case(
            testDescription: "an item goes",
            patch: ["list": [["$patch": "delete", "name": "p"]]],
            expected: [(["list"], [["name": "q", "n": 2]])]
        ),
        Case(
            testDescription: "a list is replaced by a word",
            patch: ["list": [["$patch": "replace"], ["name": "z"]]],
            expected: [(["list"], [["name": "z"]])]
        ),
        Case(
            testDescription: "the order is set, others stay beside",
            patch: ["$setElementOrder/list": [["name": "q"], ["name": "p"]], "list": [["name": "q", "n": 5]]],
            expected: [(["list"], [["name": "q", "n": 5], ["name": "p", "n": 1, "m": 1]])]
        ),
        Case(
            testDescription: "primitive lists merge and lose",
            patch: ["metadata": ["finalizers": ["z", "x"], "$deleteFromPrimitiveList/finalizers": ["y"]]],
            expected: [(["metadata", "finalizers"], ["x", "z"])]
        ),
        Case(
            testDescription: "a map is replaced",
            patch: ["data": ["$patch": "replace", "only": "this"]],
            expected: [(["data"], ["only": "this"])]
        ),
        Case(testDescription: "a map goes", patch: ["data": ["$patch": "delete"]], expected: [(["data"], nil)]),
        Case(
            testDescription: "keys are retained",
            patch: ["list": [["name": "p", "$retainKeys": ["name", "n"], "n": 7]]],
            expected: [(["list"], [["name": "p", "n": 7], ["name": "q", "n": 2]])]
        ),
    ]

    @Test(arguments: cases) func changes(_ c: Case) throws {
        let result = try StrategicMergePatch(c.patch, schema: Self.schema).applied(to: c.old)
        for (path, value) in c.expected {
            let found = path.reduce(result as JSONValue?) { $0?[$1] }
            #expect(found == value, "\(path)")
        }
        #expect(!JSONWriter.text(of: result).contains("$"))
        #expect(result.value(at: "metadata", "name") == "a")
    }

    @Test(
        arguments: [
            ["data": ["$patch": "eat"]], ["$setElementOrder/list": 1], ["$nonsense": []], ["list": [["n": 1]]],
        ] as [JSONValue]
    )
    func refuses(_ patch: JSONValue) {
        #expect(throws: APIStatus.self) { try StrategicMergePatch(patch, schema: Self.schema).applied(to: Self.cases[0].old) }
    }
}
