import JSON
import Web

/// One line of a watch: `{"type":"ADDED","object":{…}}`.
enum WatchLine {
    static func bytes(_ type: String, _ object: JSONValue) -> [UInt8] {
        JSONWriter.bytes(of: ["type": .string(type), "object": object]) + [UInt8(ascii: "\n")]
    }

    static func error(_ status: APIStatus) -> [UInt8] { bytes("ERROR", status.json) }
}
