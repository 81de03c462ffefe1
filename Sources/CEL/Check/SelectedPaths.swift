/// Finds paths of members in a tree, however they are written.
enum SelectedPaths {
    static func contain(_ path: [String], in node: Expression) -> Bool {
        Self.path(of: node) == path || node.kind.children.contains { contain(path, in: $0) }
    }

    /// As `contain` for a variable's member, but sees only `.` and `.?`, and a name only as it stands there.
    static func containSelection(of member: String, from variable: String, in node: Expression) -> Bool {
        isSelection(of: member, from: variable, node)
            || node.kind.children.contains { containSelection(of: member, from: variable, in: $0) }
    }

    private static func isSelection(of member: String, from variable: String, _ node: Expression) -> Bool {
        switch node.kind {
        case .select(let operand, member, _):
            if case .identifier(variable) = operand.kind { true } else { false }
        case .call(let call) where call.function == Operator.optionalSelect && call.arguments.count == 2:
            if case .identifier(variable) = call.arguments[0].kind, case .literal(.string(member)) = call.arguments[1].kind {
                true
            } else {
                false
            }
        default: false
        }
    }

    private static func path(of node: Expression) -> [String]? {
        switch node.kind {
        case .identifier(let name): return [name]
        case .select(let operand, let field, _): return path(of: operand).map { $0 + [PropertyName.unescape(field)] }
        case .call(let call):
            guard [Operator.index, Operator.optionalIndex, Operator.optionalSelect].contains(call.function),
                call.arguments.count == 2, case .literal(.string(let field)) = call.arguments[1].kind
            else { return nil }
            let plain = call.function == Operator.optionalSelect ? PropertyName.unescape(field) : field
            return path(of: call.arguments[0]).map { $0 + [plain] }
        default: return nil
        }
    }
}
