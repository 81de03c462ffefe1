/// A tree whose names are all known and whose types agree.
struct CheckedExpression: Sendable {
    /// What a name or a call turned out to mean.
    enum Reference: Sendable {
        /// A variable, under the full name by which it was declared.
        case variable(String)
        case constant(CELValue)
        /// The overloads that may be meant; more than one when only the run can tell.
        case overloads([Overload], isMember: Bool)
    }

    let parsed: ParsedExpression
    /// By the nodes' ids.
    let types: [CELType]
    let references: [Int: Reference]

    var resultType: CELType { types[parsed.root.id] }
}
