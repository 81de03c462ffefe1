extension Library {
    /// `+ - * / %` on numbers; integers are checked and never wrap.
    static let arithmetic = Library(functions: [
        FunctionDeclaration(
            Operator.add,
            operation { (a: Int64, b: Int64) throws(CELEvaluationError) in try exact(a.addingReportingOverflow(b)) },
            operation { (a: UInt64, b: UInt64) throws(CELEvaluationError) in try exact(a.addingReportingOverflow(b)) },
            operation { (a: Double, b: Double) in a + b },
            Overload.of(.function, cost: Cost.sum) { (a: String, b: String) throws(CELEvaluationError) in
                try TextLimit.check(a.utf8.count, b.utf8.count, limit: TextLimit.bytes)
                return a + b
            }.costingOneWhenDynamic.sized { $0[0] + $0[1] },
            Overload.of(.function, cost: Cost.sum) { (a: ByteString, b: ByteString) throws(CELEvaluationError) in
                try TextLimit.check(a.bytes.count, b.bytes.count, limit: TextLimit.bytes)
                return ByteString(a.bytes + b.bytes)
            }.costingOneWhenDynamic.sized { $0[0] + $0[1] },
            Overload.of(.function, .init(parameters: [.list(.a), .list(.a)], result: .list(.a)), cost: Cost.concatenation) {
                (a: [CELValue], b: [CELValue]) throws(CELEvaluationError) in
                try TextLimit.check(a.count, b.count, limit: CELValue.maximumWeight)
                return a + b
            }.sized { $0[0] + $0[1] }
        ),
        FunctionDeclaration(
            "_-_",
            operation { (a: Int64, b: Int64) throws(CELEvaluationError) in try exact(a.subtractingReportingOverflow(b)) },
            operation { (a: UInt64, b: UInt64) throws(CELEvaluationError) in try exact(a.subtractingReportingOverflow(b)) },
            operation { (a: Double, b: Double) in a - b }
        ),
        FunctionDeclaration(
            "_*_",
            operation { (a: Int64, b: Int64) throws(CELEvaluationError) in try exact(a.multipliedReportingOverflow(by: b)) },
            operation { (a: UInt64, b: UInt64) throws(CELEvaluationError) in try exact(a.multipliedReportingOverflow(by: b)) },
            operation { (a: Double, b: Double) in a * b }
        ),
        FunctionDeclaration(
            "_/_",
            operation { (a: Int64, b: Int64) throws(CELEvaluationError) in
                guard b != 0 else { throw .divisionByZero }
                return try exact(a.dividedReportingOverflow(by: b))
            },
            operation { (a: UInt64, b: UInt64) throws(CELEvaluationError) in
                guard b != 0 else { throw .divisionByZero }
                return a / b
            },
            operation { (a: Double, b: Double) in a / b }
        ),
        FunctionDeclaration(
            "_%_",
            operation { (a: Int64, b: Int64) throws(CELEvaluationError) in
                guard b != 0 else { throw .modulusByZero }
                return try exact(a.remainderReportingOverflow(dividingBy: b))
            },
            operation { (a: UInt64, b: UInt64) throws(CELEvaluationError) in
                guard b != 0 else { throw .modulusByZero }
                return a % b
            }
        ),
        FunctionDeclaration(
            Operator.negate,
            Overload.of(.function) { (a: Int64) throws(CELEvaluationError) in
                try exact(Int64(0).subtractingReportingOverflow(a))
            },
            Overload.of(.function) { (a: Double) in -a }
        ),
    ])

    private static func operation<Number: NativeValue>(
        _ body: @escaping @Sendable (Number, Number) throws(CELEvaluationError) -> Number
    ) -> Overload {
        Overload.of(.function, cost: Cost.one, body)
    }

    private static func exact<Number: FixedWidthInteger>(
        _ result: (partialValue: Number, overflow: Bool)
    ) throws(CELEvaluationError) -> Number {
        guard !result.overflow else { throw Number.isSigned ? .integerOverflow : .unsignedIntegerOverflow }
        return result.partialValue
    }
}
