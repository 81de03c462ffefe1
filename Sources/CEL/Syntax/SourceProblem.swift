/// One thing wrong with an expression, at an offset in code points.
package struct SourceProblem: Error, Hashable, Sendable {
    package let offset: Int
    package let message: String
    /// Set when nothing after it can be looked at, because a bound was reached.
    let isFinal: Bool

    init(offset: Int, message: String, isFinal: Bool = false) {
        self.offset = offset
        self.message = message
        self.isFinal = isFinal
    }
}

extension CELCompileError {
    /// More than anyone will read at once.
    private static let maximumCount = 100

    /// Gives each problem its line and column, in the order of the text.
    init(expression: String, problems: [SourceProblem]) {
        // A node that a macro copied is checked more than once and complains each time.
        var known: Set<SourceProblem> = []
        let distinct = problems.filter { known.insert($0).inserted }.sorted { $0.offset < $1.offset }
        let lineStarts = [0] + expression.unicodeScalars.enumerated().lazy.filter { $0.element == "\n" }.map { $0.offset + 1 }
        var line = 0
        let placed = distinct.prefix(Self.maximumCount).map { problem in
            while line + 1 < lineStarts.count, lineStarts[line + 1] <= problem.offset { line += 1 }
            return Problem(line: line + 1, column: problem.offset - lineStarts[line] + 1, message: problem.message)
        }
        self.init(expression: expression, problems: placed)
    }
}
