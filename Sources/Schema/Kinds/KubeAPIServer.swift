/// `KubeAPIServer/cluster` of operator.openshift.io/v1: which revisions there are, and who runs what.
package struct KubeAPIServer: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        /// `Managed` or `Unmanaged`.
        package var managementState: String?
        /// Each new value makes a new revision.
        package var forceRedeploymentReason: String?
        /// -1: all are kept; 0 or nil: 5.
        package var failedRevisionLimit: Int?
        package var succeededRevisionLimit: Int?
    }

    package struct Status: Codable, Hashable, Sendable {
        package var observedGeneration: Int64?
        package var version: String?
        package var readyReplicas: Int?
        package var latestAvailableRevision: Int64?
        package var latestAvailableRevisionReason: String?
        /// The newest revision that every worker has run well; 0 or nil: none.
        package var lastGoodRevision: Int64?
        package var conditions: [Condition]?
        package var nodeStatuses: [NodeStatus]?
        /// What the roll-out waits for; nil: for nothing.
        package var waiting: Waiting?

        package init() {}
    }

    /// What a roll-out waits for.
    package struct Waiting: Codable, Hashable, Sendable {
        /// A sentence without a full stop.
        package var reason: String
        /// RFC 3339; when what is waited for has had its time; nil: it may take as long as it takes.
        package var deadline: String?

        package init(reason: String, deadline: String?) {
            self.reason = reason
            self.deadline = deadline
        }
    }

    /// One worker's place in the roll-out.
    package struct NodeStatus: Codable, Hashable, Sendable {
        package var nodeName: String
        package var nodeUID: String?
        /// The revision it was last seen to run well; 0 or nil: none.
        package var currentRevision: Int64?
        /// The revision it is to take up now; 0 or nil: it keeps what it has.
        package var targetRevision: Int64?
        /// RFC 3339.
        package var currentRevisionTime: String?
        package var targetRevisionTime: String?
        /// How often it has been sent to a revision; nil: never.
        package var targetGeneration: Int64?
        package var lastFailedRevision: Int64?
        /// RFC 3339.
        package var lastFailedTime: String?
        package var lastFailedReason: String?
        package var lastFailedCount: Int?
        package var lastFallbackCount: Int?
        package var lastFailedRevisionErrors: [String]?

        package init(nodeName: String) { self.nodeName = nodeName }
    }
}
