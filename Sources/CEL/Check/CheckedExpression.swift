/// A tree whose names are all known and whose types agree.
package struct CheckedExpression: Sendable {
    /// What a name or a call turned out to mean.
    enum Reference: Sendable {
        /// A variable, under the full name by which it was declared.
        case variable(String)
        case constant(CELValue)
        /// The overloads that may be meant; more than one when only the run can tell.
        case overloads([Overload], isMember: Bool)
    }

    package let parsed: ParsedExpression
    /// By the nodes' ids.
    let types: [CELType]
    let references: [Int: Reference]

    package var resultType: CELType { types[parsed.root.id] }

    init(parsed: ParsedExpression, types: [CELType], references: [Int: Reference]) {
        self.parsed = parsed
        self.types = types
        self.references = references
    }

    /// Checks a parsed expression against an environment's functions and the variables that it will be given.
    package init(
        checking parsed: ParsedExpression,
        in environment: CELEnvironment,
        variables: [String: CELType]
    ) throws(CheckError) {
        self = try Checker.check(parsed, in: environment, variables: variables)
    }
}
