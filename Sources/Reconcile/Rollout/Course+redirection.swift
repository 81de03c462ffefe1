extension Course {
    /// Somebody is on the way to a revision that is not wanted any more, or came back after having been given up.
    func redirection() -> Step? {
        let astray = state.members.filter { ![0, revision].contains($0.status.targetRevision) }
        if isAdvance, !isProven {
            // One goes first to the newer revision, too.
            let isTaken = state.members.contains { $0.status.targetRevision == revision || hasArrived($0) }
            if !isTaken, let canary, canary.status.targetRevision != 0 {
                return .assign(node: canary.node.name, revision: revision, because: .overtaken)
            }
            if let other = astray.first(where: { !isRetreating($0) }) {
                return .withdraw(node: other.node.name, revision: other.status.targetRevision)
            }
        } else if let member = astray.first {
            return .assign(node: member.node.name, revision: revision, because: isReturn ? .revisionFailed : .overtaken)
        }
        guard isAdvance else { return nil }
        return state.members.first { $0.status.targetRevision == revision && state.isServing($0) && state.cameBackLate($0) }
            .map { .assign(node: $0.node.name, revision: revision, because: .notReady) }
    }
}
