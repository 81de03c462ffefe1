import JSON
import Testing

@testable import ctl

struct JSONPathTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let template: String
        let text: String
        var testDescription: String { template }
    }

    private static let value: JSONValue = [
        "kind": "List",
        "items": [
            [
                "metadata": ["name": "a", "annotations": ["x.y/z": "dotted"]], "n": 1,
                "c": [["type": "Ready", "status": "True"], ["type": "Other"]],
            ],
            ["metadata": ["name": "b"], "n": 2, "c": [["type": "Ready", "status": "False"]], "flag": true],
        ],
    ]

    static let cases = [
        Case(template: "{.kind}", text: "List"),
        Case(template: "{$.kind}", text: "List"),
        Case(template: "kind: {.kind}!", text: "kind: List!"),
        Case(template: "{.items[0].metadata.name}", text: "a"),
        Case(template: "{.items[-1].metadata.name}", text: "b"),
        Case(template: "{.items[5].metadata.name}", text: ""),
        Case(template: "{.items[*].metadata.name}", text: "a b"),
        Case(template: "{.items[0:1].n}", text: "1"),
        Case(template: "{.items[:].n}", text: "1 2"),
        Case(template: "{.items[0].metadata.annotations.x\\.y/z}", text: "dotted"),
        Case(template: "{.items[0].metadata.annotations['x.y/z']}", text: "dotted"),
        Case(template: "{.items[0].c[?(@.type==\"Ready\")].status}", text: "True"),
        Case(template: "{.items[?(@.n>1)].metadata.name}", text: "b"),
        Case(template: "{.items[?(@.flag)].metadata.name}", text: "b"),
        Case(template: "{.items[?(@.n!=1)].n}", text: "2"),
        Case(template: "{..name}", text: "a b"),
        Case(template: "{.missing.deeper}", text: ""),
        Case(template: "{.items[0].metadata}", text: "{\"annotations\":{\"x.y/z\":\"dotted\"},\"name\":\"a\"}"),
        Case(template: "{range .items[*]}{.metadata.name}={.n}{\"\\n\"}{end}", text: "a=1\nb=2\n"),
        Case(template: "{range .items[*]}{range .c[*]}{.type},{end};{end}", text: "Ready,Other,;Ready,;"),
    ]

    @Test(arguments: cases)
    func reads(_ c: Case) throws { #expect(try JSONPathTemplate(c.template).text(of: Self.value) == c.text) }

    @Test(arguments: ["{", "{.a", "{range .a}", "{end}", "{.a[}", "{.a[x]}", "{.a[?(@.b==c)]}", "{\"a}", "{.a..}{.}b[", "{.[}"])
    func refusesOrTakesWithoutHarm(_ template: String) {
        // The last ones are odd but legal; all that matters is that nothing traps.
        _ = try? JSONPathTemplate(template).text(of: Self.value)
        if template.hasPrefix("{range") || template == "{" || template == "{end}" {
            #expect(throws: CommandFailure.self) { try JSONPathTemplate(template) }
        }
    }
}
