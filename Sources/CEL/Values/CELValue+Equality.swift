/// Equality as CEL defines it: numbers compare across their types, everything else only within its own.
extension CELValue: Hashable {
    package static func == (left: CELValue, right: CELValue) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
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

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        // Numbers that are equal across their types must have one hash.
        case .uint(let value): value <= UInt64(Int64.max) ? hasher.combine(Int64(value)) : hasher.combine(Double(value))
        case .double(let value): hash(double: value, into: &hasher)
        case .string(var text): text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): hasher.combine(bytes)
        case .list(let elements): hasher.combine(elements)
        case .map(let map): hasher.combine(map.count)
        case .timestamp(let time): hasher.combine(time)
        case .duration(let duration): hasher.combine(duration)
        case .type(let type): hasher.combine(type.runtimeName)
        case .optional(let value): hasher.combine(value)
        case .opaque(let value): hasher.combine(value)
        }
    }

    private func hash(double value: Double, into hasher: inout Hasher) {
        if let whole = Int64(exactly: value) { hasher.combine(whole) } else { hasher.combine(value) }
    }
}

extension CELMap: Hashable {
    package static func == (left: CELMap, right: CELMap) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
