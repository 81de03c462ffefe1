import Reconcile
import RolloutSimulation
import Testing

/// All small states, whatever history led there: up to three workers and three revisions here, and a part of those of four and four.
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
                if let violation = brokenPromise(of: nextStep(state), in: state) {
                    violations.append("\(violation): \(workers)")
                }
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

    /// A part of what `simulate --exhaustive` looks at: one worker whole, and of more each fifth or seventh condition with each other.
    @Test(arguments: [EveryState.pairs(of: 1), .pairs(of: 2, every: 5), .triples(every: 7), .fours(every: 7)])
    func keepsItsPromisesInEveryState(_ space: EveryState) {
        for first in space.conditions.indices {
            let (states, violation) = space.check(first: first)
            #expect(violation == nil)
            #expect(states > 0)
            if violation != nil { return }
        }
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
