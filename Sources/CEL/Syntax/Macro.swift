/// A call that the parser replaces by other syntax, because it needs its arguments unevaluated.
struct Macro: Sendable {
    struct Use {
        let target: Expression?
        let arguments: [Expression]
        let offset: Int
    }

    let name: String
    let isMember: Bool
    let argumentCount: Int
    /// Gives nil when the call only looks like the macro and stays a call.
    let expand: @Sendable (inout ExpressionFactory, Use) throws(SourceProblem) -> Expression?
}

/// The macros of an environment, by the shape of their calls.
struct MacroTable: Sendable {
    private struct Shape: Hashable {
        let name: String
        let isMember: Bool
        let argumentCount: Int
    }

    private let macros: [Shape: Macro]

    init(_ list: [Macro]) {
        macros = Dictionary(
            list.map { (Shape(name: $0.name, isMember: $0.isMember, argumentCount: $0.argumentCount), $0) },
            uniquingKeysWith: { _, last in last }
        )
    }

    func find(_ name: String, isMember: Bool, argumentCount: Int) -> Macro? {
        macros[Shape(name: name, isMember: isMember, argumentCount: argumentCount)]
    }
}

extension Macro.Use {
    /// The name of a variable that the macro's user chose.
    func variable(_ index: Int) throws(SourceProblem) -> String {
        let argument = arguments[index]
        guard case .identifier(let name) = argument.kind else {
            throw SourceProblem(offset: argument.offset, message: "argument must be a simple name")
        }
        guard name != "__result__" else {
            throw SourceProblem(offset: argument.offset, message: "iteration variable overwrites accumulator variable")
        }
        return name
    }

    /// The names of two variables, which must differ.
    func twoVariables() throws(SourceProblem) -> (String, String) {
        let first = try variable(0)
        let second = try variable(1)
        guard first != second else {
            throw SourceProblem(offset: arguments[1].offset, message: "duplicate variable name: \(first)")
        }
        return (first, second)
    }
}
