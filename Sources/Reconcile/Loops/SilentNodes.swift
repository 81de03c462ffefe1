import JSON
import Schema
import Store

/// Says in the `Node`s of workers that have stopped reporting that nobody knows how they are, as Kubernetes' node controller does.
struct SilentNodes {
    static let reason = "NodeStatusUnknown"
    static let message = "worker stopped posting node status"

    let store: any ObjectStore
    let writer: ObjectWriter

    /// One look and at most one act.
    ///
    /// - Parameters:
    ///   - watchedSince: silence before this says nothing, because nobody was there to hear.
    ///   - now: seconds since 1970.
    /// - Returns: whether a Node was written.
    func look(_ workers: [WorkerNode], watchedSince: Int64, now: Int64) async throws -> Bool {
        let silent = workers.first { $0.isReady && $0.downSince(now: now, watchedSince: watchedSince) != nil }
        guard let silent, let since = silent.downSince(now: now, watchedSince: watchedSince),
            let object = try await store.find(ObjectID(.nodes, name: silent.name))
        else { return false }
        var status = object.value["status"] ?? [:]
        let heartbeat = status["conditions"]?.arrayValue?.first { $0["type"] == "Ready" }?["lastHeartbeatTime"]
        var ready: JSONValue = [
            "type": "Ready", "status": "Unknown", "reason": .string(Self.reason), "message": .string(Self.message),
            // From then on it counts as down, whoever looks.
            "lastTransitionTime": .string(Timestamp.text(of: since)),
        ]
        ready["lastHeartbeatTime"] = heartbeat
        status["conditions"] = [ready]
        return try await writer.setStatus(status, of: object)
    }
}
