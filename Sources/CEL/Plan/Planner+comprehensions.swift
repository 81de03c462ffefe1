/// Comprehensions: the general fold, and the two forms that only collect.
extension Planner {
    mutating func comprehension(_ fold: Expression.Comprehension) throws(SourceProblem) -> any Step {
        let rangeStep = try plan(fold.range)
        let initial = try plan(fold.initial)
        let accumulator = declare(fold.accumulator)
        let first = declare(fold.variable)
        let second = fold.secondVariable.map { declare($0) }
        let range = FoldRange(range: rangeStep, first: first, second: second)
        let scope = second == nil ? 1 : 2
        if let collecting = try collecting(fold, range, initial: initial) {
            leaveScope(of: scope + 1)
            return collecting
        }
        let condition = try plan(fold.condition)
        let step = try plan(fold.step)
        leaveScope(of: scope)
        let result = try plan(fold.result)
        leaveScope(of: 1)
        return FoldStep(
            range: range,
            accumulator: accumulator,
            initial: initial,
            condition: condition,
            step: step,
            result: result
        )
    }

    /// The step for `result + [element]` or an insertion into a map, alone or under a condition; nil for every other shape.
    private mutating func collecting(
        _ fold: Expression.Comprehension,
        _ range: FoldRange,
        initial: any Step
    ) throws(SourceProblem) -> (any Step)? {
        guard Self.isAccumulator(fold.result), case .literal(.bool(true)) = fold.condition.kind,
            let start = (initial as? ConstantStep)?.value, start == .list([]) || start == .emptyMap,
            case .call(var call) = fold.step.kind
        else { return nil }
        var predicate: Expression?
        if call.function == Operator.conditional, call.arguments.count == 3, case .call(let inner) = call.arguments[1].kind {
            predicate = call.arguments[0]
            call = inner
        }
        guard let added = call.arguments.last, let target = call.arguments.first, Self.isAccumulator(target) else { return nil }
        let condition = try predicate.map { node throws(SourceProblem) in try plan(node) }
        if call.function == MapInsertion.name {
            let step = try plan(added)
            let entry: CollectMapStep.Entry = call.arguments.count == 3 ? .value(step) : .entries(step)
            return CollectMapStep(range: range, predicate: condition, entry: entry)
        }
        guard call.function == Operator.add, case .list(let elements) = added.kind, elements.count == 1 else { return nil }
        let element = try plan(elements[0].value)
        // Reading the result and adding to it; a list that is not constant also has to be made.
        let cost: UInt64 = element is ConstantStep ? 2 : 2 + Cost.listCreation
        return CollectStep(range: range, predicate: condition, element: element, costOfAdding: cost)
    }

    private static func isAccumulator(_ node: Expression) -> Bool {
        guard case .identifier(let name) = node.kind else { return false }
        return name == Fold.accumulator
    }
}
