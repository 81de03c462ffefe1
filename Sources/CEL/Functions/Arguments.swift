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

    mutating func append(_ value: consuming CELValue) {
        if count < Self.maximumCount { kinds |= UInt32(value.kind.rawValue) << UInt32(8 * count) }
        switch count {
        case 0: values.0 = value
        case 1: values.1 = value
        case 2: values.2 = value
        case 3: values.3 = value
        default: break
        }
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

    /// The size of one argument; asking for the value itself would copy it first.
    func size(_ index: Int) -> UInt64 {
        switch index {
        case 0: values.0.size
        case 1: values.1.size
        case 2: values.2.size
        case 3: values.3.size
        default: 1
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
