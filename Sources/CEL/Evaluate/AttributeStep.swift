/// A variable, or any other value, and the members and indexes read from it one after another.
struct AttributeStep: Step {
    enum Base: Sendable {
        case global(slot: Int, name: String)
        case local(slot: Int)
        case step(any Step)
    }

    enum Qualifier: Sendable {
        /// `.name`; `plain` is the property's name when `name` is Kubernetes' escaped form of it.
        case field(name: String, plain: String?, isOptional: Bool)
        /// `["name"]` and every other index.
        case index(any Step, isOptional: Bool)

        var isOptional: Bool {
            switch self {
            case .field(_, _, let isOptional), .index(_, let isOptional): isOptional
            }
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
        for (position, qualifier) in qualifiers.enumerated() {
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
        case .local(let slot): try run.local(slot)
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
        let key: CELValue
        var found: CELValue?
        switch qualifier {
        case .field(let name, let plain, _):
            guard case .map(let map) = value else {
                if case .list = value { throw .invalidArgument("unsupported index type 'string' in list") }
                if mayMiss { return nil }
                throw .noSuchOverload
            }
            key = .string(name)
            found = map[key]
            if found == nil, let plain { found = map[string: plain] }
        case .index(let step, _):
            key = try step.evaluate(&run)
            found = try Self.element(key, of: value, mayMiss: mayMiss)
        }
        if found == nil, !mayMiss { throw .noSuchKey(key.messageText) }
        return found
    }

    private static func element(_ key: CELValue, of value: CELValue, mayMiss: Bool) throws(CELEvaluationError) -> CELValue? {
        switch value {
        case .map(let map):
            guard isKey(key) else { throw .invalidArgument("unsupported key type: \(key.runtimeType)") }
            return map[key]
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
