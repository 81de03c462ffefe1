import Reconcile
import Testing

/// All small states: up to three workers and three revisions, whatever history led there.
struct NextStepExhaustiveTests {
    /// One worker in one of its states, apart from its name.
    struct Worker: Sendable, Hashable {
        enum Life: CaseIterable { case serving, down, absent }

        var current: Int64
        var target: Int64
        var running: Int64
        var life: Life
        var failedLatest: Bool

        static func all(revisions: ClosedRange<Int64>, lives: [Life]) -> [Worker] {
            var workers: [Worker] = []
            for current in revisions {
                for target in [0] + revisions {
                    for running in Set([current, target == 0 ? revisions.lowerBound : target]).sorted() {
                        for life in lives {
                            for failed in [false, true] {
                                workers.append(
                                    Worker(
                                        current: current,
                                        target: target,
                                        running: running,
                                        life: life,
                                        failedLatest: failed
                                    )
                                )
                            }
                        }
                    }
                }
            }
            return workers
        }

        func member(_ index: Int, latest: Int64) -> (WorkerNode, NodeStatus) {
            let name = "worker-\(index)"
            let node: WorkerNode =
                switch life {
                case .serving: .serving(name, running)
                case .down: .down(name, running, since: noon)
                case .absent: .down(name, running, since: noon - 600)
                }
            var status = NodeStatus.at(name, current)
            if target != 0 { status = status.going(to: target) }
            if failedLatest, current < latest { status = status.failed(latest) }
            return (node, status)
        }
    }

    static func state(_ workers: [Worker], good: Int64, isPaused: Bool = false) -> RolloutState {
        let members = workers.enumerated().map { $1.member($0, latest: 3) }
        return RolloutState(
            limits: RolloutLimits(isPaused: isPaused),
            latestRevision: 3,
            lastGoodRevision: good,
            nodes: members.map(\.0),
            statuses: members.map(\.1),
            now: noon
        )
    }

    static let pairs: [[Worker]] = {
        let all = Worker.all(revisions: 1...3, lives: Worker.Life.allCases)
        return all.map { [$0] } + all.indices.flatMap { i in all[i...].map { [all[i], $0] } }
    }()

    /// Three workers; absence is left to the pairs, and runs like its target or its record, to stay within seconds.
    static let triples: [[Worker]] = {
        let all = Worker.all(revisions: 1...3, lives: [.serving, .down]).filter { $0.running == $0.current || $0.target != 0 }
        return all.indices.flatMap { i in all[i...].indices.flatMap { j in all[j...].map { [all[i], all[j], $0] } } }
    }()

    @Test func neverTouchesASecondWorkerByOurDoing() {
        var violations: [String] = []
        for workers in Self.pairs + Self.triples {
            // For triples one last good revision is enough: where to return to does not depend on how many workers there are.
            for good in Array(Int64(0)...3) where violations.count < 3 && (workers.count < 3 || good == 2) {
                let state = Self.state(workers, good: good)
                if let violation = violation(of: nextStep(state), in: state) { violations.append("\(violation): \(workers)") }
            }
        }
        #expect(violations.isEmpty)
    }

    /// A pause keeps everybody from what has yet to prove itself, and nobody from the way back.
    @Test func aPauseSendsNobodyForward() {
        var violations: [String] = []
        for workers in Self.pairs + Self.triples {
            for good in Array(Int64(0)...3) where violations.count < 3 && (workers.count < 3 || good == 2) {
                let (paused, free) = (Self.state(workers, good: good, isPaused: true), Self.state(workers, good: good))
                let step = nextStep(paused)
                if case .assign(_, 3, _) = step, good < 3 { violations.append("sent forward: \(workers)") }
                if case .recordGood = step, good < 3 { violations.append("called good: \(workers)") }
                if case .advance = free.goal { continue }
                if step != nextStep(free) { violations.append("a pause of what is no advance: \(workers)") }
            }
        }
        #expect(violations.isEmpty)
    }

    /// What is wrong with a step; nil: nothing.
    private func violation(of step: Step, in state: RolloutState) -> String? {
        switch step {
        case .assign(let name, let revision, let reason):
            let others = state.members.filter { $0.node.name != name }
            let busy = others.filter { isMoving($0, in: state) }
            guard let member = state.members.first(where: { $0.node.name == name }) else { return "assigned to a stranger" }
            if member.status.targetRevision == revision { return "assigned what it has" }
            let isRedirected = member.status.targetRevision != 0
            if !isRedirected, !busy.isEmpty { return "two on their way" }
            if case .advance = state.goal, !isRedirected, member.node.isReady, others.contains(where: isFreshlyDown) {
                return "touched while another is down"
            }
            if revision < state.latestRevision, reason != .revisionFailed { return "sent down without a failure" }
            if case .goBack = state.goal, revision != state.lastGoodRevision { return "sent back to what is not good" }
        case .recordCurrent(let name, let revision):
            guard let member = state.members.first(where: { $0.node.name == name }) else { return "recorded a stranger" }
            if !member.node.isReady || member.node.running != revision { return "recorded what is not so" }
            if revision < member.status.currentRevision, revision != state.lastGoodRevision { return "current fell" }
        case .recordGood(let revision):
            if state.members.contains(where: { !isAbsent($0) && ($0.node.running != revision || !$0.node.isReady) }) {
                return "good without proof"
            }
        case .settled:
            if state.members.contains(where: { $0.node.isReady && $0.node.running != state.latestRevision }) {
                return "gave up"
            }
        case .wait, .recordFailure: break
        case .withdraw(let name, let revision):
            let member = state.members.first { $0.node.name == name }
            if member?.status.targetRevision != revision { return "withdrawn from where it was not sent" }
        }
        return nil
    }

    private func isAbsent(_ member: RolloutState.Member) -> Bool {
        !member.node.isReady && member.node.readyChangedAt < noon - 60
    }
    private func isFreshlyDown(_ member: RolloutState.Member) -> Bool { !member.node.isReady && !isAbsent(member) }

    /// On its way; a worker that refuses a proven revision is not: it goes on serving what it has.
    private func isMoving(_ member: RolloutState.Member, in state: RolloutState) -> Bool {
        if case .hold(let revision) = state.goal, member.status.lastFailure?.revision == revision { return false }
        return !isAbsent(member) && member.status.targetRevision != 0
    }

    @Test(arguments: [true, false])
    func convergesFromEveryState(latestIsAcceptable: Bool) {
        var stuck: [String] = []
        for workers in Self.pairs + Self.triples.enumerated().filter({ $0.offset % 29 == 0 }).map(\.element) {
            for good in Int64(1)...3 where stuck.count < 3 {
                var fleet = SimulatedFleet(Self.state(workers, good: good))
                fleet.refused = latestIsAcceptable || good == 3 ? [] : [3]
                if let problem = fleet.settle() { stuck.append("\(problem): good \(good), \(workers)") }
            }
        }
        #expect(stuck.isEmpty)
    }
}
