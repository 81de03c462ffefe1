extension Library {
    /// Between the types: `int("1")`, `string(1.5)`, `dyn(x)`, `type(x)`.
    static let conversions = Library(
        functions: [
            FunctionDeclaration(
                "int",
                [
                    convert { (value: Int64) in value },
                    convert { (value: UInt64) throws(CELEvaluationError) in try whole(Int64(exactly: value), .integerOverflow)
                    },
                    convert { (value: Double) throws(CELEvaluationError) in
                        // Both ends are out of range for the reference implementation, which compares as doubles.
                        guard value > -0x1p63, value < 0x1p63 else { throw .integerOverflow }
                        return Int64(value)
                    },
                    convert { (text: String) throws(CELEvaluationError) in try number(Int64(text), text, "int") },
                    convert { (time: CELTimestamp) in time.seconds },
                ]
            ),
            FunctionDeclaration(
                "uint",
                [
                    convert { (value: UInt64) in value },
                    convert { (value: Int64) throws(CELEvaluationError) in
                        try whole(UInt64(exactly: value), .unsignedIntegerOverflow)
                    },
                    convert { (value: Double) throws(CELEvaluationError) in
                        guard value >= 0, value < 0x1p64 else { throw .unsignedIntegerOverflow }
                        return UInt64(value)
                    },
                    convert { (text: String) throws(CELEvaluationError) in
                        try number(text.hasPrefix("+") ? nil : UInt64(text), text, "uint")
                    },
                ]
            ),
            FunctionDeclaration(
                "double",
                [
                    convert { (value: Double) in value },
                    convert { (value: Int64) in Double(value) },
                    convert { (value: UInt64) in Double(value) },
                    convert { (text: String) throws(CELEvaluationError) in try number(Double(text), text, "double") },
                ]
            ),
            FunctionDeclaration(
                "bool",
                [
                    convert { (value: Bool) in value },
                    convert { (text: String) throws(CELEvaluationError) in try number(truths[text], text, "bool") },
                ]
            ),
            FunctionDeclaration(
                "string",
                [
                    convert { (text: String) in text },
                    convert { (value: Bool) in String(value) },
                    convert { (value: Int64) in String(value) },
                    convert { (value: UInt64) in String(value) },
                    convert { (value: Double) in NumberText.shortest(value) },
                    convert(cost: Cost.traversal) { (bytes: ByteString) throws(CELEvaluationError) in
                        guard let text = String(validating: bytes.bytes, as: UTF8.self) else {
                            throw .invalidArgument("invalid UTF-8 in bytes, cannot convert to string")
                        }
                        return text
                    },
                    convert { (time: CELTimestamp) in TimestampText.format(time) },
                    convert { (duration: CELDuration) in DurationText.format(duration) },
                ]
            ),
            FunctionDeclaration(
                "bytes",
                [
                    convert { (bytes: ByteString) in bytes },
                    convert(cost: Cost.traversal) { (text: String) in ByteString(Array(text.utf8)) },
                ]
            ),
            FunctionDeclaration(
                "timestamp",
                [
                    convert { (time: CELTimestamp) in time },
                    convert { (text: String) throws(CELEvaluationError) in try TimestampText.parse(text) }.preparing(constant),
                    convert { (seconds: Int64) throws(CELEvaluationError) in
                        guard let time = CELTimestamp(seconds: seconds) else { throw .timestampOverflow }
                        return time
                    },
                ]
            ),
            FunctionDeclaration(
                "duration",
                [
                    convert { (duration: CELDuration) in duration },
                    convert { (text: String) throws(CELEvaluationError) in try DurationText.parse(text) }.preparing {
                        constants throws(CELEvaluationError) in
                        if case .string(let text)?? = constants.first { _ = try DurationText.parse(text) }
                        return nil
                    },
                    convert { (nanoseconds: Int64) in CELDuration(nanoseconds: nanoseconds) },
                ]
            ),
            FunctionDeclaration(
                "dyn",
                Overload.of(.function, .init(parameters: [.a], result: .dyn)) { (value: CELValue) in value }
            ),
            FunctionDeclaration(
                "type",
                Overload.of(.function, .init(parameters: [.a], result: .type(.a))) { (value: CELValue) in
                    CELValue.type(value.runtimeType)
                }
            ),
        ],
        constants: [
            "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
            "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null, "type": .type(nil),
            "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
        ]
    )

    private static let truths = [
        "1": true, "t": true, "T": true, "true": true, "TRUE": true, "True": true,
        "0": false, "f": false, "F": false, "false": false, "FALSE": false, "False": false,
    ]

    private static func convert<A: NativeValue, R: NativeValue>(
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable (A) throws(CELEvaluationError) -> R
    ) -> Overload {
        Overload.of(.function, cost: cost, body)
    }

    private static func whole<Number>(_ value: Number?, _ error: CELEvaluationError) throws(CELEvaluationError) -> Number {
        guard let value else { throw error }
        return value
    }

    private static func number<Number>(_ value: Number?, _ text: String, _ type: String) throws(CELEvaluationError) -> Number {
        guard let value else { throw .invalidArgument("cannot convert \(NumberText.quoted(text)) to \(type)") }
        return value
    }

    /// A literal that is no moment is refused when the expression is compiled.
    private static let constant: Overload.Preparation = { constants throws(CELEvaluationError) in
        if case .string(let text)?? = constants.first { _ = try TimestampText.parse(text) }
        return nil
    }
}
