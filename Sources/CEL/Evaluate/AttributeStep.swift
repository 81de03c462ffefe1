/// A variable, or any other value, and the members and indexes read from it one after another.
struct AttributeStep: Step {
    enum Base: Sendable {
        case global(slot: Int, name: String)
        case local(slot: Int)
        case step(any Step)
    }

    /// One member or index.
    final class Qualifier: Sendable {
        enum Key: Sendable {
            /// `.name` or an index that is a literal.
            case known(MapKey)
            /// Every other index.
            case computed(any Step)
        }

        let key: Key
        /// `.name` and not `["name"]`.
        let isField: Bool
        /// The property's name when the field's is Kubernetes' escaped form of it.
        let plain: MapKey?
        let isOptional: Bool

        init(field: String, isOptional: Bool) {
            let name = PropertyName.unescape(field)
            key = .known(MapKey(.string(field)))
            plain = name == field ? nil : MapKey(.string(name))
            isField = true
            self.isOptional = isOptional
        }

        init(index: any Step, isOptional: Bool) {
            key = (index as? ConstantStep).map { .known(MapKey($0.value)) } ?? .computed(index)
            plain = nil
            isField = false
            self.isOptional = isOptional
        }
    }

    let base: Base
    var qualifiers: [Qualifier]
    /// Set for `has()`: only whether the last qualifier finds something counts.
    var isTest = false
    /// Set where the price is in something else.
    var isFree = false

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        if !isTest, !isFree { try run.charge(Cost.selection) }
        var value = try baseValue(&run)
        var isOptional = false
        for position in qualifiers.indices {
            let qualifier = qualifiers[position]
            if case .optional(let inner) = value {
                guard let inner else { return finish(nil, true) }
                value = inner
                isOptional = true
            }
            isOptional = isOptional || qualifier.isOptional
            let isTested = isTest && position == qualifiers.count - 1
            let mayMiss = isOptional || isTested
            // A member that may miss and does is not paid for, unless whether it is there was the question.
            if !mayMiss || isTested { try run.charge(Cost.selection) }
            guard let found = try read(qualifier, of: value, mayMiss: mayMiss, &run) else { return finish(nil, isOptional) }
            if mayMiss, !isTested { try run.charge(Cost.selection) }
            value = found
        }
        return finish(value, isOptional)
    }

    private func finish(_ value: CELValue?, _ isOptional: Bool) -> CELValue {
        if isTest { return .bool(value != nil) }
        return isOptional ? .optional(value) : value ?? .null
    }

    private func baseValue(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue {
        switch base {
        case .global(let slot, let name): try run.global(slot, name)
        case .local(let slot): run.locals[slot]
        case .step(let step): try step.evaluate(&run)
        }
    }

    /// Nil when nothing is there and that is no error.
    private func read(
        _ qualifier: Qualifier,
        of value: CELValue,
        mayMiss: Bool,
        _ run: inout Evaluation
    ) throws(CELEvaluationError) -> CELValue? {
        switch qualifier.key {
        case .known(let key):
            if case .map(let map) = value {
                if let found = map[key] ?? qualifier.plain.flatMap({ map[$0] }) { return found }
                if mayMiss { return nil }
                throw .noSuchKey(key.value.messageText)
            }
            if qualifier.isField, case .list = value { throw .invalidArgument("unsupported index type 'string' in list") }
            return try Self.element(key.value, of: value, mayMiss: mayMiss)
        case .computed(let step): return try Self.element(try step.evaluate(&run), of: value, mayMiss: mayMiss)
        }
    }

    private static func element(_ key: CELValue, of value: CELValue, mayMiss: Bool) throws(CELEvaluationError) -> CELValue? {
        switch value {
        case .map(let map):
            guard isKey(key) else { throw .invalidArgument("unsupported key type: \(key.runtimeType)") }
            if let found = map[key] { return found }
            if mayMiss { return nil }
            throw .noSuchKey(key.messageText)
        case .list(let list):
            let index = try position(key)
            guard index >= 0, index < list.count else {
                if mayMiss { return nil }
                throw .indexOutOfRange(index)
            }
            return list[Int(index)]
        default:
            if mayMiss { return nil }
            throw .noSuchOverload
        }
    }

    /// Whether a map can be asked for such a key.
    static func isKey(_ value: CELValue) -> Bool {
        switch value {
        case .string, .int, .uint, .bool, .double: true
        default: false
        }
    }

    private static func position(_ key: CELValue) throws(CELEvaluationError) -> Int64 {
        switch key {
        case .int(let index): return index
        case .uint(let index): return Int64(clamping: index)
        case .double(let index):
            guard let whole = Int64(exactly: index) else { throw .invalidArgument("unsupported index value \(index) in list") }
            return whole
        default: throw .invalidArgument("unsupported index type '\(key.runtimeType)' in list")
        }
    }
}

extension CELValue {
    /// The value as an error message names it.
    var messageText: String {
        switch self {
        case .string(let text): text
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): String(value)
        case .bool(let value): String(value)
        default: runtimeType.description
        }
    }
}
