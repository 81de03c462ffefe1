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

/// What a parameter takes, as far as a value's outermost type tells.
enum Acceptance: Sendable, Equatable {
    case anything
    case only(ValueKind)
    case orNull(ValueKind)
    case nothing

    init(_ type: CELType) {
        switch type {
        case .dyn, .any, .parameter, .variable, .error: self = .anything
        case .null: self = .only(.null)
        case .bool: self = .only(.bool)
        case .int: self = .only(.int)
        case .uint: self = .only(.uint)
        case .double: self = .only(.double)
        case .string: self = .only(.string)
        case .bytes: self = .only(.bytes)
        case .timestamp: self = .only(.timestamp)
        case .duration: self = .only(.duration)
        case .list: self = .only(.list)
        case .map, .object: self = .only(.map)
        case .optional: self = .only(.optional)
        case .type: self = .only(.type)
        case .wrapper(let inner): if case .only(let kind) = Acceptance(inner) { self = .orNull(kind) } else { self = .anything }
        case .opaque: self = Self.opaque[type].map(Acceptance.only) ?? .nothing
        }
    }

    private static let opaque: [CELType: ValueKind] = [
        .url: .url, .ip: .ip, .cidr: .cidr, .quantity: .quantity, .semver: .semver, .format: .format,
    ]

    func takes(_ kind: ValueKind) -> Bool {
        switch self {
        case .anything: true
        case .only(let wanted): wanted == kind
        case .orNull(let wanted): wanted == kind || kind == .null
        case .nothing: false
        }
    }
}
