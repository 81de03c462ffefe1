import Foundation

/// Everything that is wrong with an expression, each with its place.
package struct CELCompileError: Error, Hashable, Sendable {
    package struct Problem: Hashable, Sendable {
        /// Both count from 1; a column is a code point.
        package let line: Int
        package let column: Int
        package let message: String

        package init(line: Int, column: Int, message: String) {
            self.line = line
            self.column = column
            self.message = message
        }
    }

    package let expression: String
    package let problems: [Problem]

    package init(expression: String, problems: [Problem]) {
        self.expression = expression
        self.problems = problems
    }
}

extension CELCompileError: CustomStringConvertible, LocalizedError {
    /// Each problem with the line it is in and a caret below the place.
    package var description: String {
        let lines = expression.split(separator: "\n", omittingEmptySubsequences: false)
        let reports = problems.map { problem in
            let report = "ERROR: <input>:\(problem.line):\(problem.column): \(problem.message)"
            guard lines.indices.contains(problem.line - 1) else { return report }
            let indent = String(repeating: ".", count: max(0, problem.column - 1))
            return "\(report)\n | \(lines[problem.line - 1])\n | \(indent)^"
        }
        return reports.joined(separator: "\n")
    }

    package var errorDescription: String? { description }
}
