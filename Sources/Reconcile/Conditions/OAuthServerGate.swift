import Snapshot

/// Nobody is sent to the built-in OAuth server's mode before that server answers.
///
/// It is not waited for longer than a worker has to take up a revision: tokens that there are work without it.
struct OAuthServerGate {
    /// Whether the server answers.
    let isReady: Bool
    /// Mode by revision.
    let modes: [Int64: String]
    /// When the newest revision was made.
    let createdAt: Int64

    /// The step, or the wait in its place. Its `until` is now: the server's coming is not written down anywhere, so it has to be looked for.
    func admit(_ step: Step, _ state: RolloutState) -> Step {
        let deadline = createdAt + state.limits.progressDeadlineSeconds
        guard case .assign(let name, let revision, _) = step, !isReady, revision == state.latestRevision, needsServer(revision),
            state.now < deadline, state.members.contains(where: { isNamed($0, name) && !needsServer($0.node.running) })
        else { return step }
        return .wait(
            Step.Wait(
                reason: "revision \(revision) waits for the built-in OAuth server to answer",
                until: state.now,
                deadline: deadline
            )
        )
    }

    private func needsServer(_ revision: Int64) -> Bool { modes[revision] == WorkerSnapshot.Mode.integratedOAuth.rawValue }

    private func isNamed(_ member: RolloutState.Member, _ name: String) -> Bool {
        member.node.name.utf8.elementsEqual(name.utf8)
    }
}
