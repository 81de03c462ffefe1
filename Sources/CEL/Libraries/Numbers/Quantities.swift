extension Library {
    /// Kubernetes' `quantity()`.
    static let quantities = Library(
        functions: [
            FunctionDeclaration(
                "quantity",
                Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in try Quantity(text) }
            ),
            FunctionDeclaration(
                "isQuantity",
                Overload.of(.function, cost: Cost.traversal) { (text: String) in
                    isValid { () throws(CELEvaluationError) in _ = try Quantity(text) }
                }
            ),
            FunctionDeclaration("sign", Overload.of(.member) { (value: Quantity) in Int64(value.nanos.signum()) }),
            FunctionDeclaration("isInteger", Overload.of(.member) { (value: Quantity) in value.integer != nil }),
            FunctionDeclaration(
                "asInteger",
                Overload.of(.member) { (value: Quantity) throws(CELEvaluationError) -> Int64 in
                    guard let integer = value.integer else { throw .invalidArgument("cannot convert value to integer") }
                    return integer
                }
            ),
            FunctionDeclaration("asApproximateFloat", Overload.of(.member) { (value: Quantity) in value.approximate }),
            FunctionDeclaration(
                "add",
                Overload.of(.member) { (a: Quantity, b: Quantity) in a + b },
                Overload.of(.member) { (a: Quantity, b: Int64) in a + .whole(b) }
            ),
            FunctionDeclaration(
                "sub",
                Overload.of(.member) { (a: Quantity, b: Quantity) in a - b },
                Overload.of(.member) { (a: Quantity, b: Int64) in a - .whole(b) }
            ),
        ] + comparisons { (a: Quantity, b: Quantity) in Ordering(a.nanos, b.nanos) },
        constants: ["kubernetes.Quantity": .quantity]
    )

    /// The comparisons that quantities and versions have in common.
    static func comparisons<Value: NativeValue>(
        _ compare: @escaping @Sendable (Value, Value) -> Ordering
    ) -> [FunctionDeclaration] {
        [
            FunctionDeclaration("isLessThan", Overload.of(.member) { (a: Value, b: Value) in compare(a, b) == .less }),
            FunctionDeclaration("isGreaterThan", Overload.of(.member) { (a: Value, b: Value) in compare(a, b) == .greater }),
            FunctionDeclaration(
                "compareTo",
                Overload.of(.member) { (a: Value, b: Value) -> Int64 in
                    switch compare(a, b) {
                    case .less: -1
                    case .greater: 1
                    case .equal, .unordered: 0
                    }
                }
            ),
        ]
    }
}

extension Quantity: NativeValue {
    static var celType: CELType { .quantity }
    init?(_ value: CELValue) {
        guard case .opaque(.quantity(let quantity)) = value else { return nil }
        self = quantity
    }
    var celValue: CELValue { .opaque(.quantity(self)) }
}
