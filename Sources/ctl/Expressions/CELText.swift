import CEL
import Foundation
import JSON

/// Expression values as people and programs read them.
enum CELText {
    /// As JSON where JSON has the value, in the language's own notation where it has not.
    static func text(_ value: CELValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): String(value)
        case .string(let value): JSONWriter.text(of: .string(value))
        case .bytes(let bytes): "b\"\(bytes.map(escaped).joined())\""
        case .list(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .map(let map): "{\(map.entries.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
        case .optional(let value): value.map { "optional.of(\(text($0)))" } ?? "optional.none()"
        case .type(let type): type.runtimeName
        case .timestamp(let time): "timestamp(\"\(time)\")"
        case .duration(let duration): "duration(\"\(duration)\")"
        case .opaque(let value): "\(value.type)(\(JSONWriter.text(of: .string(value.text))))"
        }
    }

    /// As JSON, for programs: what JSON has no type for becomes a string, bytes as base 64, a value that is not there null.
    static func json(_ value: CELValue) -> JSONValue {
        switch value {
        case .null, .optional(nil): .null
        case .bool(let value): .bool(value)
        case .int(let value): .integer(value)
        case .uint(let value): Int64(exactly: value).map(JSONValue.integer) ?? .string(String(value))
        case .double(let value): value.isFinite ? .number(value) : .string(String(value))
        case .string(let value): .string(value)
        case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
        case .list(let values): .array(values.map(json))
        case .map(let map): .object(JSONObject(map.entries.map { (name($0.key), json($0.value)) }))
        case .optional(.some(let value)): json(value)
        case .type(let type): .string(type.runtimeName)
        case .timestamp(let time): .string("\(time)")
        case .duration(let duration): .string("\(duration)")
        case .opaque(let value): .string(value.text)
        }
    }

    /// A key as the name of a member: strings as they are.
    private static func name(_ key: CELValue) -> String { if case .string(let text) = key { text } else { text(key) } }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\\(UnicodeScalar(byte))"
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
