/// Equality as CEL defines it: numbers compare across their types, everything else only within its own.
extension CELValue: Hashable {
    package static func == (left: CELValue, right: CELValue) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.int(let a), .int(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        case (.null, .null): true
        case (.bytes(let a), .bytes(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        case (.timestamp(let a), .timestamp(let b)): a == b
        case (.duration(let a), .duration(let b)): a == b
        case (.type(let a), .type(let b)): a.runtimeName == b.runtimeName
        case (.optional(let a), .optional(let b)): a == b
        case (.opaque(let a), .opaque(let b)): a == b
        default: compareNumbers(left, right) == .some(.equal)
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(tableHash) }

    /// Equal values have equal hashes: numbers compare across their types as doubles, so they are hashed as doubles.
    var tableHash: UInt64 {
        switch self {
        case .string(let text): text.tableHash
        case .int(let value): Self.hash(Double(value))
        case .uint(let value): Self.hash(Double(value))
        case .double(let value): Self.hash(value)
        case .bool(let value): HashMixing.mix(value ? 1 : 2)
        case .null: HashMixing.mix(3)
        // By their sizes only: values are deep, and whoever needs many of them apart compares them anyway.
        case .list(let elements): HashMixing.mix(UInt64(elements.count) &+ 4)
        case .map(let map): HashMixing.mix(UInt64(map.count) &+ 5)
        case .optional(let value): HashMixing.mix(value == nil ? 6 : 7)
        case .bytes(let bytes): Self.hash(bytes)
        case .timestamp(let time): Self.hash(time)
        case .duration(let duration): Self.hash(duration)
        case .type(let type): type.runtimeName.tableHash
        case .opaque(let value): Self.hash(value)
        }
    }

    private static func hash(_ number: Double) -> UInt64 { HashMixing.mix(number == 0 ? 0 : number.bitPattern) }
    private static func hash(_ value: some Hashable) -> UInt64 { UInt64(bitPattern: Int64(value.hashValue)) }
}

extension CELMap: Hashable {
    package static func == (left: CELMap, right: CELMap) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
