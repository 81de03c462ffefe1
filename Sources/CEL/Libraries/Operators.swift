extension Library {
    /// Operators that need more than their values: their steps are made by the planner, here are their types and fallbacks.
    static let operators = Library(functions: [
        FunctionDeclaration(Operator.conditional, special([.bool, .a, .a], .a)),
        FunctionDeclaration(Operator.and, special([.bool, .bool], .bool)),
        FunctionDeclaration(Operator.or, special([.bool, .bool], .bool)),
        FunctionDeclaration(Operator.notStrictlyFalse, special([.bool], .bool)),
        FunctionDeclaration(Operator.equal, special([.a, .a], .bool)),
        FunctionDeclaration(Operator.notEqual, special([.a, .a], .bool)),
        FunctionDeclaration(
            Operator.index,
            special([.list(.a), .int], .a),
            special([.map(.a, .b), .a], .b),
            special([.optional(.list(.a)), .int], .optional(.a)),
            special([.optional(.map(.a, .b)), .a], .optional(.b))
        ),
        FunctionDeclaration(
            Operator.optionalIndex,
            special([.list(.a), .int], .optional(.a)),
            special([.map(.a, .b), .a], .optional(.b)),
            special([.optional(.list(.a)), .int], .optional(.a)),
            special([.optional(.map(.a, .b)), .a], .optional(.b))
        ),
        FunctionDeclaration(Operator.not, Overload.of(.function) { (value: Bool) in !value }),
    ])

    private static func special(_ parameters: [CELType], _ result: CELType) -> Overload {
        Overload(style: .function, parameters: parameters, result: result, cost: Cost.one) { _ throws(CELEvaluationError) in
            throw .noSuchOverload
        }
    }
}

extension CELType {
    /// Type parameters for signatures.
    static let a = CELType.parameter("A")
    static let b = CELType.parameter("B")
}
