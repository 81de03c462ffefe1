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

    func record(_ reason: String, _ message: String, isWarning: Bool = false) async {
        let time = JSONValue.string(Timestamp.text(of: now()))
        let name = "cluster.\(UUID().uuidString.lowercased())"
        let event: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(Self.namespace)],
            "involvedObject": ["apiVersion": "operator.openshift.io/v1", "kind": "KubeAPIServer", "name": "cluster"],
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
