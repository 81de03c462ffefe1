/// The outermost type of a value, in a form that is compared in one step.
enum ValueKind: UInt8, Sendable {
    case null, bool, int, uint, double, string, bytes, list, map, timestamp, duration, type, optional
    case url, ip, cidr, quantity, semver, format
}

extension CELValue {
    var kind: ValueKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .optional: .optional
        case .opaque(let value): value.kind
        }
    }
}

extension OpaqueValue {
    fileprivate var kind: ValueKind {
        switch self {
        case .url: .url
        case .ip: .ip
        case .cidr: .cidr
        case .quantity: .quantity
        case .semver: .semver
        case .format: .format
        }
    }
}

/// What a parameter takes, as far as a value's outermost type tells: a bit for each kind.
struct Acceptance: Sendable, Hashable {
    private let bits: UInt32

    private init(kinds: ValueKind...) { bits = kinds.reduce(0) { $0 | 1 << UInt32($1.rawValue) } }

    private init(bits: UInt32) { self.bits = bits }

    init(_ type: CELType) {
        switch type {
        case .dyn, .any, .parameter, .variable, .error: self.init(bits: .max)
        case .null: self.init(kinds: .null)
        case .bool: self.init(kinds: .bool)
        case .int: self.init(kinds: .int)
        case .uint: self.init(kinds: .uint)
        case .double: self.init(kinds: .double)
        case .string: self.init(kinds: .string)
        case .bytes: self.init(kinds: .bytes)
        case .timestamp: self.init(kinds: .timestamp)
        case .duration: self.init(kinds: .duration)
        case .list: self.init(kinds: .list)
        case .map, .object: self.init(kinds: .map)
        case .optional: self.init(kinds: .optional)
        case .type: self.init(kinds: .type)
        case .wrapper(let inner): self.init(bits: Acceptance(inner).bits | Acceptance(kinds: .null).bits)
        case .opaque: self = Self.opaque[type].map { Acceptance(kinds: $0) } ?? Acceptance(bits: 0)
        }
    }

    private static let opaque: [CELType: ValueKind] = [
        .url: .url, .ip: .ip, .cidr: .cidr, .quantity: .quantity, .semver: .semver, .format: .format,
    ]

    /// - Parameter kind: a `ValueKind`'s number.
    func takes(_ kind: UInt8) -> Bool { bits >> UInt32(kind) & 1 == 1 }
}
