import Reconcile
import RolloutSimulation
import Schema
import Testing

/// Random histories with crashes, lost and late reports, restarts of the controller and new revisions, from a seed that a failure names.
struct RolloutSimulationTests {
    /// Messages that are lost, late or doubled, partitions, crashes, slow disks, clocks that jump, competing edits: `make simulate` plays more.
    @Test(arguments: 0..<8)
    func keepsItsPromisesToPeople(block: UInt64) {
        for seed in (block * 250)..<(block * 250 + 250) {
            let scenario = Scenario(seed: seed)
            var simulation = Simulation(scenario)
            guard let violation = simulation.run() else { continue }
            let (shortest, last) = scenario.shortest(violating: violation)
            Issue.record("seed \(seed), \(scenario.workers) workers: \(last.text)\n\(shortest.events)")
            return
        }
    }

    /// Each of these found a mistake once that no test before it had seen.
    @Test(arguments: [53_904, 81_533, 92_332, 100_495])
    func keepsThePromisesThatItOnceBroke(seed: UInt64) {
        var simulation = Simulation(Scenario(seed: seed))
        #expect(simulation.run() == nil)
    }

    @Test(arguments: 0..<8)
    func keepsItsPromisesUnderFaults(block: UInt64) {
        for seed in (block * 50)..<(block * 50 + 50) {
            let problem = run(seed: seed)
            #expect(problem == nil, "seed \(seed)")
            if problem != nil { return }
        }
    }

    private func run(seed: UInt64) -> String? {
        var random = Seeded(seed: seed)
        let count = Int.random(in: 1...6, using: &random)
        let limits = RolloutLimits(
            maxUnavailable: Bool.random(using: &random) ? .count(1) : .percent(40),
            soakSeconds: Bool.random(using: &random) ? 0 : 7,
            progressDeadlineSeconds: 30
        )
        let names = (0..<count).map { "worker-\($0)" }
        var fleet = SimulatedFleet(
            RolloutState(
                limits: limits,
                latestRevision: 1,
                lastGoodRevision: 1,
                nodes: names.map { .serving($0, 1) },
                statuses: names.map { .at($0, 1) },
                now: noon
            )
        )
        for _ in 0..<300 {
            disturb(&fleet, &random)
            if let problem = act(&fleet, &random) { return problem }
        }
        // A last revision that nobody refuses, and no more faults: everybody must end there.
        fleet.state.limits.isPaused = false
        fleet.state.latestRevision += 1
        fleet.refused.remove(fleet.state.latestRevision)
        for index in fleet.state.members.indices { fleet.rise(index) }
        if let problem = fleet.settle(limit: 1_000) { return problem }
        let last = fleet.state.latestRevision
        return fleet.state.members.allSatisfy { $0.node.running == last } ? nil : "not at the last revision"
    }

    private func disturb(_ fleet: inout SimulatedFleet, _ random: inout Seeded) {
        let index = Int.random(in: fleet.state.members.indices, using: &random)
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<20: fleet.obey(index)
        case 20..<22: fleet.fall(index)
        case 22..<28: fleet.rise(index)
        case 28..<34: fleet.state.now += Int64.random(in: 0...12, using: &random)
        case 34: fleet.state.now += 90
        case 35: fleet.state.watchedSince = fleet.state.now  // the controller was killed and started again
        case 36:
            fleet.state.latestRevision += 1
            if Int.random(in: 0..<3, using: &random) == 0 { fleet.refused.insert(fleet.state.latestRevision) }
        case 38: fleet.state.limits.isPaused.toggle()
        case 37: fleet.state.members[index].node.failedRevision = fleet.state.latestRevision  // a late, stray report
        default: fleet.heartbeats()
        }
    }

    /// One look of the controller, sometimes two; the second must not be fooled by the first.
    private func act(_ fleet: inout SimulatedFleet, _ random: inout Seeded) -> String? {
        let before = fleet.state
        let step = nextStep(before)
        _ = fleet.step()
        switch step {
        case .assign(let name, let revision, let reason):
            let slots = before.limits.maxUnavailable.limit(of: before.members.count)
            if before.isPaused, revision > before.lastGoodRevision { return "sent forward in a pause: \(step)" }
            if fleet.assignedWhileDown.contains(name) { return nil }
            let moving = fleet.state.members.filter {
                $0.node.isReady && isOnTheWay($0, in: before) && !fleet.assignedWhileDown.contains($0.node.name)
            }
            if moving.count > slots, reason != .overtaken, reason != .revisionFailed {
                return "too many on their way: \(fleet.trace.suffix(5))"
            }
            if revision < before.latestRevision, reason != .revisionFailed { return "sent down: \(step)" }
            if fleet.refused.contains(revision), revision < before.latestRevision {
                return "sent back to a bad revision: \(step)"
            }
            if !before.members.contains(where: { $0.node.name == name }) { return "a stranger: \(name)" }
        case .recordGood(let revision):
            if fleet.refused.contains(revision) { return "a refused revision became good" }
            if revision < before.lastGoodRevision { return "the last good revision fell" }
        case .settled, .wait, .withdraw, .recordCurrent, .recordFailure: break
        }
        return nil
    }

    private func isOnTheWay(_ member: RolloutState.Member, in state: RolloutState) -> Bool {
        let status = member.status
        let isLate = state.now - max(status.targetRevisionTime, state.watchedSince) >= state.limits.progressDeadlineSeconds
        let isSilent = state.now - max(member.node.heartbeatAt, state.watchedSince) > WorkerNode.heartbeatLimit
        return status.targetRevision != 0 && !isLate && !isSilent
    }
}
