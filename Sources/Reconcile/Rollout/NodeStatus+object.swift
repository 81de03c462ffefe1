import JSON
import Schema

extension NodeStatus {
    /// Reads an entry of `nodeStatuses`. A failure with a reason that is not ours counts as one that may be tried again.
    init(_ entry: KubeAPIServer.NodeStatus) {
        self.init(
            nodeName: entry.nodeName,
            currentRevision: entry.currentRevision ?? 0,
            currentRevisionTime: entry.currentRevisionTime.flatMap(Timestamp.seconds) ?? 0,
            targetRevision: entry.targetRevision ?? 0,
            targetRevisionTime: entry.targetRevisionTime.flatMap(Timestamp.seconds) ?? 0,
            targetGeneration: entry.targetGeneration ?? 0
        )
        guard let revision = entry.lastFailedRevision, revision != 0 else { return }
        lastFailure = Failure(
            revision: revision,
            time: entry.lastFailedTime.flatMap(Timestamp.seconds) ?? 0,
            reason: entry.lastFailedReason.flatMap(FailureReason.init(rawValue:)) ?? .installerFailed,
            count: Int64(entry.lastFailedCount ?? 1),
            errors: entry.lastFailedRevisionErrors ?? []
        )
    }

    func entry(uid: String?) -> KubeAPIServer.NodeStatus {
        var entry = KubeAPIServer.NodeStatus(nodeName: nodeName)
        entry.nodeUID = uid
        entry.currentRevision = currentRevision
        entry.currentRevisionTime = currentRevisionTime == 0 ? nil : Timestamp.text(of: currentRevisionTime)
        entry.targetRevision = targetRevision
        entry.targetRevisionTime = targetRevisionTime == 0 ? nil : Timestamp.text(of: targetRevisionTime)
        entry.targetGeneration = targetGeneration == 0 ? nil : targetGeneration
        guard let failure = lastFailure else { return entry }
        entry.lastFailedRevision = failure.revision
        entry.lastFailedTime = Timestamp.text(of: failure.time)
        entry.lastFailedReason = failure.reason.rawValue
        entry.lastFailedCount = Int(clamping: failure.count)
        entry.lastFailedRevisionErrors = failure.errors
        return entry
    }
}

extension WorkerNode {
    /// Reads a `Node`. One that has never reported has been silent since it was created.
    init(_ node: Node) {
        let created = node.metadata.creationTimestamp.flatMap(Timestamp.seconds) ?? 0
        let ready = node.status?.ready
        let authentication = node.status?.authentication
        self.init(
            name: node.metadata.name ?? "",
            isReady: ready?.status == .true,
            readyChangedAt: ready?.lastTransitionTime.flatMap(Timestamp.seconds) ?? created,
            readyReason: ready?.reason ?? "",
            readyMessage: ready?.message ?? "",
            heartbeatAt: ready?.lastHeartbeatTime.flatMap(Timestamp.seconds) ?? created,
            running: authentication?.revision ?? 0,
            observedTargetGeneration: authentication?.observedTargetGeneration,
            failedRevision: authentication?.failedRevision ?? 0,
            failureReason: authentication?.failureReason ?? "",
            failureMessage: authentication?.failureMessage ?? "",
            logins: (authentication?.logins ?? []).map(LoginRecord.init),
            judgingSince: authentication?.judgingSince.flatMap(Timestamp.seconds),
            mode: authentication?.mode ?? "",
            keylessProviders: (authentication?.providers ?? []).filter { $0.keys == 0 }.map(\.name),
            lacksOpaqueTokens: authentication?.opaqueTokensComplete == false
        )
    }
}

extension LoginRecord {
    /// Reads an entry of `logins`. What is no count is none.
    init(_ entry: Node.Logins) {
        let accepted = max(0, entry.accepted ?? 0)
        let others = LoginTally(total: max(0, entry.refused ?? 0)) + LoginTally(total: max(0, entry.unknowable ?? 0))
        self.init(
            provider: entry.provider,
            revision: entry.revision,
            seconds: max(0, entry.seconds ?? 0),
            tally: LoginTally(accepted: accepted, total: accepted) + others,
            lastAccepted: entry.lastAcceptedTime.flatMap(Timestamp.seconds),
            reasons: entry.reasons ?? []
        )
    }
}
