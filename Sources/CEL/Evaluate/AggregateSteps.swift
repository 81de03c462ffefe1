/// `[a, b, ?c]`
struct ListStep: Step {
    let elements: [(step: any Step, isOptional: Bool)]

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try element.step.evaluate(&run)
            guard let value = try unwrap(value, element.isOptional) else { continue }
            values.append(value)
        }
        try run.charge(Cost.listCreation)
        return .list(values)
    }
}

/// `{a: b, ?c: d}`
struct MapStep: Step {
    let entries: [(key: any Step, value: any Step, isOptional: Bool)]

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var pairs: [(CELValue, CELValue)] = []
        pairs.reserveCapacity(entries.count)
        for entry in entries {
            let key = try entry.key.evaluate(&run)
            try key.requireKey()
            let value = try entry.value.evaluate(&run)
            guard let value = try unwrap(value, entry.isOptional) else { continue }
            pairs.append((key, value))
        }
        try run.charge(Cost.mapCreation)
        return .map(CELMap(pairs))
    }
}

extension CELValue {
    /// Keys are single values: a list as a key would be walked through at each look-up.
    func requireKey() throws(CELEvaluationError) {
        switch self {
        case .list, .map, .optional, .opaque: throw .invalidArgument("unsupported key type: \(runtimeType)")
        default: return
        }
    }
}

/// The value to put in, or nil when there is none.
private func unwrap(_ value: CELValue, _ isOptional: Bool) throws(CELEvaluationError) -> CELValue? {
    guard isOptional else { return value }
    guard case .optional(let inner) = value else {
        throw .invalidArgument("cannot initialize optional entry from non-optional value")
    }
    return inner
}
