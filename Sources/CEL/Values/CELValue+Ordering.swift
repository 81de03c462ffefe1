/// How two values stand to each other; `unordered` is what a NaN is to every number.
enum Ordering: Sendable {
    case less, equal, greater, unordered

    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }
}

/// The order of two numbers by their mathematical values, whatever their types; nil when one is not a number.
func compareNumbers(_ left: CELValue, _ right: CELValue) -> Ordering? {
    switch (left, right) {
    case (.int(let a), .int(let b)): Ordering(a, b)
    case (.uint(let a), .uint(let b)): Ordering(a, b)
    case (.double(let a), .double(let b)): Ordering(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? .less : Ordering(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? .greater : Ordering(a, UInt64(b))
    case (.int(let a), .double(let b)): compare(a, b)
    case (.uint(let a), .double(let b)): compare(a, b)
    case (.double(let a), .int(let b)): compare(b, a).reversed
    case (.double(let a), .uint(let b)): compare(b, a).reversed
    default: nil
    }
}

/// The order of two values of the types CEL orders; nil when `<` is not defined on them.
func compareOrdered(_ left: CELValue, _ right: CELValue) -> Ordering? {
    switch (left, right) {
    case (.string(let a), .string(let b)): compareBytes(a.utf8, b.utf8)
    case (.bytes(let a), .bytes(let b)): compareBytes(a, b)
    case (.bool(let a), .bool(let b)): Ordering(a ? 1 : 0, b ? 1 : 0)
    case (.timestamp(let a), .timestamp(let b)): Ordering(a, b)
    case (.duration(let a), .duration(let b)): Ordering(a, b)
    default: compareNumbers(left, right)
    }
}

/// Compares as doubles, as the reference implementation does: large integers are rounded.
private func compare<Number: FixedWidthInteger>(_ whole: Number, _ double: Double) -> Ordering {
    Ordering(Double(whole), double)
}

private func compareBytes(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Ordering {
    if left.elementsEqual(right) { return .equal }
    return left.lexicographicallyPrecedes(right) ? .less : .greater
}

extension Ordering {
    fileprivate var reversed: Ordering {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }
}
