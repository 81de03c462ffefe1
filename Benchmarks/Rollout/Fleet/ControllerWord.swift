import JSON
import Synchronization

/// What the controller wants of each worker: `KubeAPIServer/cluster` as it stands in a line of the watch.
///
/// Every worker gets the line over a connection of its own, but the first that has it reads it for all: real workers have machines of their
/// own for that, and here it would be the fleet that is measured.
final class ControllerWord: Sendable {
    private struct Line {
        let bytes: [UInt8]
        let wanted: [String: Int64]
    }

    /// The last lines, newest last.
    private let lines = Mutex<[Line]>([])
    private static let kept = 16

    /// The revision wanted of each worker; nil: the line tells of no object.
    func read(_ bytes: [UInt8]) throws -> [String: Int64] {
        if let known = lines.withLock({ $0.last { $0.bytes == bytes } }) { return known.wanted }
        let wanted = Self.wanted(try JSONParser.parse(bytes, limits: .init(bytes: 64 << 20, depth: 64))["object"])
        lines.withLock { lines in
            lines.append(Line(bytes: bytes, wanted: wanted))
            if lines.count > Self.kept { lines.removeFirst() }
        }
        return wanted
    }

    /// By worker, from the object.
    static func wanted(_ kubeAPIServer: JSONValue?) -> [String: Int64] {
        var wanted: [String: Int64] = [:]
        for node in kubeAPIServer?.value(at: "status", "nodeStatuses")?.arrayValue ?? [] {
            let target = node["targetRevision"]?.integerValue ?? 0
            wanted[node["nodeName"]?.stringValue ?? ""] = target != 0 ? target : node["currentRevision"]?.integerValue ?? 0
        }
        return wanted
    }
}
