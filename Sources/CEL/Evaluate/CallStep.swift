/// A call of a function; the overload is chosen by the values where the types could not tell.
struct CallStep: Step {
    let candidates: [Overload]
    let arguments: [any Step]
    /// The body that was prepared for literal arguments, if there is one; there is one candidate then.
    let prepared: Overload.Body?

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count)
        do {
            for argument in arguments { values.append(try argument.evaluate(&run)) }
        } catch {
            // A call that an error keeps from happening is paid for too, because a later `||` may absorb the error.
            if arguments.count <= 2 { try run.charge(1) }
            throw error
        }
        guard let overload = candidates.first(where: { $0.accepts(values) }) else {
            try run.charge(1)
            throw .noSuchOverload
        }
        let isKnown = candidates.count == 1 || overload.isCostKnownByName
        if overload.isDeep { for value in values { try run.chargeWalk(value) } }
        let result: CELValue
        do {
            result = try (prepared ?? overload.body)(values)
        } catch {
            try run.charge(isKnown ? overload.cost(values, .null) : 1)
            throw error
        }
        try run.charge(isKnown ? overload.cost(values, result) : 1)
        return result
    }
}

/// `==` and `!=`, which take any two values.
struct EqualityStep: Step {
    let left: any Step
    let right: any Step
    let isNegated: Bool

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        let (a, b): (CELValue, CELValue)
        do {
            a = try left.evaluate(&run)
            b = try right.evaluate(&run)
        } catch {
            // A comparison with an error is paid for too, because a later `||` may absorb it.
            try run.charge(1)
            throw error
        }
        try run.charge(Cost.tenth(min(a.size, b.size)))
        try run.chargeWalk(a)
        try run.chargeWalk(b)
        return .bool((a == b) != isNegated)
    }
}
