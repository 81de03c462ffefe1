/// Which members of a variable a tree reads, so that a caller need not prepare the others.
enum SelectedMembers {
    /// nil: the variable is also used as a whole, or a member is chosen by a value that is known only at run time.
    static func of(_ variable: String, in node: Expression) -> Set<String>? {
        if let names = names(variable, node) { return names }
        if case .identifier(variable) = node.kind { return nil }
        var found: Set<String> = []
        for child in node.kind.children {
            guard let names = of(variable, in: child) else { return nil }
            found.formUnion(names)
        }
        return found
    }

    /// The names that a node which selects from the variable itself may mean: as written, and without Kubernetes' escapes.
    private static func names(_ variable: String, _ node: Expression) -> Set<String>? {
        switch node.kind {
        case .select(let operand, let field, _):
            guard case .identifier(variable) = operand.kind else { return nil }
            return [field, PropertyName.unescape(field)]
        case .call(let call):
            guard [Operator.index, Operator.optionalIndex, Operator.optionalSelect].contains(call.function),
                call.arguments.count == 2, case .identifier(variable) = call.arguments[0].kind,
                case .literal(.string(let field)) = call.arguments[1].kind
            else { return nil }
            return [field, PropertyName.unescape(field)]
        default: return nil
        }
    }
}
