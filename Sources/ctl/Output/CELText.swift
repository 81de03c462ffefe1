import CEL
import JSON

/// Expression values as people write them, and claims as expression values.
enum CELText {
    static func value(_ json: JSONValue) -> CELValue {
        switch json {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let values): .list(values.map(value))
        case .object(let object): .object(object.map { ($0.name, value($0.value)) })
        }
    }

    /// As JSON where JSON has the value, in the language's own notation where it has not.
    static func text(_ value: CELValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): String(value)
        case .string(let value): JSONWriter.text(of: .string(value))
        case .bytes(let bytes): "b" + JSONWriter.text(of: .string(String(decoding: bytes, as: UTF8.self)))
        case .list(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .map(let map): "{\(map.entries.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
        case .optional(let value): value.map { "optional.of(\(text($0)))" } ?? "optional.none()"
        case .type(let type): "\(type)"
        case .timestamp, .duration, .opaque: "\(value)"
        }
    }
}
