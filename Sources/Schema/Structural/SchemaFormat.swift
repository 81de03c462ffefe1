import Foundation
import JSON

/// The formats that narrow a type. Others in a definition say something to people and check nothing, as in Kubernetes.
enum SchemaFormat: String, Sendable {
    case dateTime = "date-time"
    case date
    case byte
    case int32
    case int64
    case duration
    case uuid
    case ipv4
    case ipv6

    func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.int32, .integer(let value)): Int32(exactly: value) != nil
        case (.int64, .number(let value)), (.int32, .number(let value)): Int64(exactly: value) != nil
        case (.dateTime, .string(let text)): Timestamp.seconds(of: text) != nil
        case (.date, .string(let text)): Timestamp.seconds(of: text + "T00:00:00Z") != nil && text.utf8.count == 10
        case (.byte, .string(let text)): Data(base64Encoded: text) != nil
        case (.duration, .string(let text)): GoDuration.nanoseconds(of: text) != nil
        case (.uuid, .string(let text)): UUID(uuidString: text) != nil
        case (.ipv4, .string(let text)): text.wholeMatch(of: /(?:[0-9]{1,3}\.){3}[0-9]{1,3}/) != nil
        default: true
        }
    }
}
