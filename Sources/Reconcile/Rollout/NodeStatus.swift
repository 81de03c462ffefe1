/// What the controller wants of one worker and what came of it: an entry of `KubeAPIServer.status.nodeStatuses`.
package struct NodeStatus: Hashable, Sendable {
    /// The last revision that failed on this worker; forgotten once the worker has reached it or a later one.
    package struct Failure: Hashable, Sendable {
        package var revision: Int64
        package var time: Int64
        package var reason: FailureReason
        /// How often this revision failed here.
        package var count: Int64
        package var errors: [String]

        package init(revision: Int64, time: Int64, reason: FailureReason, count: Int64 = 1, errors: [String] = []) {
            self.revision = revision
            self.time = time
            self.reason = reason
            self.count = count
            self.errors = errors
        }
    }

    /// `lastFailedReason`, in the words of OpenShift's static pods.
    package enum FailureReason: String, Sendable {
        /// The worker looked at the revision and refused it. Trying again would end the same way.
        case operandFailed = "OperandFailed"
        /// The worker did not get there in time. It may next time, so this is tried again, later and later.
        case installerFailed = "InstallerFailed"
    }

    package var nodeName: String
    /// The revision that the worker was last seen serving at our wish; 0: none yet.
    package var currentRevision: Int64
    package var currentRevisionTime: Int64
    /// The revision the worker is on its way to; 0: it is not on its way.
    package var targetRevision: Int64
    package var targetRevisionTime: Int64
    /// How often it has been sent to a revision. The worker repeats the number, so that nobody has to tell by clocks which word it answers.
    package var targetGeneration: Int64
    package var lastFailure: Failure?

    package init(
        nodeName: String,
        currentRevision: Int64 = 0,
        currentRevisionTime: Int64 = 0,
        targetRevision: Int64 = 0,
        targetRevisionTime: Int64 = 0,
        targetGeneration: Int64 = 0,
        lastFailure: Failure? = nil
    ) {
        self.nodeName = nodeName
        self.currentRevision = currentRevision
        self.currentRevisionTime = currentRevisionTime
        self.targetRevision = targetRevision
        self.targetRevisionTime = targetRevisionTime
        self.targetGeneration = targetGeneration
        self.lastFailure = lastFailure
    }
}

extension NodeStatus {
    /// - Parameter now: seconds since 1970.
    mutating func send(to revision: Int64, now: Int64) {
        targetRevision = revision
        targetRevisionTime = revision > 0 ? now : 0
        targetGeneration &+= 1
    }
}

extension NodeStatus.Failure {
    /// When the revision may be tried again: 10 seconds, then half as much longer each time, at most 10 minutes; nil: never.
    package var retryAt: Int64? {
        guard reason == .installerFailed else { return nil }
        // 1.5 to the 11th power is more than 60, so further turns change nothing.
        let turns = max(1, min(count, 12)) - 1
        let pause = (0..<turns).reduce(10.0) { pause, _ in pause * 1.5 }
        return time + Int64(min(pause, 600))
    }
}
