import Foundation
import JSON
import Logging
import Schema
import Store

/// Writes down for people what the controller did. An event that cannot be written is logged and forgotten.
struct EventRecorder: Sendable {
    /// Events kept; the oldest beyond are removed.
    static let limit = 500
    /// Where events about objects without a namespace stand.
    private static let namespace = "default"

    let store: any ObjectStore
    let writer: ObjectWriter
    let now: @Sendable () -> Int64
    let logger: Logger

    /// The roll-out, which most events are about.
    private static let rollout = ObjectReference(apiVersion: "operator.openshift.io/v1", kind: "KubeAPIServer", name: "cluster")

    /// - Parameter object: what it happened to, which is in no namespace; nil: the roll-out.
    func record(_ reason: String, _ message: String, isWarning: Bool = false, about object: ObjectReference? = nil) async {
        let object = object ?? Self.rollout
        let time = JSONValue.string(Timestamp.text(of: now()))
        let name = "\(object.name ?? "").\(UUID().uuidString.lowercased())"
        var involved: JSONValue = [:]
        involved["apiVersion"] = object.apiVersion.map(JSONValue.string)
        involved["kind"] = object.kind.map(JSONValue.string)
        involved["name"] = object.name.map(JSONValue.string)
        involved["uid"] = object.uid.map(JSONValue.string)
        let event: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(Self.namespace)],
            "involvedObject": involved,
            "reason": .string(reason), "message": .string(String(message.prefix(1_024))),
            "type": .string(isWarning ? "Warning" : "Normal"),
            "count": 1, "firstTimestamp": time, "lastTimestamp": time,
            "source": ["component": "controller"],
        ]
        do {
            try await writer.create(event, now: now())
        } catch {
            logger.warning("an event could not be written", metadata: ["reason": "\(reason)", "error": "\(error)"])
        }
    }

    /// Removes the oldest events beyond the limit.
    func prune() async throws {
        let events = try await store.list(.events, namespace: Self.namespace).items
        guard events.count > Self.limit else { return }
        for event in events.sorted(by: { $0.version < $1.version }).dropLast(Self.limit) {
            do {
                _ = try await store.delete(event.id, ifVersion: nil)
            } catch {
                guard case .notFound = error else { throw error }
            }
        }
    }
}
