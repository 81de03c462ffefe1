/// The arguments of one call, receiver first. They are kept in place, so that a call allocates nothing.
struct Arguments: Sendable {
    /// No function takes more; what is beyond is counted and forgotten, and so fits no overload.
    private static let maximumCount = 4

    private(set) var count = 0
    /// The kinds of the values, one byte each.
    private var kinds: UInt32 = 0
    private var values: (CELValue, CELValue, CELValue, CELValue) = (.null, .null, .null, .null)

    init() {}

    init(_ list: [CELValue]) {
        for value in list { append(value) }
    }

    mutating func append(_ value: CELValue) {
        switch count {
        case 0: values.0 = value
        case 1: values.1 = value
        case 2: values.2 = value
        case 3: values.3 = value
        default: break
        }
        if count < Self.maximumCount { kinds |= UInt32(value.kind.rawValue) << UInt32(8 * count) }
        count += 1
    }

    /// `null` where there is none.
    subscript(index: Int) -> CELValue {
        switch index {
        case 0: values.0
        case 1: values.1
        case 2: values.2
        case 3: values.3
        default: .null
        }
    }

    /// Whether there is a value for each parameter, of a kind that it takes.
    func fit(_ parameters: [Acceptance]) -> Bool {
        guard count == parameters.count else { return false }
        for index in parameters.indices where !parameters[index].takes(UInt8(truncatingIfNeeded: kinds >> (8 * index))) {
            return false
        }
        return true
    }

    var indices: Range<Int> { 0..<min(count, Self.maximumCount) }
}
