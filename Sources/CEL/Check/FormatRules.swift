/// Checks a literal format string against the types of its literal list of arguments.
enum FormatRules {
    static func problem(in call: Expression.Call, at offset: Int, _ checked: CheckedExpression) -> SourceProblem? {
        guard call.function == "format", case .literal(.string(let text))? = call.target?.kind, call.arguments.count == 1,
            case .list(let arguments) = call.arguments[0].kind
        else { return nil }
        let format: FormatString
        do throws(CELEvaluationError) {
            format = try FormatString(text)
        } catch {
            return SourceProblem(offset: offset, message: error.description)
        }
        var position = 0
        for case .clause(let clause) in format.parts {
            guard position < arguments.count else {
                return SourceProblem(offset: offset, message: "index \(position) out of range")
            }
            let argument = arguments[position].value
            let type = checked.types[argument.id]
            guard clause.takes(type) else { return SourceProblem(offset: argument.offset, message: clause.refusal(of: type)) }
            position += 1
        }
        return nil
    }
}
