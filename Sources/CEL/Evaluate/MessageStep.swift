/// `google.protobuf.Int64Value{value: 1}` and its kin.
struct MessageStep: Step {
    let message: WellKnownMessage
    let fields: [(name: String, step: any Step)]

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        var values: [(name: String, value: CELValue)] = []
        for field in fields { values.append((field.name, try field.step.evaluate(&run))) }
        try run.charge(Cost.messageCreation)
        var result = try message.make(nil, .null)
        for (name, value) in values { result = try message.make(name, value) }
        return result
    }
}

/// `x in [1, 2, 3]` over literals of one type: one look-up, and free like the literal list itself.
struct MembershipStep: Step {
    let element: any Step
    let members: Set<CELValue>

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        .bool(members.contains(try element.evaluate(&run)))
    }
}
