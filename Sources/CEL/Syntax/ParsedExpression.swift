/// What the parser makes: a tree that is well formed and of bounded depth and size, but not yet checked.
package struct ParsedExpression: Sendable {
    package let source: String
    let root: Expression
    /// One more than the largest id in the tree.
    let idCount: Int

    init(source: String, root: Expression, idCount: Int) {
        self.source = source
        self.root = root
        self.idCount = idCount
    }

    /// Parses a text and expands the environment's macros. Texts that are too long are refused before they are looked at.
    package init(parsing text: String, in environment: CELEnvironment) throws(ParseError) {
        self = try Parser.parse(text, macros: environment.macros)
    }
}
