/// A value of the Common Expression Language: what a variable holds and what an expression gives.
package enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([CELValue])
    case map(CELMap)
    case timestamp(CELTimestamp)
    case duration(CELDuration)
    case type(CELType)
    indirect case optional(CELValue?)
    indirect case opaque(OpaqueValue)

    /// A map with string keys, in the given order; a later member wins over an earlier one of the same name.
    package static func object(_ members: [(String, CELValue)]) -> CELValue {
        .map(CELMap(members.map { (.string($0.0), $0.1) }))
    }

    package static let emptyMap = CELValue.map(CELMap([]))
}

/// A value of a library's own type, which only that library's functions look into.
package enum OpaqueValue: Hashable, Sendable {
    case url(URLReference)
    case ip(IPAddress)
    case cidr(AddressBlock)
    case quantity(Quantity)
    case semver(SemanticVersion)
    case format(NamedFormat)

    package var type: CELType {
        switch self {
        case .url: .url
        case .ip: .ip
        case .cidr: .cidr
        case .quantity: .quantity
        case .semver: .semver
        case .format: .format
        }
    }

    /// How large it is for cost accounting: a format is as large as its pattern, everything else counts as one.
    var size: UInt64 {
        guard case .format(let format) = self else { return 1 }
        return format.price
    }

    /// The value as people write it.
    package var text: String {
        switch self {
        case .url(let url): url.text
        case .ip(let address): address.text
        case .cidr(let block): block.text
        case .quantity(let quantity): quantity.text
        case .semver(let version): version.text
        case .format(let format): format.name
        }
    }
}

extension CELValue {
    /// The type a value has at run time; what a list or a map holds is not part of it.
    package var runtimeType: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type(nil)
        case .optional: .optional(.dyn)
        case .opaque(let value): value.type
        }
    }

    /// How large a value is for cost accounting: the length of what has one, 1 for everything else.
    var size: UInt64 {
        switch self {
        case .string(let text): UInt64(text.scalarCount)
        case .bytes(let bytes): UInt64(bytes.count)
        case .list(let elements): UInt64(elements.count)
        case .map(let map): UInt64(map.count)
        case .opaque(let value): value.size
        default: 1
        }
    }

    /// How much there is to walk through: text and bytes at ten a unit, everything else 1 each.
    var traversalSize: UInt64 {
        switch self {
        case .string(let text): UInt64(text.utf8.count / 10)
        case .bytes(let bytes): UInt64(bytes.count / 10)
        case .list(let elements): elements.reduce(0) { $0.plus($1.isScalar ? $1.traversalSize : $1.size) }
        default: 1
        }
    }

    /// Whether there is nothing below the first level.
    var isScalar: Bool {
        switch self {
        case .list, .map, .optional: false
        default: true
        }
    }
}
