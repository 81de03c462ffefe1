import Reconcile

/// The moment at which the tests of the roll-out stand; far from 0, so that "long ago" fits in front of it.
let noon: Int64 = 1_000_000

extension WorkerNode {
    /// Answers callers, and has done so for a long time.
    static func serving(_ name: String, _ running: Int64, refuses: Int64 = 0, readySince: Int64 = noon - 5_000) -> WorkerNode {
        WorkerNode(
            name: name,
            isReady: true,
            readyChangedAt: readySince,
            heartbeatAt: noon - 3,
            running: running,
            failedRevision: refuses,
            failureReason: refuses == 0 ? "" : "SelfTestFailed",
            failureMessage: refuses == 0 ? "" : "no usable key"
        )
    }

    /// Does not answer since `since`.
    static func down(_ name: String, _ running: Int64, since: Int64 = noon - 10) -> WorkerNode {
        WorkerNode(
            name: name,
            isReady: false,
            readyChangedAt: since,
            readyReason: "ProcessExited",
            heartbeatAt: since,
            running: running
        )
    }

    /// Says it is ready, but has not said anything for a long time.
    static func silent(_ name: String, _ running: Int64, heartbeatAt: Int64 = noon - 45) -> WorkerNode {
        WorkerNode(name: name, isReady: true, readyChangedAt: noon - 5_000, heartbeatAt: heartbeatAt, running: running)
    }
}

extension WorkerNode {
    /// Says which word of the controller's it has read last.
    func answering(_ generation: Int64) -> WorkerNode {
        var node = self
        node.observedTargetGeneration = generation
        return node
    }
}

extension NodeStatus {
    static func at(_ name: String, _ current: Int64, since: Int64 = noon - 5_000) -> NodeStatus {
        NodeStatus(nodeName: name, currentRevision: current, currentRevisionTime: since)
    }

    func going(to target: Int64, since: Int64 = noon - 1, word generation: Int64 = 0) -> NodeStatus {
        var status = self
        status.targetGeneration = generation
        status.targetRevision = target
        status.targetRevisionTime = since
        return status
    }

    func failed(_ revision: Int64, _ reason: FailureReason = .operandFailed, at time: Int64 = noon - 5, count: Int64 = 1)
        -> NodeStatus
    {
        var status = self
        status.lastFailure = Failure(revision: revision, time: time, reason: reason, count: count, errors: ["\(nodeName): no"])
        return status
    }
}
