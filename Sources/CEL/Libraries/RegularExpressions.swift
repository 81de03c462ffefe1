extension Library {
    /// Matching and finding by regular expressions; a literal pattern is compiled once, with the program.
    static let regularExpressions = Library(functions: [
        FunctionDeclaration(
            "matches",
            Overload.of(.member, cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> Bool in
                try RegularExpression(pattern).matches(text)
            }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .bool(regex.matches(try String.native(arguments, 0)))
                }
            },
            Overload.of(.function, cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> Bool in
                try RegularExpression(pattern).matches(text)
            }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .bool(regex.matches(try String.native(arguments, 0)))
                }
            }
        ),
        FunctionDeclaration(
            "find",
            Overload.of(.member, cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> String in
                try RegularExpression(pattern).first(in: text) ?? ""
            }.sized { SizeRange(maximum: $0[0].maximum) }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .string(regex.first(in: try String.native(arguments, 0)) ?? "")
                }
            }
        ),
        FunctionDeclaration(
            "findAll",
            Overload.of(.member, strings(.string, .string), cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> [CELValue] in
                try all(RegularExpression(pattern), text, limit: -1)
            }.sized { SizeRange(maximum: $0[0].maximum.plus(1)) },
            Overload.of(.member, strings(.string, .string, .int), cost: Cost.regularExpression) {
                (text: String, pattern: String, limit: Int64) throws(CELEvaluationError) -> [CELValue] in
                try all(RegularExpression(pattern), text, limit: limit)
            }.sized { SizeRange(maximum: $0[0].maximum.plus(1)) }
        ),
    ])

    private static func strings(_ parameters: CELType...) -> Overload.Signature {
        Overload.Signature(parameters: parameters, result: .list(.string))
    }

    /// A negative limit means no limit.
    private static func all(_ regex: RegularExpression, _ text: String, limit: Int64) -> [CELValue] {
        regex.all(in: text, limit: limit < 0 ? .max : Int(limit)).map { .string($0) }
    }

    private static func compiled(
        _ constants: [CELValue?],
        _ use: @escaping @Sendable (RegularExpression, Arguments) throws(CELEvaluationError) -> CELValue
    ) throws(CELEvaluationError) -> Overload.Body? {
        guard constants.count > 1, case .string(let pattern)? = constants[1] else { return nil }
        let regex = try RegularExpression(pattern)
        return { arguments throws(CELEvaluationError) in try use(regex, arguments) }
    }
}
