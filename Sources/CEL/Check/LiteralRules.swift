/// What Kubernetes asks of literals beyond their types: the elements of a list or a map are of one type, and a format string fits.
enum LiteralRules {
    static func problems(in checked: CheckedExpression) -> [SourceProblem] {
        var problems: [SourceProblem] = []
        visit(checked.parsed.root, checked, isExempt: false, &problems)
        return problems
    }

    private static func visit(
        _ node: Expression,
        _ checked: CheckedExpression,
        isExempt: Bool,
        _ problems: inout [SourceProblem]
    ) {
        var isExempt = isExempt
        switch node.kind {
        // The arguments of a format string are of different types by their nature.
        case .call(let call) where call.function == "format":
            isExempt = true
            if let problem = FormatRules.problem(in: call, at: node.offset, checked) { problems.append(problem) }
        case .list(let elements) where !isExempt:
            require(elements.map { ($0.value, $0.isOptional) }, checked, &problems)
        case .map(let entries) where !isExempt:
            require(entries.map { ($0.key, false) }, checked, &problems)
            require(entries.map { ($0.value, $0.isOptional) }, checked, &problems)
        default: break
        }
        for child in node.kind.children { visit(child, checked, isExempt: isExempt, &problems) }
    }

    private static func require(
        _ elements: [(Expression, Bool)],
        _ checked: CheckedExpression,
        _ problems: inout [SourceProblem]
    ) {
        guard let first = elements.first else { return }
        let expected = type(of: first, checked)
        for element in elements.dropFirst() {
            let found = type(of: element, checked)
            // What could not be parsed has been complained about.
            if found != expected, found != .error, expected != .error {
                let message = "expected type '\(expected)' but found '\(found)'"
                problems.append(SourceProblem(offset: element.0.offset, message: message))
            }
        }
    }

    private static func type(of element: (Expression, Bool), _ checked: CheckedExpression) -> CELType {
        let type = checked.types[element.0.id]
        if element.1, case .optional(let value) = type { return value }
        return type
    }
}
