/// An overload as a run needs it.
final class Candidate: Sendable {
    private let parameters: [Acceptance]
    /// What runs: the body that was prepared for literal arguments, or the overload's own.
    let body: Overload.Body
    let cost: CallCost
    let isDeep: Bool
    let surcharge: (@Sendable (Arguments) -> UInt64)?

    /// - Parameter isAlone: whether the types told beforehand that it is this overload and no other.
    init(_ overload: Overload, isAlone: Bool, prepared: Overload.Body?) {
        parameters = overload.parameters.map(Acceptance.init)
        body = prepared ?? overload.body
        cost = isAlone || overload.isCostKnownByName ? overload.cost : Cost.one
        isDeep = overload.isDeep
        surcharge = prepared == nil ? overload.surcharge : nil
    }

    func accepts(_ arguments: Arguments) -> Bool { arguments.fit(parameters) }
}

/// A call of a function; the overload is chosen by the values where the types could not tell.
struct CallStep: Step {
    let candidates: [Candidate]
    let arguments: [any Step]

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var values = Arguments()
        var failure: CELEvaluationError?
        for index in arguments.indices {
            do {
                values.append(try arguments[index].evaluate(&run))
            } catch {
                // As in the reference implementation, a call of two evaluates both, and is paid for although it does not happen: a later
                // `||` may absorb the error. A call of more ends here.
                guard error != .costLimitExceeded, arguments.count <= 2 else { throw error }
                failure = failure ?? error
                values.append(.null)
            }
        }
        if let failure {
            try run.charge(1)
            throw failure
        }
        for index in candidates.indices where candidates[index].accepts(values) {
            return try call(candidates[index], values, &run)
        }
        try run.charge(1)
        throw .noSuchOverload
    }

    private func call(
        _ candidate: Candidate,
        _ values: Arguments,
        _ run: inout Evaluation
    ) throws(CELEvaluationError) -> CELValue {
        let cost = candidate.cost
        if candidate.isDeep {
            for index in values.indices { try run.chargeWalk(values[index]) }
        }
        if let fixed = cost.fixed {
            try run.charge(fixed)
            return try candidate.body(values)
        }
        let sizes = CallSizes(values, walksFirst: cost.walksFirst)
        try run.charge(cost.reading(sizes))
        if let surcharge = candidate.surcharge { try run.charge(surcharge(values)) }
        guard let writing = cost.writing else { return try candidate.body(values) }
        let result: CELValue
        do {
            result = try candidate.body(values)
        } catch {
            try run.charge(writing(sizes, 1))
            throw error
        }
        try run.charge(writing(sizes, result.size))
        return result
    }
}

/// `dyn(x)`, which matters to the checker only; it costs what a call does.
struct DynamicStep: Step {
    let operand: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        try run.charge(1)
        return try operand.evaluate(&run)
    }
}

/// `==` and `!=`, which take any two values.
struct EqualityStep: Step {
    let left: any Step
    let right: any Step
    let isNegated: Bool

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var failure: CELEvaluationError?
        let a = try attempt(left, &failure, &run)
        let b = try attempt(right, &failure, &run)
        // A comparison with an error is paid for too, because a later `||` may absorb it.
        try run.charge(Cost.tenth(min(a?.size ?? 1, b?.size ?? 1)))
        if let failure { throw failure }
        guard let a, let b else { throw .noSuchOverload }
        try run.chargeWalk(a)
        try run.chargeWalk(b)
        return .bool((a == b) != isNegated)
    }

    private func attempt(
        _ step: any Step,
        _ failure: inout CELEvaluationError?,
        _ run: inout Evaluation
    ) throws(CELEvaluationError) -> CELValue? {
        do {
            return try step.evaluate(&run)
        } catch {
            guard error != .costLimitExceeded else { throw error }
            failure = failure ?? error
            return nil
        }
    }
}
