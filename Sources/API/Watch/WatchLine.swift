import JSON
import Web

/// One line of a watch: `{"type":"ADDED","object":{…}}`.
enum WatchLine {
    /// - Parameter object: as JSON.
    static func bytes(_ type: String, _ object: [UInt8]) -> [UInt8] {
        Array("{\"object\":".utf8) + object + Array(",\"type\":\"\(type)\"}\n".utf8)
    }

    static func error(_ status: APIStatus) -> [UInt8] { bytes("ERROR", JSONWriter.bytes(of: status.json)) }
}
