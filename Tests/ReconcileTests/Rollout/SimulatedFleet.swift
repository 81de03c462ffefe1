import Reconcile

/// Workers as values: they do what they are told, or what the test makes them do, against a clock that the test moves.
struct SimulatedFleet {
    var state: RolloutState
    /// Revisions that every worker refuses.
    var refused: Set<Int64> = []
    private(set) var steps = 0
    /// Workers that were down, or had been, when they were last sent on their way: whatever becomes of them is not our doing.
    private(set) var assignedWhileDown: Set<String> = []
    /// What was told in order, for the message of a failing test.
    private(set) var trace: [String] = []

    init(_ state: RolloutState) { self.state = state }

    /// Applies the next step; a step that must never be is returned as text.
    mutating func step() -> String? {
        let step = nextStep(state)
        steps += 1
        trace.append("\(state.now - noon): \(step)")
        if case .assign(let name, _, let reason) = step {
            let isReady = state.members.contains { $0.node.name == name && $0.node.isReady }
            if isReady && reason != .notReady { assignedWhileDown.remove(name) } else { assignedWhileDown.insert(name) }
        }
        state = state.applying(step)
        switch step {
        case .assign, .withdraw, .recordCurrent, .recordFailure, .recordGood: return nil
        case .settled, .wait: return ""
        }
    }

    /// What the controller wants a worker to run.
    func wanted(_ member: RolloutState.Member) -> Int64 {
        member.status.targetRevision != 0 ? member.status.targetRevision : member.status.currentRevision
    }

    /// The worker at `index` looks at what is wanted of it and does it, or refuses.
    mutating func obey(_ index: Int) {
        let wanted = wanted(state.members[index])
        state.members[index].node.observedTargetGeneration = state.members[index].status.targetGeneration
        guard wanted != 0, state.members[index].node.running != wanted else { return }
        if refused.contains(wanted) {
            state.members[index].node.failedRevision = wanted
            state.members[index].node.failureReason = "SelfTestFailed"
            if state.members[index].node.running != 0 { rise(index) }
        } else {
            state.members[index].node.running = wanted
            state.members[index].node.failedRevision = 0
            rise(index)
        }
    }

    mutating func rise(_ index: Int) {
        state.members[index].node.heartbeatAt = state.now
        guard !state.members[index].node.isReady else { return }
        state.members[index].node.isReady = true
        state.members[index].node.readyChangedAt = state.now
    }

    mutating func fall(_ index: Int) {
        guard state.members[index].node.isReady else { return }
        state.members[index].node.isReady = false
        state.members[index].node.readyChangedAt = state.now
    }

    mutating func heartbeats() {
        for index in state.members.indices where state.members[index].node.isReady {
            state.members[index].node.heartbeatAt = state.now
        }
    }

    /// Lets everything go well from here on (the absent stay absent) and says what is wrong at the end; nil: all is as it should be.
    mutating func settle(limit: Int = 200) -> String? {
        let absent = Set(
            state.members.indices.filter { index in
                let node = state.members[index].node
                return !node.isReady && state.now - node.readyChangedAt >= state.limits.progressDeadlineSeconds
            }
        )
        for _ in 0..<limit {
            for index in state.members.indices where !absent.contains(index) {
                obey(index)
                rise(index)
            }
            if step() == nil { continue }
            if let problem = problem(absent) {
                // Nothing happens by itself any more: only time can help.
                state.now += 5
                heartbeats()
                if steps >= limit - 1 { return "\(problem) after \(steps) steps: \(trace.suffix(6))" }
            } else {
                return nil
            }
        }
        return problem(absent).map { "\($0) after \(steps) steps: \(trace.suffix(6))" }
    }

    /// Present workers run the latest revision, or the last good one if the latest is refused.
    private func problem(_ absent: Set<Int>) -> String? {
        let present = state.members.indices.filter { !absent.contains($0) }
        guard !present.isEmpty else { return nil }
        let latestHolds = !refused.contains(state.latestRevision)
        for index in present {
            let member = state.members[index]
            // Records of a refusal that the workers no longer stand by keep the revision out until a newer one comes.
            let goal: Int64 =
                switch state.goal {
                case .goBack(let revision), .hold(let revision): revision
                case .advance(let revision) where latestHolds: revision
                case .none, .advance, .stuck: -1
                }
            if member.node.running != goal { return "\(member.node.name) runs \(member.node.running), not \(goal)" }
            if member.status.targetRevision != 0 { return "\(member.node.name) is still on its way" }
        }
        if case .advance = state.goal { return "not recorded as good" }
        return nil
    }
}
