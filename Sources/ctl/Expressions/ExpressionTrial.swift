import CEL
import JSON

/// One expression of a configuration, tried on given claims and a given user exactly as a worker evaluates it.
struct ExpressionTrial {
    /// What came out, and what it cost in the units of the limit.
    struct Report {
        let outcome: Result<CELValue, CELEvaluationError>
        /// The type that the checker gave the expression.
        let declaredType: CELType
        let cost: UInt64
        let costLimit: UInt64
    }

    static let costLimit: UInt64 = 1_000_000

    let expression: String
    /// The names and values at hand; each is declared as the configuration declares it.
    let variables: [String: CELValue]

    private static let declarations = [
        "claims": AuthenticationVariables.claims, "user": AuthenticationVariables.user,
        "response": AuthenticationVariables.response,
    ]

    func run() throws(CELCompileError) -> Report {
        let declared = Self.declarations.filter { variables[$0.key] != nil }
        let program = try CEL.Program.compile(expression, in: .authentication, variables: declared)
        let (outcome, cost) = program.measure(variables, costLimit: Self.costLimit)
        return Report(outcome: outcome, declaredType: program.resultType, cost: cost, costLimit: Self.costLimit)
    }
}

extension ExpressionTrial.Report {
    /// The three lines a person reads; nil without a value.
    var text: String? {
        guard case .success(let value) = outcome else { return nil }
        return "Value:  \(CELText.text(value))\nType:   \(type(of: value))\nCost:   \(cost) (at most \(costLimit))\n"
    }

    var document: JSONValue? {
        guard case .success(let value) = outcome else { return nil }
        return [
            "value": CELText.json(value), "type": .string("\(type(of: value))"),
            "cost": Int64(exactly: cost).map(JSONValue.integer) ?? .string("\(cost)"),
        ]
    }

    /// What the checker found says more than the value does: `list(int)`. Of `any` and `dyn` the value says more.
    private func type(of value: CELValue) -> CELType {
        declaredType == .any || declaredType == .dyn ? value.runtimeType : declaredType
    }
}
