import Testing

/// The reader of transcripts: what counts as the same output.
@Suite(.systemTest)
struct TranscriptTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let expected: String
        let output: String
        let isSame: Bool
        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "equal", expected: "a\nb", output: "a\nb\n", isSame: true),
        Case(name: "other text", expected: "a\nb", output: "a\nc\n", isSame: false),
        Case(name: "a line too many", expected: "a", output: "a\nb\n", isSame: false),
        Case(name: "a line missing", expected: "a\nb", output: "a\n", isSame: false),
        Case(name: "other widths of columns", expected: "a  b", output: "a     b  \n", isSame: true),
        Case(name: "another indent", expected: "  a", output: "    a\n", isSame: false),
        Case(name: "anything within a line", expected: "x … y", output: "x 17s y\n", isSame: true),
        Case(name: "a tail that differs", expected: "x … y", output: "x 17s z\n", isSame: false),
        Case(name: "any lines", expected: "a\n…\nz", output: "a\nb\nc\nz\n", isSame: true),
        Case(name: "no lines", expected: "a\n…\nz", output: "a\nz\n", isSame: true),
        Case(name: "any lines, then another", expected: "a\n…\nz", output: "a\nb\ny\n", isSame: false),
    ]

    @Test(arguments: cases) func compares(_ c: Case) throws {
        let step = try #require(Transcript(name: "", text: "$ x\n\(c.expected)\n").steps.first)
        #expect(step.isShown(by: c.output) == c.isSame)
    }

    @Test func reads() {
        let transcript = Transcript(name: "", text: "# why\n$ a \\\n>   b\n1\n[3]\n\n$~ c\n")
        #expect(
            transcript.steps == [
                .init(line: 2, command: "a \\\n  b", isRepeated: false, expected: ["1", ""], code: 3),
                .init(line: 7, command: "c", isRepeated: true, expected: [""]),
            ]
        )
    }
}
