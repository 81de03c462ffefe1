/// Estimates what a run costs before there are values, as the reference implementation does: sizes of variables come from hints, sizes
/// of results from the functions' declarations, and a loop costs its step as often as its range is long.
struct CostEstimator {
    /// What is known of a value.
    private struct Shape {
        var size: SizeRange
        /// Of the elements of a list, the values of a map.
        var element: SizeRange?
        var key: SizeRange?
        /// Where in the variables the value is, as far as that is known.
        var path: [String]?

        static let unknown = Shape(size: .unknown)
        static let scalar = Shape(size: .scalar)
    }

    private let checked: CheckedExpression
    private let hints: SizeHints
    private var locals: [(name: String, shape: Shape)] = []

    static func estimate(_ checked: CheckedExpression, _ hints: SizeHints) -> CostEstimate {
        var estimator = CostEstimator(checked: checked, hints: hints)
        return estimator.visit(checked.parsed.root).cost
    }

    private init(checked: CheckedExpression, hints: SizeHints) {
        self.checked = checked
        self.hints = hints
    }

    private mutating func visit(_ node: Expression) -> (cost: CostEstimate, shape: Shape) {
        switch node.kind {
        case .literal(let value): (.nothing, Shape(size: SizeRange(fixed: value.size)))
        case .identifier(let name): (CostEstimate(fixed: Cost.selection), variable(name, node))
        case .select(let operand, let field, _): select(node, operand, field)
        case .call(let call): self.call(node, call)
        case .list(let elements): list(elements)
        case .map(let entries): map(entries)
        case .message(_, let fields):
            (fields.reduce(CostEstimate(fixed: Cost.messageCreation)) { $0 + visit($1.value).cost }, .unknown)
        case .comprehension(let fold): comprehension(fold, node)
        case .hole: (.nothing, .unknown)
        }
    }

    // MARK: - Variables and members

    private func variable(_ name: String, _ node: Expression) -> Shape {
        if let local = locals.last(where: { $0.name == name }) { return local.shape }
        return shape(at: [name], checked.types[node.id])
    }

    private func shape(at path: [String], _ type: CELType) -> Shape {
        let size = hints.size(path) ?? (type.isFixedSize ? .scalar : .unknown)
        return Shape(
            size: type.isFixedSize ? .scalar : size,
            element: hints.size(path + [type.isList ? "@items" : "@values"]),
            key: hints.size(path + ["@keys"]),
            path: path
        )
    }

    private mutating func select(
        _ node: Expression,
        _ operand: Expression,
        _ field: String
    ) -> (cost: CostEstimate, shape: Shape) {
        if case .variable(let name)? = checked.references[node.id] {
            return (CostEstimate(fixed: Cost.selection), variable(name, node))
        }
        let (cost, inner) = visit(operand)
        return (cost + CostEstimate(fixed: Cost.selection), member(of: inner, PropertyName.unescape(field), node))
    }

    private func member(of shape: Shape, _ name: String, _ node: Expression) -> Shape {
        let type = checked.types[node.id]
        if let path = shape.path { return self.shape(at: path + [name], type) }
        return type.isFixedSize ? .scalar : Shape(size: shape.element ?? .unknown)
    }

    // MARK: - Aggregates

    private mutating func list(_ elements: [Expression.Element]) -> (cost: CostEstimate, shape: Shape) {
        var cost = CostEstimate(fixed: Cost.listCreation)
        var element: SizeRange?
        for item in elements {
            let (itemCost, shape) = visit(item.value)
            cost = cost + itemCost
            element = element?.or(shape.size) ?? shape.size
        }
        let optional = elements.count { $0.isOptional }
        let size = SizeRange(minimum: UInt64(elements.count - optional), maximum: UInt64(elements.count))
        return (cost, Shape(size: size, element: element ?? SizeRange(fixed: 0)))
    }

