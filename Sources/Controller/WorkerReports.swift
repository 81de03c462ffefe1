import JSON
import Logging
import Schema
import Store

/// What workers have said about themselves in their `Node`s.
struct WorkerReports: Sendable {
    private static let nodes = ResourceName(group: "", plural: "nodes")

    let store: any ObjectStore
    let logger: Logger

    /// Whether this process has reported: a worker does so only once its address is open.
    func has(_ pid: Int32, of worker: String) async -> Bool {
        do {
            let node = try await store.get(ObjectID(Self.nodes, name: worker))
            return node.value.value(at: "status", "authentication", "pid") == .integer(Int64(pid))
        } catch {
            logger.debug("a worker's node cannot be read", metadata: ["worker": "\(worker)", "error": "\(error)"])
            return false
        }
    }
}
