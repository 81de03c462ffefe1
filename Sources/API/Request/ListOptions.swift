import Foundation
import JSON
import Web

/// What a list or a watch asks for besides selectors.
struct ListOptions: Hashable, Sendable {
    /// The revision a client has seen; nil when it named none.
    let resourceVersion: Int64?
    let resourceVersionMatch: String?
    let limit: Int?
    let next: ContinueToken?
    let allowWatchBookmarks: Bool
    /// nil: as the revision says.
    let sendInitialEvents: Bool?
    let timeoutSeconds: Int?

    init(_ query: Query) throws(APIStatus) {
        resourceVersion = try Self.number(query, "resourceVersion")
        resourceVersionMatch = query["resourceVersionMatch"]
        limit = try Self.number(query, "limit").flatMap { $0 > 0 ? Int(clamping: $0) : nil }
        timeoutSeconds = try Self.number(query, "timeoutSeconds").map { Int(clamping: $0) }
        next = try query["continue"].map { text throws(APIStatus) in try ContinueToken(text) }
        allowWatchBookmarks = query.flag("allowWatchBookmarks")
        sendInitialEvents = query["sendInitialEvents"].map { _ in query.flag("sendInitialEvents") }
        if let match = resourceVersionMatch {
            guard ["NotOlderThan", "Exact"].contains(match) else {
                throw .badRequest(
                    "resourceVersionMatch: Unsupported value: \"\(match)\": supported values: \"NotOlderThan\", \"Exact\""
                )
            }
        }
        guard sendInitialEvents != true || resourceVersionMatch == "NotOlderThan" else {
            throw .badRequest(
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            )
        }
    }

    private static func number(_ query: Query, _ name: String) throws(APIStatus) -> Int64? {
        guard let text = query[name] else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw .badRequest("\(name): Invalid value: \"\(text.prefix(64))\": must be a number that is not negative")
        }
        return number
    }
}

/// Where the next page of a list begins.
struct ContinueToken: Hashable, Sendable {
    /// The revision of the first page; a watch from there misses nothing.
    let revision: Int64
    /// The last object of the page before.
    let namespace: String
    let name: String

    init(revision: Int64, namespace: String?, name: String) {
        self.revision = revision
        self.namespace = namespace ?? ""
        self.name = name
    }

    init(_ text: String) throws(APIStatus) {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        let refusal = APIStatus.badRequest("continue key is not valid")
        guard text.utf8.count <= 4096, let bytes = Data(base64Encoded: standard + padding) else { throw refusal }
        let value: JSONValue
        do { value = try JSONParser.parse(bytes, limits: .init(bytes: 4096, depth: 2)) } catch { throw refusal }
        guard let revision = value["rv"]?.integerValue, let name = value["name"]?.stringValue else { throw refusal }
        self.init(revision: revision, namespace: value["ns"]?.stringValue, name: name)
    }

    /// base64url, so that it survives any client.
    var text: String {
        let value: JSONValue = ["rv": .integer(revision), "ns": .string(namespace), "name": .string(name)]
        let encoded = Data(JSONWriter.bytes(of: value)).base64EncodedString()
        return encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
