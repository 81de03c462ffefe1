import JSON
import Testing

@testable import API

struct ColumnPathTests {
    static let object: JSONValue = [
        "metadata": ["name": "x", "annotations": ["a.b/c": "note"]],
        "status": [
            "versions": [["name": "raw", "version": "1"], ["name": "operator", "version": "4.19"]],
            "conditions": [["type": "Available", "status": "True"]],
        ],
    ]

    static let cases: [(String, [JSONValue])] = [
        (".metadata.name", ["x"]),
        ("$.metadata.name", ["x"]),
        (".metadata.annotations.a\\.b/c", ["note"]),
        (".metadata.annotations['a.b/c']", ["note"]),
        (".status.versions[?(@.name==\"operator\")].version", ["4.19"]),
        (".status.versions[?(@.name == 'operator')].version", ["4.19"]),
        (".status.versions[0].version", ["1"]),
        (".status.versions[*].version", ["1", "4.19"]),
        (".status.versions[7].version", []),
        (".status.conditions[?(@.type==\"Gone\")].status", []),
        (".spec.missing", []),
    ]

    @Test(arguments: cases)
    func finds(_ path: String, _ values: [JSONValue]) throws {
        #expect(try #require(ColumnPath(path)).values(in: Self.object) == values)
    }

    @Test(arguments: ["a..b", ".a[", ".a[?(@.x>1)]", ".a[x]"])
    func refuses(_ path: String) {
        #expect(ColumnPath(path) == nil)
    }
}

struct ClusterOperatorMessageTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let conditions: JSONValue
        let message: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing reported", conditions: [], message: ""),
        Case(
            name: "all well",
            conditions: [["type": "Available", "status": "True", "message": "fine"]],
            message: ""
        ),
        Case(
            name: "progressing",
            conditions: [
                ["type": "Available", "status": "True", "message": "fine"],
                ["type": "Progressing", "status": "True", "message": "NodeInstallerProgressing: 1 node is at revision 2"],
            ],
            message: "NodeInstallerProgressing: 1 node is at revision 2"
        ),
        Case(
            name: "degraded is worse than progressing",
            conditions: [
                ["type": "Progressing", "status": "True", "message": "moving"],
                ["type": "Degraded", "status": "True", "message": "broken"],
            ],
            message: "broken"
        ),
        Case(
            name: "unavailable is worst, and the reason stands in for a message",
            conditions: [
                ["type": "Degraded", "status": "True", "message": "broken"],
                ["type": "Available", "status": "False", "reason": "NoWorkers", "message": ""],
            ],
            message: "NoWorkers"
        ),
    ]

    @Test(arguments: cases)
    func tellsTheWorst(_ c: Case) {
        #expect(ClusterOperatorMessage.text(of: ["status": ["conditions": c.conditions]]) == c.message)
    }
}
