/// Everything the roll-out decides by, read in one look.
package struct RolloutState: Hashable, Sendable {
    /// A worker with the controller's record of it; the record is fresh for a worker that has just appeared.
    package struct Member: Hashable, Sendable {
        package var node: WorkerNode
        package var status: NodeStatus

        package init(node: WorkerNode, status: NodeStatus) {
            self.node = node
            self.status = status
        }
    }

    package var limits: RolloutLimits
    /// The newest revision there is; 0: none.
    package var latestRevision: Int64
    /// The newest revision that all workers have served; 0: none. Workers return to it when a later one fails.
    package var lastGoodRevision: Int64
    package var members: [Member]
    /// Since when this controller has been listening: what happened to workers before, nobody can have reported.
    package var watchedSince: Int64
    /// How logins fared before the latest revision; nil: they are not compared with those at it.
    package var comparison: LoginComparison?
    /// Whether somebody has to log in through the latest revision before it goes beyond the first worker.
    package var needsProofOfLogin: Bool
    package var now: Int64

    package init(
        limits: RolloutLimits = RolloutLimits(),
        latestRevision: Int64,
        lastGoodRevision: Int64 = 0,
        nodes: [WorkerNode],
        statuses: [NodeStatus] = [],
        watchedSince: Int64 = 0,
        comparison: LoginComparison? = nil,
        needsProofOfLogin: Bool = false,
        now: Int64
    ) {
        self.limits = limits
        self.latestRevision = latestRevision
        self.lastGoodRevision = lastGoodRevision
        let known = Dictionary(statuses.map { ($0.nodeName, $0) }) { first, _ in first }
        self.members = nodes.sorted { $0.name < $1.name }
            .map { Member(node: $0, status: known[$0.name] ?? NodeStatus(nodeName: $0.name)) }
        self.watchedSince = watchedSince
        self.comparison = comparison
        self.needsProofOfLogin = needsProofOfLogin
        self.now = now
    }

    package var statuses: [NodeStatus] { members.map(\.status) }
}

// MARK: - Where the workers should be

extension RolloutState {
    package enum Goal: Hashable, Sendable {
        /// There is nothing to run yet.
        case none
        /// Bring the workers to a revision that has yet to prove itself.
        case advance(to: Int64)
        /// All workers have served this revision; new and returning workers get it too.
        case hold(at: Int64)
        /// The latest revision failed: who was touched goes back.
        case goBack(to: Int64)
        /// The latest revision failed and there is none to go back to.
        case stuck(at: Int64)
    }

    package var goal: Goal {
        guard latestRevision > 0 else { return .none }
        if lastGoodRevision >= latestRevision { return .hold(at: latestRevision) }
        guard members.contains(where: { blocksLatest($0.status) }) else { return .advance(to: latestRevision) }
        return lastGoodRevision > 0 && limits.automaticReturn ? .goBack(to: lastGoodRevision) : .stuck(at: latestRevision)
    }

    /// The roll-out is held where it is. The way back from a revision that failed is not, and what all have served goes to everybody.
    package var isPaused: Bool { if case .advance = goal { limits.isPaused } else { false } }

    /// A failure stands in the way until it may be tried again; a newer revision leaves it behind at once.
    private func blocksLatest(_ status: NodeStatus) -> Bool {
        guard let failure = status.lastFailure, failure.revision == latestRevision else { return false }
        guard let retryAt = failure.retryAt else { return true }
        return now < retryAt
    }
}

// MARK: - One member at this moment

extension RolloutState {
    func downSince(_ member: Member) -> Int64? {
        member.node.downSince(now: now, watchedSince: watchedSince)
    }

    /// Serving right now.
    func isServing(_ member: Member) -> Bool { downSince(member) == nil }

    /// Down for so long that nobody waits for it any more.
    func isAbsent(_ member: Member) -> Bool { absentAt(member).map { now >= $0 } ?? false }

    /// When a worker that is down has been so for too long; nil: it is not down.
    func absentAt(_ member: Member) -> Int64? { downSince(member).map { $0 + limits.progressDeadlineSeconds } }

    /// When a worker on its way has taken too long.
    func overdueAt(_ member: Member) -> Int64 {
        max(member.status.targetRevisionTime, watchedSince) + limits.progressDeadlineSeconds
    }

    func isOverdue(_ member: Member) -> Bool { now >= overdueAt(member) }

    /// The worker was already down when it was sent on its way, so its silence says nothing about the revision.
    func wasDownBefore(_ member: Member) -> Bool {
        downSince(member).map { $0 <= member.status.targetRevisionTime } ?? false
    }

    /// The worker came back after its time had run out, so it has not had its time yet.
    func cameBackLate(_ member: Member) -> Bool {
        isOverdue(member) && member.node.isReady && member.node.readyChangedAt > overdueAt(member)
    }

    /// Ready at the latest revision for less than the soak time. A clock that was set back ends the soak, or it would last on.
    func isSoaking(_ member: Member) -> Bool {
        guard member.status.currentRevision == latestRevision, member.status.targetRevision == 0 else { return false }
        return (0..<limits.soakSeconds).contains(now - member.status.currentRevisionTime)
    }

    func soakedAt(_ member: Member) -> Int64 { member.status.currentRevisionTime + limits.soakSeconds }
}
