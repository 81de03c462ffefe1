/// The macros that make a new list or map: `map`, `filter`, `transformList`, `transformMap`, `transformMapEntry`.
enum Transformations {
    static let oneVariable: [Macro] = [
        Macro(name: "map", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try list(&factory, try use.oneVariable(), keeping: nil, use.arguments[1], at: use.offset)
        },
        Macro(name: "map", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try list(&factory, try use.oneVariable(), keeping: use.arguments[1], use.arguments[2], at: use.offset)
        },
        Macro(name: "filter", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try list(&factory, try use.oneVariable(), keeping: use.arguments[1], use.arguments[0], at: use.offset)
        },
    ]

    static let twoVariables: [Macro] = [
        Macro(name: "transformList", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try list(&factory, try use.pairOfVariables(), keeping: nil, use.arguments[2], at: use.offset)
        },
        Macro(name: "transformList", isMember: true, argumentCount: 4) { factory, use throws(SourceProblem) in
            try list(&factory, try use.pairOfVariables(), keeping: use.arguments[2], use.arguments[3], at: use.offset)
        },
        Macro(name: "transformMap", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try map(&factory, try use.pairOfVariables(), keeping: nil, use.arguments[2], at: use.offset)
        },
        Macro(name: "transformMap", isMember: true, argumentCount: 4) { factory, use throws(SourceProblem) in
            try map(&factory, try use.pairOfVariables(), keeping: use.arguments[2], use.arguments[3], at: use.offset)
        },
        Macro(name: "transformMapEntry", isMember: true, argumentCount: 3) { factory, use throws(SourceProblem) in
            try entries(&factory, try use.pairOfVariables(), keeping: nil, use.arguments[2], at: use.offset)
        },
        Macro(name: "transformMapEntry", isMember: true, argumentCount: 4) { factory, use throws(SourceProblem) in
            try entries(&factory, try use.pairOfVariables(), keeping: use.arguments[2], use.arguments[3], at: use.offset)
        },
    ]

    private static func list(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        keeping predicate: Expression?,
        _ element: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let added = [try factory.accumulator(at: offset), try factory.list([element], at: offset)]
        return try collect(
            &factory,
            variables,
            initial: try factory.list([], at: offset),
            keeping: predicate,
            step: try factory.call(Operator.add, added, at: offset),
            at: offset
        )
    }

    private static func map(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        keeping predicate: Expression?,
        _ value: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let key = try factory.identifier(variables.first, at: offset)
        let inserted = [try factory.accumulator(at: offset), key, value]
        return try collect(
            &factory,
            variables,
            initial: try factory.expand(.map([]), at: offset),
            keeping: predicate,
            step: try factory.call(MapInsertion.name, inserted, at: offset),
            at: offset
        )
    }

    private static func entries(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        keeping predicate: Expression?,
        _ entry: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let inserted = [try factory.accumulator(at: offset), entry]
        return try collect(
            &factory,
            variables,
            initial: try factory.expand(.map([]), at: offset),
            keeping: predicate,
            step: try factory.call(MapInsertion.name, inserted, at: offset),
            at: offset
        )
    }

    private static func collect(
        _ factory: inout ExpressionFactory,
        _ variables: FoldVariables,
        initial: Expression,
        keeping predicate: Expression?,
        step: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        var step = step
        if let predicate {
            let choice = [predicate, step, try factory.accumulator(at: offset)]
            step = try factory.call(Operator.conditional, choice, at: offset)
        }
        let fold = Fold(
            range: variables.range,
            variable: variables.first,
            secondVariable: variables.second,
            initial: initial,
            condition: try factory.truth(true, at: offset),
            step: step,
            result: try factory.accumulator(at: offset)
        )
        return try factory.fold(fold, at: offset)
    }
}
