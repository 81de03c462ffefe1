/// `all` and `exists`: asks each element until one decides; an error counts only when none does.
struct QuantifierStep: Step {
    let range: FoldRange
    let predicate: any Step
    /// What one element must give to decide alone: false for `all`, true for `exists`.
    let decisive: Bool

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let elements = try range.evaluate(&run)
        // The written form reads its accumulator and looks whether it is decided before each step, which reads it again.
        let (looking, reading): (UInt64, UInt64) = (decisive ? 3 : 2, 1)
        var failure: CELEvaluationError?
        for index in elements.indices {
            range.bind(elements, index, &run)
            try run.charge(looking + reading)
            do throws(CELEvaluationError) {
                guard case .bool(let verdict) = try predicate.evaluate(&run) else { throw .noSuchOverload }
                guard verdict == decisive else { continue }
                // The element that would come next is still looked at.
                try run.charge(index + 1 < elements.indices.upperBound ? looking + reading : reading)
                return .bool(decisive)
            } catch {
                guard error != .costLimitExceeded else { throw error }
                failure = failure ?? error
            }
        }
        try run.charge(reading)
        if let failure { throw failure }
        return .bool(!decisive)
    }
}

/// `exists_one`: how many elements fulfil the predicate, compared with 1.
struct SingleStep: Step {
    let range: FoldRange
    let predicate: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let elements = try range.evaluate(&run)
        var matches = FoldFailures()
        var count = 0
        for index in elements.indices {
            range.bind(elements, index, &run)
            let isMatch = try matches.attempt(&run) { run throws(CELEvaluationError) in try holds(predicate, &run) }
            guard isMatch == true else { continue }
            // Reading the count, and adding to it.
            try run.charge(2)
            count += 1
        }
        try run.charge(2)
        try matches.rethrow()
        return .bool(count == 1)
    }
}

/// A name for a value: `optMap` and its kin. An error of the value shows where the name is used.
struct BindingStep: Step {
    let slot: Int
    let value: any Step
    let result: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        run.locals[slot] = try value.evaluate(&run)
        return try result.evaluate(&run)
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
        if predicate == nil { values.reserveCapacity(elements.indices.count) }
        var failures = FoldFailures()
        for index in elements.indices {
            range.bind(elements, index, &run)
            let isMatch = try failures.attempt(&run) { run throws(CELEvaluationError) in try holds(predicate, &run) }
            guard isMatch == true else { continue }
            let value = try failures.attempt(&run) { run throws(CELEvaluationError) in try element.evaluate(&run) }
            if let value { values.append(value) }
            try run.charge(costOfAdding)
        }
        try run.charge(Cost.selection)
        try failures.rethrow()
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
        var failures = FoldFailures()
        for index in elements.indices {
            range.bind(elements, index, &run)
            let isMatch = try failures.attempt(&run) { run throws(CELEvaluationError) in try holds(predicate, &run) }
            guard isMatch == true else { continue }
            let added = try failures.attempt(&run) { run throws(CELEvaluationError) in try self.added(&run) }
            try run.charge(costOfAdding)
            for (key, value) in added ?? [] {
                guard known.insert(key).inserted else {
                    failures.note(.invalidArgument("insert failed: key \(key.messageText) already exists"))
                    continue
                }
                pairs.append((key, value))
            }
        }
        try run.charge(Cost.selection)
        try failures.rethrow()
        return .map(CELMap(pairs))
    }

    /// Reading the result, the key where there is one, and the insertion.
    private var costOfAdding: UInt64 {
        switch entry {
        case .value: 3
        case .entries: 2
        }
    }

    private func added(_ run: inout Evaluation) throws(CELEvaluationError) -> [(CELValue, CELValue)] {
        switch entry {
        case .value(let step): return [(run.locals[range.first], try step.evaluate(&run))]
        case .entries(let step):
            guard case .map(let map) = try step.evaluate(&run) else { throw .noSuchOverload }
            // What is taken over is paid for beyond what one insertion is.
            try run.charge(UInt64(map.count / 100))
            return map.entries.map { ($0.key, $0.value) }
        }
    }
}

/// The first error of a fold: as in the reference implementation, the fold goes on to its end and is paid for, and only then fails.
private struct FoldFailures {
    private var first: CELEvaluationError?

    mutating func attempt<Value>(
        _ run: inout Evaluation,
        _ body: (inout Evaluation) throws(CELEvaluationError) -> Value
    ) throws(CELEvaluationError) -> Value? {
        do {
            return try body(&run)
        } catch {
            guard error != .costLimitExceeded else { throw error }
            note(error)
            return nil
        }
    }

    mutating func note(_ error: CELEvaluationError) { first = first ?? error }

    func rethrow() throws(CELEvaluationError) {
        if let first { throw first }
    }
}

private func holds(_ predicate: (any Step)?, _ run: inout Evaluation) throws(CELEvaluationError) -> Bool {
    guard let predicate else { return true }
    guard case .bool(let value) = try predicate.evaluate(&run) else { throw .noSuchOverload }
    return value
}
