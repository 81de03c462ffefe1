import Foundation
import JSON
import Schema
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

    /// - Throws: everything that Kubernetes refuses, at once: a client that is told too little about what it gets takes it for something else.
    init(_ query: Query, isWatch: Bool) throws(APIStatus) {
        resourceVersion = try Self.number(query, "resourceVersion")
        resourceVersionMatch = query["resourceVersionMatch"]
        limit = try Self.number(query, "limit").flatMap { $0 > 0 ? Int(clamping: $0) : nil }
        timeoutSeconds = try Self.number(query, "timeoutSeconds").map { Int(clamping: $0) }
        next = try query["continue"].map { text throws(APIStatus) in try ContinueToken(text) }
        allowWatchBookmarks = query.flag("allowWatchBookmarks")
        sendInitialEvents = query["sendInitialEvents"].map { _ in query.flag("sendInitialEvents") }
        let issues = isWatch ? Self.watchIssues(query) : Self.listIssues(query)
        guard issues.isEmpty else { throw .invalidOptions("ListOptions", issues) }
        guard isWatch || next == nil || [nil, 0].contains(resourceVersion) else {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
    }

    // MARK: - What goes together

    private static let match = FieldPath.root["resourceVersionMatch"]

    private static func listIssues(_ query: Query) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        if let match = query["resourceVersionMatch"] {
            if query["resourceVersion"] == nil {
                issues.append(.forbidden(Self.match, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            issues += continueIssues(query)
            if !["Exact", "NotOlderThan"].contains(match) {
                let supported: [JSONValue] = ["Exact", "NotOlderThan", ""]
                issues.append(.notSupported(Self.match, .string(match), supported: supported))
            }
            if match == "Exact", query["resourceVersion"] == "0" {
                let problem = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""
                issues.append(.forbidden(Self.match, problem))
            }
        }
        if query["sendInitialEvents"] != nil {
            issues.append(.forbidden(.root["sendInitialEvents"], "sendInitialEvents is forbidden for list"))
        }
        return issues
    }

    private static func watchIssues(_ query: Query) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        let match = query["resourceVersionMatch"]
        if query["sendInitialEvents"] != nil {
            if match != "NotOlderThan" {
                let problem = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                issues.append(.forbidden(Self.match, problem))
            }
        } else if match != nil {
            let problem = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            issues.append(.forbidden(Self.match, problem))
        }
        guard let match else { return issues }
        if match != "NotOlderThan" {
            issues.append(.notSupported(Self.match, .string(match), supported: ["NotOlderThan"]))
        }
        return issues + continueIssues(query)
    }

    private static func continueIssues(_ query: Query) -> [FieldIssue] {
        guard query["continue"] != nil else { return [] }
        return [.forbidden(match, "resourceVersionMatch is forbidden when continue is provided")]
    }

    static func number(_ query: Query, _ name: String) throws(APIStatus) -> Int64? {
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
