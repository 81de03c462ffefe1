/// A node of the syntax tree, after macros were expanded.
struct Expression: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        /// `operand.field`; `isTest` marks the argument of `has()`.
        case select(operand: Expression, field: String, isTest: Bool)
        case call(Call)
        case list([Element])
        case map([Entry])
        case message(name: String, fields: [Field])
        case comprehension(Comprehension)
        /// What stands where something could not be parsed: the parts that could, so that they are checked all the same.
        case hole([Expression])
    }

    /// Operators are calls too, with the names in `Operator`.
    struct Call: Sendable {
        let function: String
        let target: Expression?
        let arguments: [Expression]
    }

    struct Element: Sendable {
        let value: Expression
        /// `[?x]`: nothing is added when `x` is `optional.none()`.
        let isOptional: Bool
    }

    struct Entry: Sendable {
        let key: Expression
        let value: Expression
        let isOptional: Bool
    }

    struct Field: Sendable {
        let name: String
        let value: Expression
        let isOptional: Bool
        let offset: Int
    }

    /// A fold over a list or a map: what every macro that iterates becomes.
    struct Comprehension: Sendable {
        let range: Expression
        /// The element of a list or the key of a map; with a second variable, the index of a list.
        let variable: String
        let secondVariable: String?
        let accumulator: String
        let initial: Expression
        /// Looked at before each step; the fold ends when it is false.
        let condition: Expression
        let step: Expression
        let result: Expression
    }

    /// Identifies the node within its tree; copies of a node that a macro made share it.
    let id: Int
    /// Where the node is in the source, in code points.
    let offset: Int
    let kind: Kind
    /// The longest way down from here, and the number of nodes with copies counted: both are bounded by the parser.
    let depth: Int
    let weight: Int
}

extension Expression.Kind {
    var children: [Expression] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _, _): [operand]
        case .call(let call): (call.target.map { [$0] } ?? []) + call.arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .message(_, let fields): fields.map(\.value)
        case .comprehension(let fold): [fold.range, fold.initial, fold.condition, fold.step, fold.result]
        case .hole(let parts): parts
        }
    }
}

/// The names under which operators are called.
enum Operator {
    static let conditional = "_?_:_"
    static let and = "_&&_"
    static let or = "_||_"
    static let not = "!_"
    static let negate = "-_"
    static let index = "_[_]"
    static let optionalIndex = "_[?_]"
    static let optionalSelect = "_?._"
    static let notStrictlyFalse = "@not_strictly_false"
    static let add = "_+_"
    static let equal = "_==_"
    static let notEqual = "_!=_"
    static let `in` = "@in"
    static let greater = "_>_"

    static let binary: [Symbol: (name: String, precedence: Int)] = [
        .less: ("_<_", 1), .lessOrEqual: ("_<=_", 1), .greater: (greater, 1), .greaterOrEqual: ("_>=_", 1),
        .equal: (equal, 1), .notEqual: (notEqual, 1), .in: (`in`, 1),
        .plus: (add, 2), .minus: ("_-_", 2),
        .times: ("_*_", 3), .divide: ("_/_", 3), .modulo: ("_%_", 3),
    ]
}
