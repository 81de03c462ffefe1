/// The one next thing to do. A roll-out is `nextStep` called again and again.
package enum Step: Hashable, Sendable {
    /// Nothing to do until something changes.
    case settled
    case wait(Wait)
    case assign(node: String, revision: Int64, because: AssignmentReason)
    /// The worker is not to have the revision any more, and goes back to what all have served: nobody sees it, or a newer one is
    /// tried on another first.
    case withdraw(node: String, revision: Int64)
    /// The worker serves the revision it was sent to.
    case recordCurrent(node: String, revision: Int64)
    case recordFailure(node: String, FailureRecord)
    /// All workers serve the revision: from now on it is the one to go back to.
    case recordGood(revision: Int64)

    package struct Wait: Hashable, Sendable {
        /// What is waited for, as a sentence without a full stop.
        package var reason: String
        /// When time alone changes the decision; nil: it does not.
        package var until: Int64?
        /// When what is waited for has had its time; nil: it may take as long as it takes.
        package var deadline: Int64?
    }

    package struct FailureRecord: Hashable, Sendable {
        package var revision: Int64
        package var reason: NodeStatus.FailureReason
        package var errors: [String]
        /// The worker goes on trying: the revision is known to be good, so the trouble is the worker's own.
        package var keepsTarget: Bool
    }

    package enum AssignmentReason: Hashable, Sendable {
        /// It is the one furthest behind.
        case oldest
        /// It serves nobody, so changing it costs nothing.
        case notReady
        /// It failed at this revision and may try again.
        case failedBefore
        /// It runs something else than recorded.
        case astray
        /// A newer revision came while it was on its way.
        case overtaken
        /// The revision failed and the touched workers go back.
        case revisionFailed
    }
}
