/// Makes the nodes of one tree, numbers them, and holds the tree to its bounds.
struct ExpressionFactory {
    /// A chain of operators is as deep as it is long, so this bounds every later stage's recursion.
    static let maximumDepth = 250
    /// Macros copy their arguments; without this bound a chain of `optMap` would double the tree at each link.
    static let maximumWeight = 50_000

    private(set) var idCount = 0

    /// A node as it is written; refused when the tree becomes too deep.
    mutating func make(_ kind: Expression.Kind, at offset: Int) throws(SourceProblem) -> Expression {
        let node = try expand(kind, at: offset)
        guard node.depth <= Self.maximumDepth else { throw Self.tooDeep(at: offset) }
        return node
    }

    /// A node of a macro's expansion, which may be deeper by a constant factor than what was written.
    mutating func expand(_ kind: Expression.Kind, at offset: Int) throws(SourceProblem) -> Expression {
        var depth = 0
        var weight = 1
        for child in kind.children {
            depth = max(depth, child.depth)
            weight += child.weight
        }
        guard depth < 4 * Self.maximumDepth else { throw Self.tooDeep(at: offset) }
        guard weight <= Self.maximumWeight else {
            throw SourceProblem(
                offset: offset,
                message: "expression is too large after its macros were expanded",
                isFinal: true
            )
        }
        idCount += 1
        return Expression(id: idCount - 1, offset: offset, kind: kind, depth: depth + 1, weight: weight)
    }

    static func tooDeep(at offset: Int) -> SourceProblem {
        SourceProblem(offset: offset, message: "expression recursion limit exceeded: \(maximumDepth)", isFinal: true)
    }

    // MARK: - Short forms for macros

    mutating func literal(_ value: CELValue, at offset: Int) throws(SourceProblem) -> Expression {
        try expand(.literal(value), at: offset)
    }

    mutating func identifier(_ name: String, at offset: Int) throws(SourceProblem) -> Expression {
        try expand(.identifier(name), at: offset)
    }

    mutating func call(_ function: String, _ arguments: [Expression], at offset: Int) throws(SourceProblem) -> Expression {
        try expand(.call(.init(function: function, target: nil, arguments: arguments)), at: offset)
    }

    mutating func member(_ target: Expression, _ function: String, at offset: Int) throws(SourceProblem) -> Expression {
        try expand(.call(.init(function: function, target: target, arguments: [])), at: offset)
    }

    mutating func list(_ elements: [Expression], at offset: Int) throws(SourceProblem) -> Expression {
        try expand(.list(elements.map { .init(value: $0, isOptional: false) }), at: offset)
    }
}
