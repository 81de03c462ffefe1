/// Everything that keeps a text from being an expression.
package struct ParseError: Error, Sendable {
    package let problems: [SourceProblem]
    /// What could be parsed, with holes for the rest; nil when parsing ended early. It is there to be checked for more problems,
    /// never to be run.
    let remainder: ParsedExpression?
}
