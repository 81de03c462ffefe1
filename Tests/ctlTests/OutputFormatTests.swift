import Foundation
import JSON
import Testing

@testable import ctl

struct OutputFormatTests {
    private static let list: JSONValue = [
        "kind": "List",
        "items": [
            ["kind": "A", "metadata": ["name": "worker-10"], "n": 2, "l": ["x", "y"], "m": ["b": 1, "a": "z"]],
            ["kind": "A", "metadata": ["name": "worker-2"], "n": 10, "f": true, "z": .null],
        ],
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        let format: String
        let text: String
        var testDescription: String { format }
    }

    /// As kubectl 1.37 prints them.
    static let cases = [
        Case(
            format: "custom-columns=NAME:.metadata.name,N:.n,NO:.nothing",
            text: "NAME        N     NO\nworker-10   2     <none>\nworker-2    10    <none>\n"
        ),
        Case(format: "jsonpath-as-json={.items[*].n}", text: "[\n    2,\n    10\n]\n"),
        Case(format: "jsonpath-as-json={range .items[*]}{.n}{\" \"}{end}", text: "[\n    2,\n    10\n]\n"),
        Case(format: "jsonpath={.items[0].l['0','1']}{.items[0].m['a','b']}{.items[0].l[0,1]}", text: "z 1x y"),
        Case(format: "name", text: "a/worker-10\na/worker-2\n"),
    ]

    @Test(arguments: cases)
    func printsAsKubectlDoes(_ c: Case) throws {
        let format = try #require(OutputFormat(argument: c.format))
        #expect(try format.text(of: Self.list) { _ in "a" } == c.text)
    }

    @Test func printsWhatIsNoTextTheWayGoDoes() throws {
        let format = OutputFormat.customColumns("L:.l,EACH:.l[*],M:{.m},F:.f,Z:.z")
        let text = try format.text(of: Self.list, withHeader: false) { _ in "" }
        let rows = (text ?? "").split(separator: "\n").map {
            $0.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.first?.filter { !$0.isEmpty } == ["[x y]", "x,y", "map[a:z b:1]", "<none>", "<none>"])
        #expect(rows.last?.filter { !$0.isEmpty } == ["<none>", "<none>", "<none>", "true", "<nil>"])
    }

    @Test func readsATemplateFromAFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString)")
        try Data("{.kind}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try OutputFormat(argument: "jsonpath-file=\(file.path)")?.text(of: Self.list) { _ in "" } == "List")
    }

    @Test(arguments: [
        "jsonpath=", "custom-columns=", "custom-columns=NAME", "jsonpath-as-json=", "custom-columns=A:.a[",
        "jsonpath={.a['b',}",
    ])
    func refusesATemplateThatSaysNothing(_ text: String) throws {
        let format = try #require(OutputFormat(argument: text))
        #expect(throws: CommandFailure.self) { try format.text(of: Self.list) { _ in "" } }
    }

    struct Order: CustomTestStringConvertible, Sendable {
        let path: String
        let values: [JSONValue]
        let sorted: [Int]
        var testDescription: String { "\(path) \(sorted)" }
    }

    @Test(arguments: [
        Order(path: ".v", values: ["worker-2", "worker-10", "worker-10a"], sorted: [1, 2, 0]),
        Order(path: ".v", values: ["10", "9", "a10", "a9"], sorted: [1, 0, 2, 3]),
        Order(path: "{.v}", values: [10, 9, 100], sorted: [1, 0, 2]),
        Order(path: ".v", values: [true, false], sorted: [1, 0]),
        Order(path: ".v", values: ["2026-03-01T12:00:00Z", "2026-03-01T11:59:59Z"], sorted: [1, 0]),
        Order(path: ".v", values: ["b", .null, "a"], sorted: [1, 2, 0]),
        Order(path: ".v", values: ["a", "a", "a"], sorted: [0, 1, 2]),
    ])
    func sortsByWhatAPathFinds(_ c: Order) throws {
        let objects = c.values.enumerated().map { position, value -> JSONValue in
            value.isNull ? ["i": .integer(Int64(position))] : ["i": .integer(Int64(position)), "v": value]
        }
        let sorted = try ObjectOrder(c.path).sorted(objects) { $0 }
        #expect(sorted.compactMap { $0["i"]?.integerValue }.map(Int.init) == c.sorted)
    }

    @Test func refusesToSortByNothing() throws {
        let order = try ObjectOrder(".nothing")
        #expect(throws: CommandFailure("couldn't find any field with path \".nothing\" in the list of objects")) {
            try order.sorted([["a": 1]] as [JSONValue]) { $0 }
        }
        #expect(try order.sorted([] as [JSONValue]) { $0 } == [])
        #expect(try order.sorted([["a": 2], ["a": 1]] as [JSONValue], mustFind: false) { $0 } == [["a": 2], ["a": 1]])
    }

    @Test func showsLabelsAndEventsInColumns() throws {
        let table = ServerTable.reading([
            "kind": "Table", "columnDefinitions": [["name": "Name", "priority": 0]],
            "rows": [
                ["cells": ["a"], "object": ["metadata": ["labels": ["x.y/team": "idp", "b": "c"]]]],
                ["cells": ["b"], "object": ["metadata": [:]]],
            ],
        ])
        let layout = ServerTable.Layout(showsLabels: true, labelColumns: ["x.y/team", "b"])
        #expect(
            table.table(layout, event: "ADDED").text() == """
                EVENT   NAME   TEAM   B     LABELS
                ADDED   a      idp    c     b=c,x.y/team=idp
                ADDED   b                   <none>

                """
        )
        #expect(TextTable(header: ["LONGHEADING", "X"], rows: [["a", "b"]]).text(withHeader: false) == "a     b\n")
    }
}
