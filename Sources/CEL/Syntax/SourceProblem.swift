/// One thing wrong with an expression, at an offset in code points; what every stage of compilation collects or throws.
struct SourceProblem: Error, Hashable, Sendable {
    let offset: Int
    let message: String
}

extension CELCompileError {
    /// More than anyone will read at once.
    private static let maximumCount = 100

    /// Gives each problem its line and column, in the order of the text.
    init(expression: String, problems: [SourceProblem]) {
        let scalars = Array(expression.unicodeScalars)
        // A node that a macro copied is checked more than once and complains each time.
        var known: Set<SourceProblem> = []
        let distinct = problems.filter { known.insert($0).inserted }.prefix(Self.maximumCount)
        let placed = distinct.sorted { $0.offset < $1.offset }.map { problem in
            let before = scalars.prefix(max(0, problem.offset))
            let line = before.count { $0 == "\n" } + 1
            let lineStart = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
            return Problem(line: line, column: before.count - lineStart + 1, message: problem.message)
        }
        self.init(expression: expression, problems: placed)
    }
}
