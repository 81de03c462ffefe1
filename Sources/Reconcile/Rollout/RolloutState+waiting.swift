extension RolloutState {
    /// Waits until the first moment at which time alone could change the decision.
    func waiting(_ reason: String, deadline: Int64? = nil) -> Step {
        let moments = members.flatMap { member in
            [
                member.status.lastFailure?.retryAt,
                member.status.targetRevision != 0 ? overdueAt(member) : nil,
                soakedAt(member),
                comparison != nil ? member.status.currentRevisionTime + limits.loginGateSeconds : nil,
                needsProofOfLogin ? member.status.currentRevisionTime + limits.proofOfLoginSeconds : nil,
                absentAt(member),
                max(member.node.heartbeatAt, watchedSince) + WorkerNode.heartbeatLimit + 1,
            ]
        }
        let until = moments.compactMap { $0 }.filter { $0 > now }.min()
        return .wait(Step.Wait(reason: reason, until: until, deadline: deadline))
    }
}
