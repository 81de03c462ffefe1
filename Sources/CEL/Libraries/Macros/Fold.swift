/// A fold in the making: what a macro that iterates fills in.
struct Fold {
    /// The accumulator's name; no identifier that can be written equals it.
    static let accumulator = "@result"

    var range: Expression
    var variable: String
    var secondVariable: String?
    var initial: Expression
    var condition: Expression
    var step: Expression
    var result: Expression
}

extension ExpressionFactory {
    mutating func fold(_ fold: Fold, at offset: Int) throws(SourceProblem) -> Expression {
        let comprehension = Expression.Comprehension(
            range: fold.range,
            variable: fold.variable,
            secondVariable: fold.secondVariable,
            accumulator: Fold.accumulator,
            initial: fold.initial,
            condition: fold.condition,
            step: fold.step,
            result: fold.result
        )
        return try expand(.comprehension(comprehension), at: offset)
    }

    mutating func accumulator(at offset: Int) throws(SourceProblem) -> Expression {
        try identifier(Fold.accumulator, at: offset)
    }

    mutating func truth(_ value: Bool, at offset: Int) throws(SourceProblem) -> Expression {
        try literal(.bool(value), at: offset)
    }
}

/// The variables over which a fold runs.
struct FoldVariables {
    let range: Expression
    let first: String
    let second: String?
}

extension Macro.Use {
    /// The receiver; a member macro is only ever found with one.
    func receiver() throws(SourceProblem) -> Expression {
        guard let target else { throw SourceProblem(offset: offset, message: "macro needs a receiver") }
        return target
    }

    func oneVariable() throws(SourceProblem) -> FoldVariables {
        FoldVariables(range: try receiver(), first: try variable(0), second: nil)
    }

    func pairOfVariables() throws(SourceProblem) -> FoldVariables {
        let (first, second) = try twoVariables()
        return FoldVariables(range: try receiver(), first: first, second: second)
    }
}