    private mutating func map(_ entries: [Expression.Entry]) -> (cost: CostEstimate, shape: Shape) {
        var cost = CostEstimate(fixed: Cost.mapCreation)
        var shape = Shape(size: SizeRange(maximum: UInt64(entries.count)))
        for entry in entries {
            let (keyCost, key) = visit(entry.key)
            let (valueCost, value) = visit(entry.value)
            cost = cost + keyCost + valueCost
            shape.key = shape.key?.or(key.size) ?? key.size
            shape.element = shape.element?.or(value.size) ?? value.size
        }
        return (cost, shape)
    }

    // MARK: - Calls

    private mutating func call(_ node: Expression, _ call: Expression.Call) -> (cost: CostEstimate, shape: Shape) {
        let references = checked.references[node.id]
        guard case .overloads(let overloads, let isMember)? = references else { return optionalSelect(node, call) }
        var costs: [CostEstimate] = []
        var shapes: [Shape] = []
        for argument in (isMember ? call.target.map { [$0] } ?? [] : []) + call.arguments {
            let (cost, shape) = visit(argument)
            costs.append(cost)
            shapes.append(shape)
        }
        let sum = costs.reduce(.nothing, +)
        switch (call.function, costs.count) {
        case (Operator.and, 2), (Operator.or, 2):
            // The second side may not be looked at.
            return (CostEstimate(minimum: costs[0].minimum, maximum: sum.maximum), .scalar)
        case (Operator.conditional, 3): return (costs[0] + costs[1].or(costs[2]), either(shapes[1], shapes[2]))
        case (Operator.equal, 2), (Operator.notEqual, 2):
            let largest = min(shapes[0].size.maximum, shapes[1].size.maximum)
            let comparison = CostEstimate(minimum: min(1, largest), maximum: Cost.tenth(largest))
            return (sum + comparison, .scalar)
        case (Operator.index, 2), (Operator.optionalIndex, 2):
            return (sum + CostEstimate(fixed: Cost.selection), element(of: shapes[0], node))
        case ("dyn", 1): return (sum + CostEstimate(fixed: 1), shapes[0])
        case (Operator.add, 2) where Self.appendsOne(call):
            // In a run the list grows in its place, for 1 as in the reference implementation.
            let element = either(shapes[0], shapes[1]).element
            return (sum + CostEstimate(fixed: 1), Shape(size: shapes[0].size + shapes[1].size, element: element))
        default:
            var price: CostEstimate?
            var size: SizeRange?
            for overload in overloads {
                let cost = estimate(overload, shapes)
                price = price?.or(cost) ?? cost
                // Overloads without a size give scalars, or something that is known nowhere.
                guard let result = overload.resultSize?(shapes.map(\.size)) else { continue }
                size = size?.or(result) ?? result
            }
            let type = checked.types[node.id]
            let shape: Shape =
                type.isFixedSize ? .scalar : Shape(size: size ?? .unknown, element: elementAfter(call.function, shapes))
            return (sum + (price ?? .nothing), shape)
        }
    }

    /// What `map` and `filter` make of each element: the result so far, and one more.
    private static func appendsOne(_ call: Expression.Call) -> Bool {
        guard case .identifier(Fold.accumulator) = call.arguments[0].kind, case .list(let added) = call.arguments[1].kind else {
            return false
        }
        return added.count == 1
    }

    private mutating func optionalSelect(_ node: Expression, _ call: Expression.Call) -> (cost: CostEstimate, shape: Shape) {
        guard call.arguments.count == 2, case .literal(.string(let field)) = call.arguments[1].kind else {
            return (.nothing, .unknown)
        }
        let (cost, inner) = visit(call.arguments[0])
        // Nothing is paid for a member that is not there.
        return (cost + CostEstimate(minimum: 0, maximum: Cost.selection), member(of: inner, PropertyName.unescape(field), node))
    }

    private func either(_ left: Shape, _ right: Shape) -> Shape {
        func both(_ left: SizeRange?, _ right: SizeRange?) -> SizeRange? {
            guard let left, let right else { return nil }
            return left.or(right)
        }
        return Shape(
            size: left.size.or(right.size),
            element: both(left.element, right.element),
            key: both(left.key, right.key)
        )
    }

