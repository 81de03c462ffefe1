/// `all`, `exists` and `exists_one`, for one and for two variables.
enum Quantifiers {
    static let oneVariable: [Macro] = [
        Macro(name: "all", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try all(&factory, try use.oneVariable(), use.arguments[1], at: use.offset)
        },
        Macro(name: "exists", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try exists(&factory, try use.oneVariable(), use.arguments[1], at: use.offset)
        },
        Macro(name: "exists_one", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try existsOne(&factory, try use.oneVariable(), use.arguments[1], at: use.offset)
        },
        Macro(name: "existsOne", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try existsOne(&factory, try use.oneVariable(), use.arguments[1], at: use.offset)
        },
    ]

    static let twoVariables: [Macro] = [
        Macro(name: "all", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try all(&factory, try use.pairOfVariables(), use.arguments[2], at: use.offset)
        },
        Macro(name: "exists", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try exists(&factory, try use.pairOfVariables(), use.arguments[2], at: use.offset)
        },
        Macro(name: "exists_one", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try existsOne(&factory, try use.pairOfVariables(), use.arguments[2], at: use.offset)
        },
        Macro(name: "existsOne", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try existsOne(&factory, try use.pairOfVariables(), use.arguments[2], at: use.offset)
        },
    ]

    private static func all(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        _ predicate: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let fold = Fold(
            range: variables.range,
            variable: variables.first,
            secondVariable: variables.second,
            initial: try factory.truth(true, at: offset),
            condition: try factory.call(Operator.notStrictlyFalse, [try factory.accumulator(at: offset)], at: offset),
            step: try factory.call(Operator.and, [try factory.accumulator(at: offset), predicate], at: offset),
            result: try factory.accumulator(at: offset)
        )
        return try factory.fold(fold, at: offset)
    }

    private static func exists(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        _ predicate: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let notYet = try factory.call(Operator.not, [try factory.accumulator(at: offset)], at: offset)
        let fold = Fold(
            range: variables.range,
            variable: variables.first,
            secondVariable: variables.second,
            initial: try factory.truth(false, at: offset),
            condition: try factory.call(Operator.notStrictlyFalse, [notYet], at: offset),
            step: try factory.call(Operator.or, [try factory.accumulator(at: offset), predicate], at: offset),
            result: try factory.accumulator(at: offset)
        )
        return try factory.fold(fold, at: offset)
    }

    private static func existsOne(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        _ predicate: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let one = try factory.literal(.int(1), at: offset)
        let counted = try factory.call(Operator.add, [try factory.accumulator(at: offset), one], at: offset)
        let step = [predicate, counted, try factory.accumulator(at: offset)]
        let fold = Fold(
            range: variables.range,
            variable: variables.first,
            secondVariable: variables.second,
            initial: try factory.literal(.int(0), at: offset),
            condition: try factory.truth(true, at: offset),
            step: try factory.call(Operator.conditional, step, at: offset),
            result: try factory.call(Operator.equal, [try factory.accumulator(at: offset), one], at: offset)
        )
        return try factory.fold(fold, at: offset)
    }
}
