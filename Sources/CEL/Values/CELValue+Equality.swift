/// Equality as CEL defines it: numbers compare across their types, everything else only within its own.
extension CELValue: Hashable {
    package static func == (left: CELValue, right: CELValue) -> Bool {
        // One side after the other: a pair of both would be copied first.
        switch left {
        case .string(let a): if case .string(let b) = right { a.hasSameBytes(as: b) } else { false }
        case .bool(let a): if case .bool(let b) = right { a == b } else { false }
        case .int, .uint, .double: compareNumbers(left, right) == .some(.equal)
        case .null: if case .null = right { true } else { false }
        case .bytes(let a): if case .bytes(let b) = right { a == b } else { false }
        case .list(let a): if case .list(let b) = right { a == b } else { false }
        case .map(let a): if case .map(let b) = right { a == b } else { false }
        case .timestamp(let a): if case .timestamp(let b) = right { a == b } else { false }
        case .duration(let a): if case .duration(let b) = right { a == b } else { false }
        case .type(let a): if case .type(let b) = right { a.runtimeName == b.runtimeName } else { false }
        case .optional(let a): if case .optional(let b) = right { a == b } else { false }
        case .opaque(let a): if case .opaque(let b) = right { a == b } else { false }
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
