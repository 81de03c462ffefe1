import JSON
import Logging
import Schema
import Store

/// Brings the workers to the latest revision by writing `KubeAPIServer.status`, one look after another.
struct RolloutLoop {
    let store: any ObjectStore
    let nodes: DecodedNodes
    let writer: ObjectWriter
    let events: EventRecorder
    let oauthServer: OAuthServerDemand
    /// When this controller began to listen.
    let watchedSince: Int64
    let now: @Sendable () -> Int64
    let version: String
    let logger: Logger

    /// After so long it is looked again for what nobody tells of.
    private static let glance = Duration.milliseconds(200)

    /// One look and at most one act: what follows from one observation is written down at once.
    func look() async throws -> Look {
        guard let fleet = try await Fleet.gather(from: store, nodes: nodes, watchedSince: watchedSince, now: now()) else {
            return .settled
        }
        let (state, steps) = decide(fleet)
        try await RevisionMarks(store: store, writer: writer).write(steps)
        if try await write(state, steps.last, fleet) {
            for step in steps { await announce(step, before: fleet.state) }
            return .acted
        }
        if try await prune(state, fleet) { return .acted }
        guard case .wait(let wait) = steps.last, let until = wait.until else { return .settled }
        return .again(after: until <= fleet.state.now ? Self.glance : .seconds(max(1, until - now())))
    }

    /// All steps that follow from what is known now, and the state after them.
    private func decide(_ fleet: Fleet) -> (RolloutState, [Step]) {
        var state = fleet.state
        var steps: [Step] = []
        guard fleet.operatorSpec?.managementState != "Unmanaged" else { return (state, []) }
        let gate = fleet.gate(oauthServer)
        // Each worker is recorded, withdrawn and sent at most once in a look, so this many steps always suffice.
        for _ in 0..<(3 * state.members.count + 2) {
            let step = gate.admit(nextStep(state), state)
            steps.append(step)
            switch step {
            case .settled, .wait: return (state, steps)
            case .assign, .withdraw, .recordCurrent, .recordFailure, .recordGood: state = state.applying(step)
            }
        }
        return (state, steps)
    }

    private func write(_ state: RolloutState, _ last: Step?, _ fleet: Fleet) async throws -> Bool {
        var status = fleet.status
        let time = Timestamp.text(of: state.now)
        status.observedGeneration = fleet.kubeAPIServer.value.value(at: "metadata", "generation")?.integerValue
        status.version = version
        status.readyReplicas = state.members.count { state.isServing($0) }
        status.latestAvailableRevision = state.latestRevision
        status.lastGoodRevision = state.lastGoodRevision
        status.nodeStatuses = state.statuses.map { $0.entry(uid: fleet.nodeUIDs[$0.nodeName]) }
        status.waiting = nil
        if case .wait(let wait) = last {
            status.waiting = KubeAPIServer.Waiting(reason: wait.reason, deadline: wait.deadline.map(Timestamp.text))
        }
        var conditions = status.conditions ?? []
        let isLatestMissing = state.latestRevision > 0 && fleet.modes[state.latestRevision] == nil
        for condition in NodeConditions(state, isLatestMissing: isLatestMissing).all { conditions.set(condition, now: time) }
        status.conditions = conditions
        return try await writer.setStatus(try JSONValue(encoding: status), of: fleet.kubeAPIServer)
    }

    /// Removes revisions that nobody needs any more, when nothing more urgent is to be done.
    private func prune(_ state: RolloutState, _ fleet: Fleet) async throws -> Bool {
        let history = RevisionHistory(
            latestRevision: state.latestRevision,
            lastGoodRevision: state.lastGoodRevision,
            statuses: state.statuses,
            revertTo: fleet.confirmation?.revertTo ?? 0,
            succeededLimit: fleet.operatorSpec?.succeededRevisionLimit,
            failedLimit: fleet.operatorSpec?.failedRevisionLimit
        )
        let expired = history.expired(among: Array(fleet.modes.keys))
        guard !expired.isEmpty else { return false }
        for revision in expired {
            do {
                _ = try await store.delete(.revision(revision), ifVersion: nil)
            } catch {
                guard case .notFound = error else { throw error }
            }
        }
        logger.info("old revisions removed", metadata: ["revisions": "\(expired)"])
        try await events.prune()
        return true
    }

    private func announce(_ step: Step, before: RolloutState) async {
        switch step {
        case .assign(let node, let revision, let reason):
            let old = before.statuses.first { $0.nodeName == node }?.currentRevision ?? 0
            logger.info(
                "worker gets a revision",
                metadata: ["worker": "\(node)", "revision": "\(revision)", "reason": "\(reason)"]
            )
            await events.record(
                "NodeTargetRevisionChanged",
                "Updating node \"\(node)\" from revision \(old) to \(revision) because \(reason.words(node, old))"
            )
        case .withdraw(let node, let revision):
            logger.info("worker keeps what it has", metadata: ["worker": "\(node)", "revision": "\(revision)"])
            await events.record(
                "NodeTargetRevisionChanged",
                "Node \"\(node)\" is not sent to revision \(revision) any more"
            )
        case .recordCurrent(let node, let revision):
            let old = before.statuses.first { $0.nodeName == node }?.currentRevision ?? 0
            guard old != revision else { return }
            logger.info("worker serves a revision", metadata: ["worker": "\(node)", "revision": "\(revision)"])
            await events.record(
                "NodeCurrentRevisionChanged",
                "Updated node \"\(node)\" from revision \(old) to \(revision) because static pod is ready"
            )
        case .recordFailure(let node, let record):
            let errors = record.errors.joined(separator: "; ")
            logger.error(
                "worker failed at a revision",
                metadata: ["worker": "\(node)", "revision": "\(record.revision)", "error": "\(errors)"]
            )
            await events.record("NodeRevisionFailed", "Revision \(record.revision) failed: \(errors)", isWarning: true)
        case .recordGood(let revision):
            logger.info("all workers serve the revision", metadata: ["revision": "\(revision)"])
        case .settled, .wait: break
        }
    }
}

extension Step.AssignmentReason {
    fileprivate func words(_ node: String, _ revision: Int64) -> String {
        switch self {
        case .oldest: "node \(node) with revision \(revision) is the oldest"
        case .notReady: "node \(node) is not ready"
        case .failedBefore: "node \(node) failed at it before and may try again"
        case .astray: "node \(node) runs another revision than recorded"
        case .overtaken: "new revision pending"
        case .revisionFailed: "a later revision failed"
        }
    }
}
