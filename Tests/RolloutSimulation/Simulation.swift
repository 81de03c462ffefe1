import Reconcile
import Schema

/// Plays a scenario on the real decision function, against a clock of its own, and looks for broken promises.
///
/// The promises: no two workers are broken by our doing at a time; the newest revision's number only rises, and a worker's falls only on
/// its way back; nobody is sent to a revision that does not exist or is known to fail; and once the faults end and a good revision
/// comes, everybody gets there.
package struct Simulation {
    package struct Violation: Hashable, Sendable {
        package let text: String
        /// After how many events.
        package let events: Int
    }

    private let scenario: Scenario
    private var limits: RolloutLimits
    private var now: Int64 = 1_000_000
    private var watchedSince: Int64 = 0
    private var workers: [SimulatedWorker]
    /// What the store holds: the workers' last reports that arrived, and the controller's record.
    private var nodes: [WorkerNode]
    private var statuses: [NodeStatus]
    private var latest: Int64 = 1
    private var good: Int64 = 1
    private var kinds: [Int64: Scenario.RevisionKind] = [1: .good]
    private var existing: Set<Int64> = [1]

    package init(_ scenario: Scenario) {
        let now: Int64 = 1_000_000
        self.scenario = scenario
        limits = scenario.limits
        workers = (0..<scenario.workers).map { SimulatedWorker(name: "worker-\($0)", now: now - 5_000) }
        nodes = []
        statuses = workers.map { NodeStatus(nodeName: $0.name, currentRevision: 1, currentRevisionTime: now - 5_000) }
        for index in workers.indices {
            workers[index].report(now: now)
            if let node = workers[index].arrive() { nodes.append(node) }
        }
    }

    /// nil: every promise was kept.
    package mutating func run() -> Violation? {
        for (index, event) in scenario.events.enumerated() {
            if let text = happen(event) ?? lockOut() { return Violation(text: text, events: index + 1) }
        }
        return converge().map { Violation(text: $0, events: scenario.events.count) }
    }

    // MARK: - What happens

    private mutating func happen(_ event: Scenario.Event) -> String? {
        switch event {
        case .pass(let seconds): pass(seconds)
        case .look: return look()
        case .deliver(let place): deliver(place % workers.count)
        case .report(let place): workers[place % workers.count].report(now: now)
        case .arrive(let place): arrive(place % workers.count)
        case .arriveTwice(let place): arrive(place % workers.count, leaving: true)
        case .lose(let place): workers[place % workers.count].lose()
        case .crash(let place): crash(place % workers.count)
        case .restart(let place): workers[place % workers.count].restart(now: now)
        case .cut(let place): workers[place % workers.count].cut()
        case .heal(let place): workers[place % workers.count].heal()
        case .slowDisk(let place, let seconds): workers[place % workers.count].diskSeconds = seconds
        case .restartController: watchedSince = now
        case .jump(let seconds): now += seconds
        case .newRevision(let kind): add(kind)
        case .pause: limits.isPaused = true
        case .resume: limits.isPaused = false
        case .changeLimit(let count): limits.maxUnavailable = .count(count)
        }
        return nil
    }

    private mutating func pass(_ seconds: Int64) {
        now += seconds
        for index in workers.indices { workers[index].pass(seconds, isOpen: kinds[workers[index].running] != .lockOut) }
    }

    private mutating func deliver(_ index: Int) {
        let status = statuses[index]
        let wanted = status.targetRevision != 0 ? status.targetRevision : status.currentRevision
        workers[index].obey(wanted, generation: status.targetGeneration, isRefused: kinds[wanted] == .refused, now: now)
    }

    private mutating func arrive(_ index: Int, leaving isLeft: Bool = false) {
        if let report = workers[index].arrive(leaving: isLeft) { nodes[index] = report }
    }

    /// Whoever runs a worker's process sees its end, and says so.
    private mutating func crash(_ index: Int) {
        guard workers[index].isAlive else { return }
        workers[index].crash()
        guard !workers[index].isCut else { return }
        (nodes[index].isReady, nodes[index].readyChangedAt, nodes[index].readyReason) = (false, now, "ProcessExited")
    }

    private mutating func add(_ kind: Scenario.RevisionKind) {
        latest += 1
        kinds[latest] = kind
        existing.insert(latest)
    }
}

