import JSON

/// What a worker does about the revision it is asked to run.
enum SyncAction: Hashable, Sendable {
    case nothing
    case take(revision: Int64)
}

/// What the controller wants this worker to run, from `KubeAPIServer/cluster`.
struct WantedRevision: Hashable, Sendable {
    /// 0: none yet.
    var revision: Int64 = 0
    /// Which word of the controller's this is; 0: none yet.
    var generation: Int64 = 0

    /// - Parameter isLeftOut: whether roll-outs leave the worker out. It follows when all others have served a revision: whoever still asks it must
    ///   not be let in by what is no longer in force.
    init(of worker: String, in kubeAPIServer: JSONValue, isLeftOut: Bool = false) {
        let nodes = kubeAPIServer.value(at: "status", "nodeStatuses")?.arrayValue ?? []
        guard let mine = nodes.first(where: { $0["nodeName"]?.stringValue?.utf8.elementsEqual(worker.utf8) ?? false }) else {
            if isLeftOut { revision = max(0, kubeAPIServer.value(at: "status", "lastGoodRevision")?.integerValue ?? 0) }
            return
        }
        let target = mine["targetRevision"]?.integerValue ?? 0
        revision = target != 0 ? target : mine["currentRevision"]?.integerValue ?? 0
        generation = max(0, mine["targetGeneration"]?.integerValue ?? 0)
    }
}

/// - Parameters:
///   - failed: the revision that could not be taken last, and when it may be tried again (seconds since 1970).
func nextAction(wanted: Int64, running: Int64, failed: (revision: Int64, retryAt: Int64)?, now: Int64) -> SyncAction {
    guard wanted > 0, wanted != running else { return .nothing }
    if let failed, failed.revision == wanted, now < failed.retryAt { return .nothing }
    return .take(revision: wanted)
}
