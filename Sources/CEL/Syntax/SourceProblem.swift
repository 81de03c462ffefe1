/// One thing wrong with an expression, at an offset in code points; what every stage of compilation collects or throws.
struct SourceProblem: Error, Hashable, Sendable {
    let offset: Int
    let message: String
}

extension CELCompileError {
    /// Gives each problem its line and column, in the order of the text.
    init(expression: String, problems: [SourceProblem]) {
        let scalars = Array(expression.unicodeScalars)
        let placed = problems.sorted { $0.offset < $1.offset }.map { problem in
            let before = scalars.prefix(max(0, problem.offset))
            let line = before.count { $0 == "\n" } + 1
            let lineStart = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
            return Problem(line: line, column: before.count - lineStart + 1, message: problem.message)
        }
        self.init(expression: expression, problems: placed)
    }
}
