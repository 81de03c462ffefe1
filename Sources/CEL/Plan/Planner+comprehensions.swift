/// Comprehensions: each form that a macro makes has its own step, which costs what the written fold would.
extension Planner {
    mutating func comprehension(_ fold: Expression.Comprehension, at offset: Int) throws(SourceProblem) -> any Step {
        if let binding = try binding(fold) { return binding }
        let rangeStep = try plan(fold.range)
        let initial = try plan(fold.initial)
        let first = declare(fold.variable)
        let second = fold.secondVariable.map { declare($0) }
        let range = FoldRange(range: rangeStep, first: first, second: second)
        var step = try quantifier(fold, range)
        if step == nil { step = try single(fold, range) }
        if step == nil { step = try collecting(fold, range, initial: initial) }
        leaveScope(of: second == nil ? 1 : 2)
        guard let step else { throw SourceProblem(offset: offset, message: "unknown form of comprehension") }
        return step
    }

    /// A fold over nothing, whose accumulator is the name.
    private mutating func binding(_ fold: Expression.Comprehension) throws(SourceProblem) -> (any Step)? {
        guard case .list(let elements) = fold.range.kind, elements.isEmpty, case .literal(.bool(false)) = fold.condition.kind
        else { return nil }
        let value = try plan(fold.initial)
        let slot = declare(fold.accumulator)
        let result = try plan(fold.result)
        leaveScope(of: 1)
        return BindingStep(slot: slot, value: value, result: result)
    }

    /// `result && predicate` or `result || predicate`.
    private mutating func quantifier(
        _ fold: Expression.Comprehension,
        _ range: FoldRange
    ) throws(SourceProblem) -> (any Step)? {
        guard case .call(let call) = fold.step.kind, call.function == Operator.and || call.function == Operator.or,
            call.arguments.count == 2, Self.isAccumulator(call.arguments[0]), Self.isAccumulator(fold.result)
        else { return nil }
        let predicate = try plan(call.arguments[1])
        return QuantifierStep(range: range, predicate: predicate, decisive: call.function == Operator.or)
    }

    /// `predicate ? result + 1 : result`, and whether that is 1 in the end.
    private mutating func single(_ fold: Expression.Comprehension, _ range: FoldRange) throws(SourceProblem) -> (any Step)? {
        guard case .literal(.int(0)) = fold.initial.kind, case .call(let call) = fold.step.kind,
            call.function == Operator.conditional, call.arguments.count == 3
        else { return nil }
        return SingleStep(range: range, predicate: try plan(call.arguments[0]))
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
