/// Everything that is wrong with a command line, to be said at once.
package struct InvalidOptions: Error, Hashable, Sendable, CustomStringConvertible {
    /// Each names its option.
    package let problems: [String]

    package init(problems: [String]) { self.problems = problems }

    package var description: String {
        problems.count == 1 ? problems[0] : "\(problems.count) options are wrong:" + problems.map { "\n  \($0)" }.joined()
    }
}
