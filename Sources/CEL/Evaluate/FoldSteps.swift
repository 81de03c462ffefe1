/// What a fold runs over, and where its variables are kept.
struct FoldRange: Sendable {
    let range: any Step
    let first: Int
    let second: Int?

    /// The pairs to put into the variables: index and element, or key and value; with one variable the first one counts.
    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> Elements {
        switch try range.evaluate(&run) {
        case .list(let list): return .list(list)
        case .map(let map): return .map(map.entries)
        default: throw .noSuchOverload
        }
    }

    enum Elements {
        case list([CELValue])
        case map([CELMap.Entry])

        var indices: Range<Int> {
            switch self {
            case .list(let list): list.indices
            case .map(let entries): entries.indices
            }
        }
    }

    func bind(_ elements: Elements, _ index: Int, _ run: inout Evaluation) {
        switch (elements, second) {
        case (.list(let list), nil): run.locals[first] = .value(list[index])
        case (.list(let list), .some(let second)):
            run.locals[first] = .value(.int(Int64(index)))
            run.locals[second] = .value(list[index])
        case (.map(let entries), nil): run.locals[first] = .value(entries[index].key)
        case (.map(let entries), .some(let second)):
            run.locals[first] = .value(entries[index].key)
            run.locals[second] = .value(entries[index].value)
        }
    }
}

/// A fold as written: `all`, `exists`, `exists_one` and bindings.
struct FoldStep: Step {
    let range: FoldRange
    let accumulator: Int
    let initial: any Step
    let condition: any Step
    let step: any Step
    let result: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let elements = try range.evaluate(&run)
        run.locals[accumulator] = try attempt(initial, &run)
        for index in elements.indices {
            range.bind(elements, index, &run)
            guard try condition.evaluate(&run) == .bool(true) else { break }
            run.locals[accumulator] = try attempt(step, &run)
        }
        return try result.evaluate(&run)
    }

    /// The step's value or its error, which the next step may absorb; only the cost limit ends the fold at once.
    private func attempt(_ step: any Step, _ run: inout Evaluation) throws(CELEvaluationError) -> Evaluation.Local {
        do {
            return .value(try step.evaluate(&run))
        } catch .costLimitExceeded {
            throw .costLimitExceeded
        } catch {
            return .failure(error)
        }
    }
}

/// A fold that only adds to a list: `map` and `filter`. It appends in place, where the general fold would copy.
struct CollectStep: Step {
    let range: FoldRange
    let predicate: (any Step)?
    let element: any Step
    /// What the written form, `result + [element]`, costs beyond the element.
    let costOfAdding: UInt64

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let elements = try range.evaluate(&run)
        var values: [CELValue] = []
        for index in elements.indices {
            range.bind(elements, index, &run)
            guard try holds(predicate, &run) else { continue }
            values.append(try element.evaluate(&run))
            try run.charge(costOfAdding)
        }
        try run.charge(Cost.selection)
        return .list(values)
    }
}

/// A fold that only adds to a map: `transformMap` and `transformMapEntry`.
struct CollectMapStep: Step {
    enum Entry: Sendable {
        case value(any Step)
        /// A map whose entries are all taken.
        case entries(any Step)
    }

    let range: FoldRange
    let predicate: (any Step)?
    let entry: Entry

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let elements = try range.evaluate(&run)
        var pairs: [(CELValue, CELValue)] = []
        var known: Set<CELValue> = []
        for index in elements.indices {
            range.bind(elements, index, &run)
            guard try holds(predicate, &run) else { continue }
            for (key, value) in try added(&run) {
                guard known.insert(key).inserted else {
                    throw .invalidArgument("insert failed: key \(key.messageText) already exists")
                }
                pairs.append((key, value))
            }
        }
        try run.charge(Cost.selection)
        return .map(CELMap(pairs))
    }

    private func added(_ run: inout Evaluation) throws(CELEvaluationError) -> [(CELValue, CELValue)] {
        switch entry {
        case .value(let step):
            let value = try step.evaluate(&run)
            // Reading the result and the key, and the insertion.
            try run.charge(3)
            return [(try run.local(range.first), value)]
        case .entries(let step):
            guard case .map(let map) = try step.evaluate(&run) else { throw .noSuchOverload }
            try run.charge(2)
            return map.entries.map { ($0.key, $0.value) }
        }
    }
}

private func holds(_ predicate: (any Step)?, _ run: inout Evaluation) throws(CELEvaluationError) -> Bool {
    guard let predicate else { return true }
    guard case .bool(let value) = try predicate.evaluate(&run) else { throw .noSuchOverload }
    return value
}
