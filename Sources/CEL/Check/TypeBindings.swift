/// What is known so far about the types still to be inferred, and whether one type may stand where another is wanted.
struct TypeBindings: Sendable {
    private var bound: [Int: CELType] = [:]
    /// What was bound before, latest last, so that a failed attempt can be taken back without copying everything.
    private var history: [(number: Int, before: CELType?)] = []
    private var nextVariable = 0

    mutating func fresh() -> CELType {
        nextVariable += 1
        return .variable(nextVariable - 1)
    }

    /// Binds what has to be bound and tells true, or leaves everything as it was and tells false.
    mutating func assign(_ from: [CELType], to targets: [CELType]) -> Bool {
        guard from.count == targets.count else { return false }
        history.removeAll(keepingCapacity: true)
        for (type, target) in zip(from, targets) where !unify(type, target) {
            for change in history.reversed() { bound[change.number] = change.before }
            return false
        }
        return true
    }

    private mutating func bind(_ number: Int, to type: CELType) {
        history.append((number, bound[number]))
        bound[number] = type
    }

    mutating func assign(_ from: CELType, to target: CELType) -> Bool { assign([from], to: [target]) }

    /// The type with everything known put in; what stays unknown is `dyn` when `isFinal`.
    func resolve(_ type: CELType, isFinal: Bool = false) -> CELType {
        switch type {
        case .variable(let number):
            if let known = bound[number] { return resolve(known, isFinal: isFinal) }
            return isFinal ? .dyn : type
        case .list(let element): return .list(resolve(element, isFinal: isFinal))
        case .map(let key, let value): return .map(resolve(key, isFinal: isFinal), resolve(value, isFinal: isFinal))
        case .optional(let value): return .optional(resolve(value, isFinal: isFinal))
        case .type(let named): return .type(named.map { resolve($0, isFinal: isFinal) })
        default: return type
        }
    }

    // MARK: - Unification

    private mutating func unify(_ from: CELType, _ target: CELType) -> Bool {
        if case .variable(let number) = target {
            let known = bound[number] != nil
            if substitute(from, for: number) { return true }
            if known { return false }
        }
        if case .variable(let number) = from { return substitute(target, for: number) }
        switch (from, target) {
        case (.dyn, _), (.any, _), (.error, _), (_, .dyn), (_, .any), (_, .error): return true
        case (.null, let other), (let other, .null): return other.isNullable
        case (.wrapper(let a), .wrapper(let b)): return a == b
        case (.wrapper(let a), let b), (let b, .wrapper(let a)): return a == b
        case (.list(let a), .list(let b)): return unify(a, b)
        case (.map(let keyA, let valueA), .map(let keyB, let valueB)): return unify(keyA, keyB) && unify(valueA, valueB)
        case (.optional(let a), .optional(let b)): return unify(a, b)
        case (.object(let a), .object(let b)): return a.name == b.name
        case (.type, .type): return true
        default: return from == target
        }
    }

    /// Takes `type` for the variable, or the more general of it and of what the variable is bound to.
    private mutating func substitute(_ type: CELType, for number: Int) -> Bool {
        if type == .variable(number) { return true }
        if let known = bound[number] {
            if known == type { return true }
            guard unify(type, known) else { return false }
            let general = Self.isAtLeastAsGeneral(type, known) ? type : known
            if !refers(to: number, general) { bind(number, to: general) }
            return true
        }
        guard !refers(to: number, type) else { return false }
        bind(number, to: type)
        return true
    }

    private func refers(to number: Int, _ type: CELType) -> Bool {
        switch type {
        case .variable(let other): other == number || (bound[other].map { refers(to: number, $0) } ?? false)
        case .list(let element): refers(to: number, element)
        case .map(let key, let value): refers(to: number, key) || refers(to: number, value)
        case .optional(let value): refers(to: number, value)
        default: false
        }
    }

    static func isAtLeastAsGeneral(_ type: CELType, _ other: CELType) -> Bool {
        switch (type, other) {
        case (.dyn, _), (.any, _), (.variable, _): true
        case (_, .dyn), (_, .any), (_, .variable): false
        case (.list(let a), .list(let b)): isAtLeastAsGeneral(a, b)
        case (.map(let keyA, let valueA), .map(let keyB, let valueB)):
            isAtLeastAsGeneral(keyA, keyB) && isAtLeastAsGeneral(valueA, valueB)
        case (.optional(let a), .optional(let b)): isAtLeastAsGeneral(a, b)
        case (.wrapper(let a), let b): a == b || type == b
        case (.type, .type): true
        default: type == other
        }
    }
}

extension CELType {
    fileprivate var isNullable: Bool {
        switch self {
        case .null, .wrapper, .object, .timestamp, .duration, .opaque, .optional: true
        default: false
        }
    }

    /// The signature's type with its parameters replaced.
    func replacing(_ parameters: [String: CELType]) -> CELType {
        switch self {
        case .parameter(let name): parameters[name] ?? self
        case .list(let element): .list(element.replacing(parameters))
        case .map(let key, let value): .map(key.replacing(parameters), value.replacing(parameters))
        case .optional(let value): .optional(value.replacing(parameters))
        case .type(let named): .type(named?.replacing(parameters))
        default: self
        }
    }

    var parameterNames: Set<String> {
        switch self {
        case .parameter(let name): [name]
        case .list(let element): element.parameterNames
        case .map(let key, let value): key.parameterNames.union(value.parameterNames)
        case .optional(let value): value.parameterNames
        case .type(let named): named?.parameterNames ?? []
        default: []
        }
    }
}
