import JSON
import Schema
import Store

/// The workers and the record of their roll-out, read in one look.
struct Fleet {
    let kubeAPIServer: StoredObject
    let operatorSpec: KubeAPIServer.Spec?
    let status: KubeAPIServer.Status
    let state: RolloutState
    /// When the newest revision was made.
    let latestCreatedAt: Int64
    /// Workers that are left out of roll-outs.
    let bystanders: [WorkerNode]
    /// `metadata.uid` of the nodes by name.
    let nodeUIDs: [String: String]
    /// Mode by revision, of all revisions there are.
    let modes: [Int64: String]
    /// What the revisions say, likewise.
    let contents: [Int64: RevisionContent]
    /// What the newest revision waits for; nil: for no confirmation.
    let confirmation: RevisionConfirmation?

    /// nil when there is no `KubeAPIServer/cluster` to write to.
    static func gather(
        from store: any ObjectStore,
        nodes decoded: DecodedNodes,
        watchedSince: Int64,
        now: Int64
    ) async throws -> Fleet? {
        guard let object = try await store.find(.kubeAPIServer) else { return nil }
        let kubeAPIServer = try object.value.decoded(as: KubeAPIServer.self)
        let status = kubeAPIServer.status ?? KubeAPIServer.Status()
        let revisions = try await store.list(.authenticationRevisions, namespace: nil).items
        let nodes = try decoded.decode(try await store.list(.nodes, namespace: nil).items)
        let policy = try await store.find(.rolloutPolicy).map { try $0.value.decoded(as: RolloutPolicy.self) }
        let inRollout = nodes.filter { $0.spec?.unschedulable != true }
        let modes = revisions.map { (revisionNumber($0), $0.value.value(at: "spec", "mode")?.stringValue ?? "") }
        var state = RolloutState(
            limits: policy.map { RolloutLimits($0.spec) } ?? RolloutLimits(),
            latestRevision: max(revisions.newest.map(revisionNumber) ?? 0, status.latestAvailableRevision ?? 0),
            lastGoodRevision: status.lastGoodRevision ?? 0,
            nodes: inRollout.map(WorkerNode.init),
            statuses: (status.nodeStatuses ?? []).map(NodeStatus.init),
            watchedSince: watchedSince,
            now: now
        )
        if let change = RevisionChange(to: state.latestRevision, from: state.lastGoodRevision, in: revisions.map(\.value)) {
            state.comparison = change.comparison(on: state.members.map(\.node))
            if change.ignoresPause { state.limits.isPaused = false }
            state.needsProofOfLogin = state.limits.requiresProofOfLogin && change.needsProofOfLogin
        }
        return Fleet(
            kubeAPIServer: object,
            operatorSpec: kubeAPIServer.spec,
            status: status,
            state: state,
            latestCreatedAt: revisions.newest?.value.value(at: "metadata", "creationTimestamp")?.stringValue
                .flatMap(Timestamp.seconds) ?? 0,
            bystanders: nodes.filter { $0.spec?.unschedulable == true }.map(WorkerNode.init),
            nodeUIDs: Dictionary(nodes.map { ($0.metadata.name ?? "", $0.metadata.uid ?? "") }) { first, _ in first },
            modes: Dictionary(modes) { first, _ in first },
            contents: Dictionary(
                revisions.compactMap { object in RevisionContent(object).map { (revisionNumber(object), $0) } }
            ) { first, _ in first },
            confirmation: revisions.newest.flatMap {
                RevisionConfirmation(of: $0.value)
            }
        )
    }
}

extension Fleet {
    func gate(_ oauthServer: OAuthServerDemand) -> OAuthServerGate {
        OAuthServerGate(isReady: oauthServer.isReady(), modes: modes, createdAt: latestCreatedAt)
    }
}
