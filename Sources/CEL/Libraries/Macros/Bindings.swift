/// Macros that are not loops: `has`, and those that give a value a name for one expression.
enum Bindings {
    static let has = Macro(name: "has", isMember: false, argumentCount: 1) { factory, use throws(SourceProblem) in
        guard case .select(let operand, let field, isTest: false) = use.arguments[0].kind else {
            throw SourceProblem(offset: use.arguments[0].offset, message: "invalid argument to has() macro")
        }
        return try factory.expand(.select(operand: operand, field: field, isTest: true), at: use.offset)
    }

    static let optional: [Macro] = [
        Macro(name: "optMap", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            let bound = try bindUnwrapped(&factory, use)
            let some = try factory.call("optional.of", [bound], at: use.offset)
            return try ifPresent(&factory, use, some)
        },
        Macro(name: "optFlatMap", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
            try ifPresent(&factory, use, try bindUnwrapped(&factory, use))
        },
    ]

    /// `list.sortBy(x, key)`: the keys are computed first, then the list is sorted by them.
    static let sortBy = Macro(name: "sortBy", isMember: true, argumentCount: 2) { factory, use throws(SourceProblem) in
        let input = "@sortByInput"
        let bound = try factory.identifier(input, at: use.offset)
        let keysUse = Macro.Use(target: bound, arguments: use.arguments, offset: use.offset)
        guard let map = Transformations.oneVariable.first, let keys = try map.expand(&factory, keysUse) else { return nil }
        let call = Expression.Call(function: ListSorting.byKeys, target: bound, arguments: [keys])
        let sorted = try factory.expand(.call(call), at: use.offset)
        return try bind(&factory, input, to: try use.receiver(), in: sorted, at: use.offset)
    }

    private static func bindUnwrapped(_ factory: inout ExpressionFactory, _ use: Macro.Use) throws(SourceProblem) -> Expression
    {
        guard case .identifier(let name) = use.arguments[0].kind else {
            throw SourceProblem(offset: use.arguments[0].offset, message: "optMap() variable name must be a simple identifier")
        }
        let value = try factory.member(try use.receiver(), "value", at: use.offset)
        return try bind(&factory, name, to: value, in: use.arguments[1], at: use.offset)
    }

    private static func ifPresent(
        _ factory: inout ExpressionFactory,
        _ use: Macro.Use,
        _ then: Expression
    ) throws(SourceProblem) -> Expression {
        let isPresent = try factory.member(try use.receiver(), "hasValue", at: use.offset)
        let none = try factory.call("optional.none", [], at: use.offset)
        return try factory.call(Operator.conditional, [isPresent, then, none], at: use.offset)
    }

    /// A fold over nothing, whose accumulator is the name.
    private static func bind(
        _ factory: inout ExpressionFactory,
        _ name: String,
        to value: Expression,
        in result: Expression,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        let fold = Expression.Comprehension(
            range: try factory.list([], at: offset),
            variable: "#unused",
            secondVariable: nil,
            accumulator: name,
            initial: value,
            condition: try factory.truth(false, at: offset),
            step: try factory.identifier(name, at: offset),
            result: result
        )
        return try factory.expand(.comprehension(fold), at: offset)
    }
}
