import ArgumentParser
import Testing

@testable import ctl

struct CompletionTests {
    struct Line: CustomTestStringConvertible, Sendable {
        let typed: String
        let arguments: [String]
        var namespace: String?
        var testDescription: String { typed }
    }

    /// The last word is the one to be completed.
    @Test(arguments: [
        Line(typed: "ctl get a", arguments: []), Line(typed: "ctl get co k", arguments: ["co"]),
        Line(typed: "ctl get -n mine co k", arguments: ["co"], namespace: "mine"),
        Line(typed: "ctl --namespace=mine get -o yaml co a b", arguments: ["co", "a"], namespace: "mine"),
        Line(typed: "ctl -n mine get co x", arguments: ["co"], namespace: "mine"),
        Line(typed: "ctl auth can-i get s", arguments: ["get"]), Line(typed: "ctl wait --for=delete co x", arguments: ["co"]),
        Line(typed: "ctl wait --for delete co x", arguments: ["co"]), Line(typed: "ctl get -l a=b -w co x", arguments: ["co"]),
        Line(typed: "ctl get -n", arguments: []), Line(typed: "ctl get cm -n open", arguments: ["cm"]),
        Line(typed: "ctl", arguments: []),
    ])
    func readsTheLine(_ c: Line) async throws {
        let words = c.typed.split(separator: " ").map(String.init)
        let line = try await CompletionLine(words, index: words.count - 1)
        #expect(line.arguments == c.arguments && line.connection.namespace == c.namespace)
    }

    @Test(arguments: CompletionCommand.Shell.allCases)
    func asksTheProgramInEveryShell(_ shell: CompletionCommand.Shell) {
        let script = Ctl.completionScript(for: shell.kind)
        #expect(script.contains("---completion") && script.contains("can-i"))
    }
}
