import JSON
import Schema
import Testing

@testable import ctl

struct ApplyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var original: JSONValue?
        let modified: JSONValue
        let current: JSONValue
        let patch: JSONValue
    }

    static let cases = [
        Case(testDescription: "nothing to do", modified: ["a": 1], current: ["a": 1, "b": 2], patch: [:]),
        Case(testDescription: "a change", modified: ["s": ["a": 2]], current: ["s": ["a": 1, "b": 2]], patch: ["s": ["a": 2]]),
        Case(testDescription: "a new member", modified: ["s": ["a": 1]], current: [:], patch: ["s": ["a": 1]]),
        Case(
            testDescription: "what was applied and is no longer said goes",
            original: ["s": ["a": 1, "b": 2]],
            modified: ["s": ["a": 1]],
            current: ["s": ["a": 1, "b": 3]],
            patch: ["s": ["b": .null]]
        ),
        Case(
            testDescription: "what others set stays",
            original: ["s": ["a": 1]],
            modified: ["s": ["a": 1]],
            current: ["s": ["a": 1, "b": 3]],
            patch: [:]
        ),
        Case(
            testDescription: "what is gone already need not go",
            original: ["s": ["a": 1, "b": 2]],
            modified: ["s": ["a": 1]],
            current: ["s": ["a": 1]],
            patch: [:]
        ),
        Case(testDescription: "null removes", modified: ["w": .null], current: ["w": ["x": 1]], patch: ["w": .null]),
        Case(
            testDescription: "null of nothing is nothing",
            original: ["w": .null],
            modified: ["w": .null],
            current: [:],
            patch: [:]
        ),
        Case(
            testDescription: "a list is one value",
            modified: ["l": [["a": 1]]],
            current: ["l": [["a": 1, "defaulted": true]]],
            patch: ["l": [["a": 1]]]
        ),
        Case(testDescription: "another type", modified: ["a": ["b": 1]], current: ["a": "text"], patch: ["a": ["b": 1]]),
    ]

    @Test(arguments: cases)
    func makesTheSmallestPatch(_ c: Case) {
        let patch = ThreeWayMerge.patch(original: c.original, modified: c.modified, current: c.current)
        #expect(patch == c.patch)
        // Applying it leaves nothing to do but what the server keeps adding.
        let after = mergePatch(patch, into: c.current)
        #expect(ThreeWayMerge.patch(original: c.modified, modified: c.modified, current: after) == [:])
    }

    @Test func theRecordIsKubectlsOwn() {
        let manifest: JSONValue = ["kind": "Authentication", "metadata": ["name": "cluster"], "spec": ["a": .null]]
        let recorded = LastApplied.recording(manifest)
        #expect(
            recorded.value(at: "metadata", "annotations")?[LastApplied.annotation]
                == .string(
                    "{\"kind\":\"Authentication\",\"metadata\":{\"annotations\":{},\"name\":\"cluster\"},\"spec\":{\"a\":null}}\n"
                )
        )
        #expect(LastApplied.recording(recorded) == recorded)
        #expect(LastApplied.manifest(of: recorded)?["spec"] == ["a": .null])
        #expect(LastApplied.manifest(of: manifest) == nil)
        #expect(LastApplied.manifest(of: ["metadata": ["annotations": [LastApplied.annotation: "{"]]]) == nil)
    }
}
