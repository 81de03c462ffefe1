package import Schema
package import Snapshot

/// Whether the built-in OAuth server has to run.
///
/// It runs from the moment that `IntegratedOAuth` is asked for, so that it is there before the first worker needs it, until the
/// last worker has left every revision of that mode.
package func isOAuthServerWanted(
    asked: Authentication.Mode,
    members: [RolloutState.Member],
    modes: [Int64: WorkerSnapshot.Mode]
) -> Bool {
    if asked == .integratedOAuth { return true }
    return members.contains { member in
        [member.status.currentRevision, member.status.targetRevision, member.node.running]
            .contains { $0 != 0 && modes[$0] == .integratedOAuth }
    }
}
