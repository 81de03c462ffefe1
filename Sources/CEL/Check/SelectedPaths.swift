/// Finds paths of members in a tree, however they are written.
enum SelectedPaths {
    static func contain(_ path: [String], in node: Expression) -> Bool {
        Self.path(of: node) == path || node.kind.children.contains { contain(path, in: $0) }
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
