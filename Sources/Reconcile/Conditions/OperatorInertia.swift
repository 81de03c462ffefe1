import JSON
package import Schema

/// How long a condition of an operator must have been bad before its ClusterOperator is called degraded.
package struct OperatorInertia: Hashable, Sendable {
    /// In seconds; by type of condition, and for all others.
    private let special: [String: Int64]
    private let usual: Int64

    /// Everything is told at once.
    package static let none = OperatorInertia(special: [:], usual: 0)

    /// As OpenShift's operator of API servers has it.
    package static let kubeAPIServer = OperatorInertia(
        special: ["NodeControllerDegraded": 600, "StaticPodsDegraded": 600, "GuardControllerDegraded": 600],
        usual: 120
    )

    /// When a condition that is not as it should be will have been so for long enough; nil: it has, as far as the clock can tell.
    ///
    /// - Parameter now: seconds since 1970.
    package func end(of condition: Condition, now: Int64) -> Int64? {
        guard let since = condition.lastTransitionTime.flatMap(Timestamp.seconds) else { return nil }
        let seconds = special[condition.type] ?? usual
        // A time from the future is that of a clock which has been set back since.
        return (0..<seconds).contains(now - since) ? since + seconds : nil
    }
}
