import Testing
import WorkerArguments

@testable import Worker

struct ReviewerTokensTests {
    private static let one = "0123456789abcdef"
    private static let two = "the-second.token/of+the~file_=="

    struct List: CustomTestStringConvertible, Sendable {
        let text: String
        let tokens: [String]
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ tokens: [String]) { (self.text, self.tokens) = (text, tokens) }
    }

    static let lists = [
        List("", []), List("\n\n", []), List("# a\n  # b\n\t#\(one)\n", []),
        List(one, [one]), List("\(one)\n", [one]), List("\(one)\n\(two)", [one, two]),
        List("\r\n \t\(one) \t\r\n# other\r\n\r\n\(two)\r\n", [one, two]),
        List("\(one)\n\(one)\n", [one, one]),
        // Behind a token it is part of it.
        List("\(one)#x", ["\(one)#x"]),
        List(String(repeating: "t", count: 4096), [String(repeating: "t", count: 4096)]),
        List((0..<64).map { "\(one)-\($0)" }.joined(separator: "\n"), (0..<64).map { "\(one)-\($0)" }),
    ]

    @Test(arguments: lists)
    func takesOneTokenOnALine(_ c: List) throws {
        let tokens = ReviewerTokens()
        tokens.replace(with: try ReviewerTokenList(Array(c.text.utf8)))
        #expect(tokens.count == c.tokens.count)
        for token in c.tokens { #expect(tokens.contains(Substring(token).utf8)) }
        for other in ["", "#", " ", c.text + "x", Self.one + " ", "x" + Self.one] {
            #expect(!tokens.contains(Substring(other).utf8))
        }
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let text: String
        let line: Int
        let why: String
        var testDescription: String { why }
    }

    static let bad = [
        Bad(text: "\n0123456789abcde", line: 2, why: "a token must have 16 to 4096 bytes"),
        Bad(text: String(repeating: "t", count: 4097), line: 1, why: "a token must have 16 to 4096 bytes"),
        Bad(text: "\(one)\n\(one) \(two)", line: 2, why: "a token has a blank or a sign that no header carries"),
        Bad(text: "\(one)ü", line: 1, why: "a token has a blank or a sign that no header carries"),
        Bad(text: "\(one)\0", line: 1, why: "a token has a blank or a sign that no header carries"),
        Bad(
            text: (0..<65).map { "\(one)-\($0)" }.joined(separator: "\n"),
            line: 65,
            why: "more than 64 tokens"
        ),
    ]

    @Test(arguments: bad)
    func saysWhatIsWrongWithoutTheToken(_ c: Bad) throws {
        let tokens = ReviewerTokens()
        tokens.replace(with: try ReviewerTokenList(Array(Self.two.utf8)))
        let problem = #expect(throws: ReviewerTokenList.Problem.self) {
            tokens.replace(with: try ReviewerTokenList(Array(c.text.utf8)))
        }
        #expect(problem == ReviewerTokenList.Problem(line: c.line, why: c.why))
        #expect(problem?.description == "line \(c.line): \(c.why)")
        // All or nothing.
        #expect(tokens.count == 1)
        #expect(tokens.contains(Substring(Self.two).utf8))
        #expect(!tokens.contains(Substring(Self.one).utf8))
    }

    @Test func forgetsThoseBefore() throws {
        let tokens = ReviewerTokens()
        tokens.replace(with: try ReviewerTokenList(Array(Self.one.utf8)))
        tokens.replace(with: try ReviewerTokenList(Array(Self.two.utf8)))
        #expect(!tokens.contains(Substring(Self.one).utf8))
        tokens.removeAll()
        #expect(!tokens.contains(Substring(Self.two).utf8))
        #expect(tokens.count == 0)
    }
}