// MARK: - The controller

extension Simulation {
    private var state: RolloutState {
        RolloutState(
            limits: limits,
            latestRevision: latest,
            lastGoodRevision: good,
            nodes: nodes,
            statuses: statuses,
            watchedSince: watchedSince,
            comparison: latest > good
                ? LoginComparison(nodes: nodes, revision: latest, providers: ["idp"], earlierProviders: ["idp"]) : nil,
            now: now
        )
    }

    /// One look: all steps that follow from what is known, written down at once.
    private mutating func look() -> String? {
        var state = state
        let order = Dictionary(state.members.enumerated().map { ($1.node.name, $0) }) { first, _ in first }
        for _ in 0..<(3 * workers.count + 2) {
            let step = nextStep(state)
            if let text = objection(to: step, in: state) { return "\(text): \(step)" }
            if case .settled = step { break }
            if case .wait = step { break }
            state = state.applying(step)
        }
        good = state.lastGoodRevision
        for index in statuses.indices {
            if let place = order[statuses[index].nodeName] { statuses[index] = state.members[place].status }
        }
        let history = RevisionHistory(latestRevision: latest, lastGoodRevision: good, statuses: statuses)
        existing.subtract(history.expired(among: Array(existing)))
        return nil
    }

    private func objection(to step: Step, in state: RolloutState) -> String? {
        switch step {
        case .assign(let name, let revision, let reason):
            guard state.members.contains(where: { $0.node.name == name }) else { return "a stranger was sent" }
            if !existing.contains(revision) { return "sent to a revision that is gone" }
            if revision < state.latestRevision, reason != .revisionFailed { return "sent down without a failure" }
            if kinds[revision] != .good, revision < state.latestRevision { return "sent back to a revision that fails" }
            if state.isPaused, revision > state.lastGoodRevision { return "sent forward in a pause" }
        case .recordCurrent(let name, let revision):
            let before = state.members.first { $0.node.name == name }?.status.currentRevision ?? 0
            if revision < before, revision != state.lastGoodRevision { return "a worker's revision fell" }
        case .recordGood(let revision):
            if kinds[revision] != .good { return "a revision that fails was called good" }
            if revision < state.lastGoodRevision { return "the last good revision fell" }
        case .recordFailure(_, let record):
            if record.revision > state.latestRevision { return "a failure of a revision that is not there" }
        case .withdraw, .settled, .wait: break
        }
        return nil
    }
}

// MARK: - Promises

extension Simulation {
    /// Workers that people reach and cannot log in through, because they were sent there.
    private mutating func lockOut() -> String? {
        for index in workers.indices {
            let downSince = nodes[index].downSince(now: now, watchedSince: watchedSince)
            if let downSince, now - downSince >= limits.progressDeadlineSeconds { workers[index].isGivenUp() }
        }
        let broken = workers.filter { $0.isAlive && !$0.isOutOfHand && kinds[$0.running] == .lockOut }
        guard broken.count > 1 else { return nil }
        return "nobody can log in through \(broken.map(\.name).joined(separator: " and "))"
    }

    /// The faults end, and a good revision comes: everybody must get there.
    private mutating func converge() -> String? {
        limits.isPaused = false
        for index in workers.indices {
            workers[index].heal()
            workers[index].restart(now: now)
            workers[index].diskSeconds = 0
        }
        add(.good)
        for _ in 0..<(60 + 4 * workers.count) {
            pass(5)
            for index in workers.indices {
                deliver(index)
                workers[index].report(now: now)
                while !workers[index].reports.isEmpty { arrive(index) }
            }
            if let text = look() ?? lockOut() { return "\(text), after the faults had ended" }
            let isThere = workers.allSatisfy { $0.running == latest } && statuses.allSatisfy { $0.currentRevision == latest }
            if isThere, good == latest, nextStep(state) == .settled { return nil }
        }
        let late = zip(workers, statuses).filter { $0.running != latest || $1.currentRevision != latest }.map(\.0.name)
        return "not everybody came to revision \(latest): \(late.prefix(5).joined(separator: ", ")), next: \(nextStep(state))"
    }
}
