/// A Swift type that stands for a CEL type in a function's declaration.
protocol NativeValue: Sendable {
    static var celType: CELType { get }
    /// Nil when the value is of another type.
    init?(_ value: CELValue)
    var celValue: CELValue { get }
}

extension NativeValue {
    /// The argument at `index`, or the refusal that a call with other types gets.
    static func native(_ arguments: Arguments, _ index: Int) throws(CELEvaluationError) -> Self {
        guard index < arguments.count, let value = Self(arguments[index]) else { throw .noSuchOverload }
        return value
    }
}

/// Any value: what a type parameter is bound to.
extension CELValue: NativeValue {
    static var celType: CELType { .dyn }
    init?(_ value: CELValue) { self = value }
    var celValue: CELValue { self }
}

extension Bool: NativeValue {
    static var celType: CELType { .bool }
    init?(_ value: CELValue) {
        guard case .bool(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .bool(self) }
}

extension Int64: NativeValue {
    static var celType: CELType { .int }
    init?(_ value: CELValue) {
        guard case .int(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .int(self) }
}

extension UInt64: NativeValue {
    static var celType: CELType { .uint }
    init?(_ value: CELValue) {
        guard case .uint(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .uint(self) }
}

extension Double: NativeValue {
    static var celType: CELType { .double }
    init?(_ value: CELValue) {
        guard case .double(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .double(self) }
}

extension String: NativeValue {
    static var celType: CELType { .string }
    init?(_ value: CELValue) {
        guard case .string(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .string(self) }
}

/// Bytes, told apart from lists.
struct ByteString: NativeValue {
    let bytes: [UInt8]

    static var celType: CELType { .bytes }
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init?(_ value: CELValue) {
        guard case .bytes(let native) = value else { return nil }
        bytes = native
    }
    var celValue: CELValue { .bytes(bytes) }
}

extension Array: NativeValue where Element == CELValue {
    static var celType: CELType { .list(.dyn) }
    init?(_ value: CELValue) {
        guard case .list(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .list(self) }
}

extension CELMap: NativeValue {
    static var celType: CELType { .map(.dyn, .dyn) }
    init?(_ value: CELValue) {
        guard case .map(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .map(self) }
}

extension CELTimestamp: NativeValue {
    static var celType: CELType { .timestamp }
    init?(_ value: CELValue) {
        guard case .timestamp(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .timestamp(self) }
}

extension CELDuration: NativeValue {
    static var celType: CELType { .duration }
    init?(_ value: CELValue) {
        guard case .duration(let native) = value else { return nil }
        self = native
    }
    var celValue: CELValue { .duration(self) }
}
