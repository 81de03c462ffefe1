import JSON
import Logging
import Schema
import Store

/// Says in a worker's `Node` that its process has ended, at once: without it the roll-out would wait for a missing heartbeat.
struct NodeOutage: Sendable {
    private static let nodes = ResourceName(group: "", plural: "nodes")

    let store: any ObjectStore
    let catalog: ResourceCatalog
    let logger: Logger
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// - Parameter log: the file in which the worker may have said why.
    func record(worker: String, how: String, log: String) async {
        do {
            // A worker that is back already reports at the same time; whoever is second reads again.
            for _ in 0..<5 {
                do {
                    return try await write(worker, "the worker's process \(how); \(log) says why")
                } catch let error as StoreError {
                    guard case .conflict = error else { throw error }
                }
            }
        } catch {
            logger.error("the end of a worker cannot be recorded", metadata: ["worker": "\(worker)", "error": "\(error)"])
        }
    }

    private func write(_ worker: String, _ message: String) async throws {
        let node = try await store.get(ObjectID(Self.nodes, name: worker))
        guard let definition = catalog.definition(apiVersion: "v1", kind: "Node") else { return }
        let time = JSONValue.string(Timestamp.text(of: now()))
        var value = node.value
        value["status"] = value["status"] ?? [:]
        value["status"]?["conditions"] = [
            [
                "type": "Ready", "status": "False", "reason": "ProcessExited",
                "message": .string(message),
                "lastHeartbeatTime": time, "lastTransitionTime": time,
            ]
        ]
        let admitted = try Admission(catalog: catalog).admit(value, as: definition, replacing: node.value, subresource: .status)
        _ = try await store.update(admitted.object, ifVersion: node.version)
    }
}
