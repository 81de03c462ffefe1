/// The messages of the language's definition that can be written as literals; they become plain values.
struct WellKnownMessage: Sendable {
    /// The type of the literal as the checker sees it.
    let type: CELType
    let fields: [String: CELType]
    /// From the value of a field that is given, by its name; none is given for an empty literal.
    let make: @Sendable (_ field: String?, _ value: CELValue) throws(CELEvaluationError) -> CELValue

    static let all: [String: WellKnownMessage] = [
        "google.protobuf.BoolValue": wrapper(.bool, .bool(false)),
        "google.protobuf.BytesValue": wrapper(.bytes, .bytes([])),
        "google.protobuf.DoubleValue": wrapper(.double, .double(0)),
        "google.protobuf.FloatValue": wrapper(.double, .double(0)) { value throws(CELEvaluationError) in
            guard case .double(let number) = value else { throw .noSuchOverload }
            return .double(Double(Float(number)))
        },
        "google.protobuf.Int32Value": wrapper(.int, .int(0)) { value throws(CELEvaluationError) in
            guard case .int(let number) = value, Int32(exactly: number) != nil else { throw .integerOverflow }
            return value
        },
        "google.protobuf.Int64Value": wrapper(.int, .int(0)),
        "google.protobuf.StringValue": wrapper(.string, .string("")),
        "google.protobuf.UInt32Value": wrapper(.uint, .uint(0)) { value throws(CELEvaluationError) in
            guard case .uint(let number) = value, UInt32(exactly: number) != nil else { throw .unsignedIntegerOverflow }
            return value
        },
        "google.protobuf.UInt64Value": wrapper(.uint, .uint(0)),
        "google.protobuf.ListValue": plain(.list(.dyn), ["values": .list(.dyn)], .list([])),
        "google.protobuf.Struct": plain(.map(.string, .dyn), ["fields": .map(.string, .dyn)], .emptyMap),
        "google.protobuf.Value": plain(
            .dyn,
            [
                "null_value": .null, "number_value": .double, "string_value": .string, "bool_value": .bool,
                "struct_value": .map(.string, .dyn), "list_value": .list(.dyn),
            ],
            .null
        ),
        "google.protobuf.Any": WellKnownMessage(type: .any, fields: ["type_url": .string, "value": .bytes]) {
            _,
            _ throws(CELEvaluationError) in
            throw .invalidArgument("messages packed into google.protobuf.Any are not supported")
        },
    ]

    private static func wrapper(
        _ type: CELType,
        _ empty: CELValue,
        _ convert: @escaping @Sendable (CELValue) throws(CELEvaluationError) -> CELValue = { value throws(CELEvaluationError) in
            value
        }
    ) -> WellKnownMessage {
        WellKnownMessage(type: .wrapper(type), fields: ["value": type]) { field, value throws(CELEvaluationError) in
            field == nil ? empty : try convert(value)
        }
    }

    private static func plain(_ type: CELType, _ fields: [String: CELType], _ empty: CELValue) -> WellKnownMessage {
        WellKnownMessage(type: type, fields: fields) { field, value throws(CELEvaluationError) in field == nil ? empty : value }
    }
}