    private func element(of shape: Shape, _ node: Expression) -> Shape {
        let type = checked.types[node.id]
        if let path = shape.path { return self.shape(at: path + ["@items"], type) }
        return type.isFixedSize ? .scalar : Shape(size: shape.element ?? .unknown)
    }

    /// What a function of lists or texts keeps of its first argument's elements.
    private func elementAfter(_ function: String, _ shapes: [Shape]) -> SizeRange? {
        guard let first = shapes.first else { return nil }
        switch function {
        case Operator.add: return shapes.count == 2 ? either(first, shapes[1]).element : nil
        case "split", "findAll": return SizeRange(maximum: first.size.maximum)
        case "slice", "reverse", "distinct", "sort", ListSorting.byKeys: return first.element
        default: return nil
        }
    }

    /// The same price that a run would pay, for the smallest and for the largest sizes.
    private func estimate(_ overload: Overload, _ shapes: [Shape]) -> CostEstimate {
        let cost = overload.cost
        let sizes = shapes.enumerated().map { index, shape in
            index == 0 && cost.walksFirst ? Self.walk(shape) : shape.size
        }
        let result = overload.resultSize?(shapes.map(\.size)) ?? .unknown
        func price(_ bound: (SizeRange) -> UInt64) -> UInt64 {
            var known = CallSizes()
            if let first = sizes.first { known.first = bound(first) }
            if sizes.count > 1 { known.second = bound(sizes[1]) }
            return cost.estimate(known).plus(cost.writing?(known, bound(result)) ?? 0)
        }
        return CostEstimate(minimum: price(\.minimum), maximum: price(\.maximum))
    }

    private static func walk(_ shape: Shape) -> SizeRange {
        guard let element = shape.element else { return shape.size }
        return SizeRange(minimum: 0, maximum: shape.size.maximum.times(Cost.tenth(element.maximum).plus(1)))
    }

    // MARK: - Comprehensions

    private mutating func comprehension(
        _ fold: Expression.Comprehension,
        _ node: Expression
    ) -> (cost: CostEstimate, shape: Shape) {
        let (rangeCost, range) = visit(fold.range)
        let (initialCost, initial) = visit(fold.initial)
        let isBinding = { if case .literal(.bool(false)) = fold.condition.kind { true } else { false } }()
        locals.append((fold.accumulator, isBinding ? initial : Shape(size: range.size)))
        defer { locals.removeLast() }
        if isBinding {
            let (cost, shape) = visit(fold.result)
            return (rangeCost + initialCost + cost, shape)
        }
        let depth = locals.count
        let isList = checked.types[fold.range.id].isList
        let (element, key) = (part(range, isList ? "@items" : "@values"), part(range, "@keys"))
        if let second = fold.secondVariable {
            locals.append((fold.variable, isList ? .scalar : key))
            locals.append((second, element))
        } else {
            locals.append((fold.variable, isList ? element : key))
        }
        let (stepCost, step) = visit(fold.step)
        let each = visit(fold.condition).cost + stepCost
        locals.removeLast(locals.count - depth)
        let total = rangeCost + initialCost + visit(fold.result).cost + each.times(range.size)
        let type = checked.types[node.id]
        if type.isFixedSize { return (total, .scalar) }
        return (total, Shape(size: SizeRange(minimum: 0, maximum: range.size.maximum), element: step.element))
    }

    private func part(_ shape: Shape, _ name: String) -> Shape {
        let size = (name == "@keys" ? shape.key : shape.element) ?? .unknown
        guard let path = shape.path else { return Shape(size: size) }
        return Shape(size: hints.size(path + [name]) ?? size, path: path + [name])
    }
}

extension CELType {
    /// Whether all values of the type count as one.
    fileprivate var isFixedSize: Bool {
        switch self {
        case .bool, .int, .uint, .double, .timestamp, .duration, .null, .type: true
        case .optional(let value): value.isFixedSize
        default: false
        }
    }

    fileprivate var isList: Bool { if case .list = self { true } else { false } }
}
