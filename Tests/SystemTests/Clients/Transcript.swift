import Foundation
import Testing

/// A file that reads like a terminal: commands of real clients, and what each must print.
///
///     $ kubectl get co kube-apiserver
///     NAME             …   AVAILABLE   …
///     kube-apiserver   …   True        …
///
/// `…` stands for anything within a line, and alone for any number of lines. Runs of spaces and tabs within a line count as one space.
/// Lines that begin with `> ` go on with the command, `[1]` is an exit code, `$~` is typed until it prints what it must,
/// and lines that begin with `# ` are for readers.
struct Transcript: Sendable {
    struct Step: Hashable, Sendable {
        let line: Int
        var command: String
        let isRepeated: Bool
        var expected: [String] = []
        var code: Int32 = 0
    }

    let name: String
    let steps: [Step]

    init(_ name: String) throws {
        self.init(name: name, text: try String(contentsOf: RealClients.sources.appending(path: name), encoding: .utf8))
    }

    init(name: String, text: String) {
        self.name = name
        var steps: [Step] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("# ") { continue }
            if line.hasPrefix("$ ") || line.hasPrefix("$~ ") {
                let command = line.drop { $0 != " " }.dropFirst()
                steps.append(Step(line: index + 1, command: String(command), isRepeated: line.hasPrefix("$~")))
            } else if var step = steps.popLast() {
                if line.hasPrefix("> ") || line == ">" {
                    step.command += "\n" + line.dropFirst(2)
                } else if let code = Self.exitCode(line) {
                    step.code = code
                } else {
                    step.expected.append(String(line))
                }
                steps.append(step)
            }
        }
        self.steps = steps
    }

    private static func exitCode(_ line: Substring) -> Int32? {
        guard line.hasPrefix("["), line.hasSuffix("]") else { return nil }
        return Int32(line.dropFirst().dropLast())
    }
}

extension Transcript.Step {
    /// Whether the output is the expected one. Empty lines at the end do not count, in either.
    func isShown(by output: String) -> Bool {
        let expected = Self.lines(expected), found = Self.lines(output.components(separatedBy: "\n"))
        // Which of the expected lines can be next, having read what was found so far.
        var states = Self.skippingAnyLines([0], expected)
        for line in found {
            var next: Set<Int> = []
            for state in states where state < expected.count {
                if expected[state] == "…" {
                    next.insert(state)
                } else if Self.matches(line, expected[state]) {
                    next.insert(state + 1)
                }
            }
            states = Self.skippingAnyLines(next, expected)
        }
        return states.contains(expected.count)
    }

    private static func skippingAnyLines(_ states: Set<Int>, _ expected: [String]) -> Set<Int> {
        var all = states
        for index in expected.indices where expected[index] == "…" && all.contains(index) { all.insert(index + 1) }
        return all
    }

    private static func lines(_ lines: [String]) -> [String] {
        var lines = lines.map { line -> String in
            let words = line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            return words.isEmpty ? "" : line.prefix { $0 == " " } + words
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Each part between two `…` must follow the one before it.
    private static func matches(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard parts.count > 1 else { return line == pattern }
        guard line.hasPrefix(parts[0]) else { return false }
        var rest = line.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}
