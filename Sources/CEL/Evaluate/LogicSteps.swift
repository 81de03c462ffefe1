/// `a && b`: false as soon as either side is false, even when the other one is an error.
struct AndStep: Step {
    let left: any Step
    let right: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        try decide(left, right, by: false, &run)
    }
}

/// `a || b`: true as soon as either side is true, even when the other one is an error.
struct OrStep: Step {
    let left: any Step
    let right: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        try decide(left, right, by: true, &run)
    }
}

private func decide(
    _ left: any Step,
    _ right: any Step,
    by decisive: Bool,
    _ run: inout Evaluation
) throws(CELEvaluationError) -> CELValue {
    var refusal: CELEvaluationError?
    do {
        if try truth(left, &run) == decisive { return .bool(decisive) }
    } catch .costLimitExceeded {
        throw .costLimitExceeded
    } catch {
        refusal = error
    }
    do {
        if try truth(right, &run) == decisive { return .bool(decisive) }
    } catch .costLimitExceeded {
        throw .costLimitExceeded
    } catch {
        throw refusal ?? error
    }
    if let refusal { throw refusal }
    return .bool(!decisive)
}

private func truth(_ step: any Step, _ run: inout Evaluation) throws(CELEvaluationError) -> Bool {
    guard case .bool(let value) = try step.evaluate(&run) else { throw .noSuchOverload }
    return value
}

/// `c ? a : b`: only the chosen side is evaluated.
struct ConditionalStep: Step {
    let condition: any Step
    let then: any Step
    let otherwise: any Step

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        try truth(condition, &run) ? try then.evaluate(&run) : try otherwise.evaluate(&run)
    }
}

/// `x.or(y)` and `x.orValue(y)`: the second one is evaluated only when the first one is absent.
struct OptionalElseStep: Step {
    let optional: any Step
    let otherwise: any Step
    let isUnwrapping: Bool

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        guard case .optional(let value) = try optional.evaluate(&run) else { throw .noSuchOverload }
        guard let value else { return try otherwise.evaluate(&run) }
        return isUnwrapping ? value : .optional(value)
    }
}
