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
            }.paying(compilation),
            Overload.of(.function, cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> Bool in
                try RegularExpression(pattern).matches(text)
            }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .bool(regex.matches(try String.native(arguments, 0)))
                }
            }.paying(compilation)
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
            }.paying(compilation)
        ),
        FunctionDeclaration(
            "findAll",
            Overload.of(.member, strings(.string, .string), cost: Cost.regularExpression) {
                (text: String, pattern: String) throws(CELEvaluationError) -> [CELValue] in
                try all(RegularExpression(pattern), text, limit: -1)
            }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .list(all(regex, try String.native(arguments, 0), limit: -1))
                }
            }.paying(compilation).sized { SizeRange(maximum: $0[0].maximum.plus(1)) },
            Overload.of(.member, strings(.string, .string, .int), cost: Cost.regularExpression) {
                (text: String, pattern: String, limit: Int64) throws(CELEvaluationError) -> [CELValue] in
                try all(RegularExpression(pattern), text, limit: limit)
            }.preparing { constants throws(CELEvaluationError) in
                try compiled(constants) { regex, arguments throws(CELEvaluationError) in
                    .list(all(regex, try String.native(arguments, 0), limit: try Int64.native(arguments, 2)))
                }
            }.paying(compilation).sized { SizeRange(maximum: $0[0].maximum.plus(1)) }
        ),
    ])

    private static func strings(_ parameters: CELType...) -> Overload.Signature {
        Overload.Signature(parameters: parameters, result: .list(.string))
    }

    /// A negative limit means no limit.
    private static func all(_ regex: RegularExpression, _ text: String, limit: Int64) -> [CELValue] {
        regex.all(in: text, limit: limit < 0 ? .max : Int(clamping: limit)).map { .string($0) }
    }

    /// Compiling costs as many steps as the pattern has once its counted repetitions are written out; short ones are free.
    private static let compilation: @Sendable (Arguments) -> UInt64 = { arguments in
        guard case .string(let pattern) = arguments[1] else { return 0 }
        var (factor, number): (UInt64, UInt64) = (1, 0)
        var isCounting = false
        for byte in pattern.utf8 {
            switch byte {
            case UInt8(ascii: "{"): (isCounting, number) = (true, 0)
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isCounting: number = number.times(10).plus(UInt64(byte - 48))
            default:
                // RE2 refuses more than a thousand altogether.
                if isCounting { factor = min(1000, factor.times(max(1, number))) }
                isCounting = false
            }
        }
        let steps = factor.times(UInt64(pattern.utf8.count))
        return steps > 200 ? Cost.tenth(steps) : 0
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
