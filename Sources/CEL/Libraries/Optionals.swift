extension Library {
    /// Optional values: `optional.of`, `orValue` and their kin.
    static let optionals = Library(
        functions: [
            FunctionDeclaration(
                "optional.of",
                Overload.of(.function, .init(parameters: [.a], result: .optional(.a))) { (value: CELValue) in
                    CELValue.optional(value)
                }
            ),
            FunctionDeclaration(
                "optional.ofNonZeroValue",
                Overload.of(.function, .init(parameters: [.a], result: .optional(.a))) { (value: CELValue) in
                    CELValue.optional(value.isZero ? nil : value)
                }
            ),
            FunctionDeclaration(
                "optional.none",
                Overload.of(.function, .init(parameters: [], result: .optional(.a))) { CELValue.optional(nil) }
            ),
            FunctionDeclaration(
                "hasValue",
                Overload.of(.member, .init(parameters: [.optional(.a)], result: .bool)) { (optional: OptionalValue) in
                    optional.value != nil
                }
            ),
            FunctionDeclaration(
                "value",
                Overload.of(.member, .init(parameters: [.optional(.a)], result: .a)) {
                    (optional: OptionalValue) throws(CELEvaluationError) -> CELValue in
                    guard let value = optional.value else { throw .invalidArgument("optional.none() dereference") }
                    return value
                }
            ),
            FunctionDeclaration(
                "or",
                Overload.of(.member, .init(parameters: [.optional(.a), .optional(.a)], result: .optional(.a))) {
                    (optional: OptionalValue, other: OptionalValue) in
                    CELValue.optional(optional.value ?? other.value)
                }
            ),
            FunctionDeclaration(
                "orValue",
                Overload.of(.member, .init(parameters: [.optional(.a), .a], result: .a)) {
                    (optional: OptionalValue, other: CELValue) in optional.value ?? other
                }
            ),
        ],
        macros: Bindings.optional,
        constants: ["optional_type": .optional(.dyn)]
    )
}

/// An optional as a function takes it.
struct OptionalValue: NativeValue {
    let value: CELValue?

    static var celType: CELType { .optional(.dyn) }
    init?(_ value: CELValue) {
        guard case .optional(let inner) = value else { return nil }
        self.value = inner
    }
    var celValue: CELValue { .optional(value) }
}

extension CELValue {
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let list): list.isEmpty
        case .map(let map): map.isEmpty
        case .duration(let duration): duration.nanoseconds == 0
        case .timestamp(let time): time.seconds == 0 && time.nanoseconds == 0
        case .optional(let value): value == nil
        case .type, .opaque: false
        }
    }
}
