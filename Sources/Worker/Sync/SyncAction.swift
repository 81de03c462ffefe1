import JSON

/// What a worker does about the revision it is asked to run.
enum SyncAction: Hashable, Sendable {
    case nothing
    case take(revision: Int64)
}

/// The revision that the controller wants this worker to run, from `KubeAPIServer/cluster`; 0: none yet.
func wantedRevision(of worker: String, in kubeAPIServer: JSONValue) -> Int64 {
    let nodes = kubeAPIServer.value(at: "status", "nodeStatuses")?.arrayValue ?? []
    guard let mine = nodes.first(where: { $0["nodeName"]?.stringValue?.utf8.elementsEqual(worker.utf8) ?? false }) else {
        return 0
    }
    let target = mine["targetRevision"]?.integerValue ?? 0
    return target != 0 ? target : mine["currentRevision"]?.integerValue ?? 0
}

/// - Parameters:
///   - failed: the revision that could not be taken last, and when it may be tried again (seconds since 1970).
func nextAction(wanted: Int64, running: Int64, failed: (revision: Int64, retryAt: Int64)?, now: Int64) -> SyncAction {
    guard wanted > 0, wanted != running else { return .nothing }
    if let failed, failed.revision == wanted, now < failed.retryAt { return .nothing }
    return .take(revision: wanted)
}
