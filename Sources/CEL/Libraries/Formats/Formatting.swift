extension Library {
    /// `"…".format([…])`
    static let formatting = Library(functions: [
        FunctionDeclaration(
            "format",
            Overload.of(.member, .init(parameters: [.string, .list(.dyn)], result: .string), cost: Cost.formatting) {
                (format: String, arguments: [CELValue]) throws(CELEvaluationError) in
                try FormatString(format).apply(arguments)
            }.preparing { constants throws(CELEvaluationError) in
                guard case .string(let text)?? = constants.first else { return nil }
                let format = try FormatString(text)
                return { arguments throws(CELEvaluationError) in
                    .string(try format.apply(try [CELValue].native(arguments, 1)))
                }
            }.walking
        )
    ])
}
