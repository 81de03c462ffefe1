import Schema
import Testing

@testable import Reconcile

/// One situation and what must be done about it.
struct NextStepTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var latest: Int64 = 9
        var good: Int64 = 8
        var limits = RolloutLimits()
        var watchedSince: Int64 = 0
        let nodes: [WorkerNode]
        let statuses: [NodeStatus]
        let expected: Expected
        var testDescription: String { name }

        func check() {
            let state = RolloutState(
                limits: limits,
                latestRevision: latest,
                lastGoodRevision: good,
                nodes: nodes,
                statuses: statuses,
                watchedSince: watchedSince,
                now: noon
            )
            let step = nextStep(state)
            #expect(Expected(step) == expected, "\(step)")
        }
    }

    /// A step without its wording.
    enum Expected: Equatable, Sendable {
        case settled
        case wait(until: Int64?)
        case assign(String, Int64, Step.AssignmentReason)
        case withdraw(String, Int64)
        case current(String, Int64)
        case failure(String, Int64, NodeStatus.FailureReason, keepsTarget: Bool)
        case good(Int64)

        init(_ step: Step) {
            self =
                switch step {
                case .settled: .settled
                case .wait(let wait): .wait(until: wait.until)
                case .assign(let node, let revision, let reason): .assign(node, revision, reason)
                case .withdraw(let node, let revision): .withdraw(node, revision)
                case .recordCurrent(let node, let revision): .current(node, revision)
                case .recordFailure(let node, let record):
                    .failure(node, record.revision, record.reason, keepsTarget: record.keepsTarget)
                case .recordGood(let revision): .good(revision)
                }
        }
    }

    /// When a worker that reported at `noon - 3` counts as silent.
    static let silentAt = noon - 3 + 41

    static let ordinary = [
        Case(name: "no revision yet", latest: 0, good: 0, nodes: [.serving("a", 0)], statuses: [], expected: .settled),
        Case(name: "no workers", nodes: [], statuses: [], expected: .wait(until: nil)),
        Case(
            name: "everybody is there",
            latest: 8,
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8), .at("b", 8)],
            expected: .settled
        ),
        Case(
            name: "workers that never judged by anything do not wait for each other",
            latest: 1,
            good: 0,
            nodes: [.down("a", 0), .down("b", 0)],
            statuses: [.at("a", 0).going(to: 1), .at("b", 0)],
            expected: .assign("b", 1, .notReady)
        ),
        Case(
            name: "nobody waits for a new worker that does not come",
            nodes: [.down("a", 0), .serving("b", 8)],
            statuses: [.at("a", 0).going(to: 9), .at("b", 8)],
            expected: .withdraw("a", 9)
        ),
        Case(
            name: "the first of three equal workers goes first",
            nodes: [.serving("b", 8), .serving("a", 8), .serving("c", 8)],
            statuses: [.at("a", 8), .at("b", 8), .at("c", 8)],
            expected: .assign("a", 9, .oldest)
        ),
        Case(
            name: "the oldest goes first",
            nodes: [.serving("a", 8), .serving("b", 7)],
            statuses: [.at("a", 8), .at("b", 7)],
            expected: .assign("b", 9, .oldest)
        ),
        Case(
            name: "one at a time",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "one goes first",
            limits: RolloutLimits(maxUnavailable: .count(2)),
            nodes: [.serving("a", 8), .serving("b", 8), .serving("c", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8), .at("c", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "two at a time",
            limits: RolloutLimits(maxUnavailable: .count(2)),
            nodes: [.serving("a", 9), .serving("b", 8), .serving("c", 8), .serving("d", 8)],
            statuses: [.at("a", 9), .at("b", 8).going(to: 9), .at("c", 8), .at("d", 8)],
            expected: .assign("c", 9, .oldest)
        ),
        Case(
            name: "half of four is two",
            limits: RolloutLimits(maxUnavailable: .percent(50)),
            nodes: ["a", "b", "c", "d"].map { .serving($0, 8) },
            statuses: [.at("a", 8).going(to: 9), .at("b", 8).going(to: 9), .at("c", 8), .at("d", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "the worker has arrived",
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .current("a", 9)
        ),
        Case(
            name: "all have arrived",
            nodes: [.serving("a", 9), .serving("b", 9)],
            statuses: [.at("a", 9), .at("b", 9)],
            expected: .good(9)
        ),
        Case(
            name: "a new worker gets what all have served while the newest is not proven",
            nodes: [.serving("a", 0), .serving("b", 8)],
            statuses: [.at("a", 0), .at("b", 8)],
            expected: .assign("a", 8, .notReady)
        ),
        Case(
            name: "a new worker joins a proven revision",
            latest: 8,
            nodes: [.serving("a", 8), .down("b", 0, since: noon)],
            statuses: [.at("a", 8)],
            expected: .assign("b", 8, .notReady)
        ),
        Case(
            name: "first start: nobody serves, one after another",
            latest: 1,
            good: 0,
            nodes: [.down("a", 0, since: noon - 1), .down("b", 0, since: noon - 1)],
            statuses: [],
            expected: .assign("a", 1, .notReady)
        ),
    ]

    static let failures = [
        Case(
            name: "the worker refuses the revision",
            nodes: [.serving("a", 8, refuses: 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .failure("a", 9, .operandFailed, keepsTarget: false)
        ),
        Case(
            name: "a refused revision goes no further",
            nodes: [.serving("a", 8, refuses: 9), .serving("b", 8)],
            statuses: [.at("a", 8).failed(9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "who took the failed revision goes back",
            nodes: [.serving("a", 9), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 9), .at("b", 8).failed(9)],
            expected: .assign("a", 8, .revisionFailed)
        ),
        Case(
            name: "who is on the way to the failed revision goes back",
            limits: RolloutLimits(maxUnavailable: .count(2)),
            nodes: [.serving("a", 8), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8).failed(9)],
            expected: .assign("a", 8, .revisionFailed)
        ),
        Case(
            name: "on the way back current falls",
            nodes: [.serving("a", 8), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 9).going(to: 8, since: noon - 5), .at("b", 8).failed(9)],
            expected: .current("a", 8)
        ),
        Case(
            name: "on the way back a report from before it was sent says nothing",
            nodes: [.serving("a", 8), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 8).going(to: 8, since: noon - 1), .at("b", 8).failed(9)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "whoever says what word it has read needs no clock: the last one",
            nodes: [.serving("a", 8).answering(7), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 8).going(to: 8, since: noon - 1, word: 7), .at("b", 8).failed(9)],
            expected: .current("a", 8)
        ),
        Case(
            name: "whoever says what word it has read needs no clock: the one before",
            nodes: [.serving("a", 8).answering(6), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 8).going(to: 8, since: noon - 5, word: 7), .at("b", 8).failed(9)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "the failed revision runs in spite of the record: it goes back",
            nodes: [.serving("a", 9)],
            statuses: [.at("a", 8).failed(9)],
            expected: .assign("a", 8, .revisionFailed)
        ),
        Case(
            name: "the first revision of all fails",
            latest: 1,
            good: 0,
            nodes: [.serving("a", 0, refuses: 1), .serving("b", 0)],
            statuses: [.at("a", 0).failed(1), .at("b", 0)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "not ready in time",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 60), .at("b", 8)],
            expected: .failure("a", 9, .installerFailed, keepsTarget: false)
        ),
        Case(
            name: "a new controller gives the worker its whole time again",
            watchedSince: noon - 1,
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 600)],
            expected: .wait(until: noon + 40)
        ),
        Case(
            name: "lateness is tried again after 10 seconds, by the same worker first",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8), .at("b", 8).failed(9, .installerFailed, at: noon - 10)],
            expected: .assign("b", 9, .failedBefore)
        ),
        Case(
            name: "the second time after 15",
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8).failed(9, .installerFailed, at: noon - 14, count: 2)],
            expected: .wait(until: noon + 1)
        ),
        Case(
            name: "at most after 10 minutes",
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8).failed(9, .installerFailed, at: noon - 600, count: .max)],
            expected: .assign("a", 9, .failedBefore)
        ),
        Case(
            name: "a proven revision is not undone by one worker that refuses it",
            latest: 8,
            nodes: [.serving("a", 8), .serving("b", 0, refuses: 8)],
            statuses: [.at("a", 8), .at("b", 0).going(to: 8)],
            expected: .failure("b", 8, .installerFailed, keepsTarget: true)
        ),
        Case(
            name: "and that worker holds up nobody",
            latest: 8,
            nodes: [.serving("a", 7), .serving("b", 0, refuses: 8)],
            statuses: [.at("a", 7), .at("b", 0).going(to: 8).failed(8)],
            expected: .assign("a", 8, .oldest)
        ),
    ]

    static let outages = [
        Case(
            name: "kill -9 of the worker in hand: wait for it",
            nodes: [.down("a", 8, since: noon), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "a worker just died: no other is touched",
            nodes: [.down("a", 9, since: noon), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "one that serves nobody goes first",
            nodes: [.serving("a", 7), .down("b", 8)],
            statuses: [.at("a", 7), .at("b", 8)],
            expected: .assign("b", 9, .notReady)
        ),
        Case(
            name: "dead for long: the others go on without it",
            nodes: [.down("a", 7, since: noon - 600), .serving("b", 8)],
            statuses: [.at("a", 7), .at("b", 8)],
            expected: .assign("b", 9, .oldest)
        ),
        Case(
            name: "dead for long: it gets the revision once another has proven it",
            nodes: [.down("a", 7, since: noon - 600), .serving("b", 9)],
            statuses: [.at("a", 7), .at("b", 9)],
            expected: .assign("a", 9, .notReady)
        ),
        Case(
            name: "dead for long and told: good without it",
            nodes: [.down("a", 7, since: noon - 600), .serving("b", 9)],
            statuses: [.at("a", 7).going(to: 9), .at("b", 9)],
            expected: .good(9)
        ),
        Case(
            name: "silent for 41 seconds is down",
            nodes: [.silent("a", 8), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            expected: .wait(until: noon + 38)
        ),
        Case(
            name: "silence while no controller listened says nothing",
            watchedSince: noon - 2,
            nodes: [.silent("a", 9, heartbeatAt: noon - 900), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            expected: .assign("b", 9, .oldest)
        ),
        Case(
            name: "all dead: only one may come back to an unproven revision",
            nodes: [.down("a", 8, since: noon - 600), .down("b", 8, since: noon - 600)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 5), .at("b", 8)],
            expected: .wait(until: noon + 55)
        ),
        Case(
            name: "back from the dead after its time: a new chance",
            nodes: [.serving("a", 8, readySince: noon - 2), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 600), .at("b", 8)],
            expected: .assign("a", 9, .notReady)
        ),
        Case(
            name: "power loss of the worker in hand: failed after its time",
            nodes: [.down("a", 8, since: noon - 50), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 60), .at("b", 8)],
            expected: .failure("a", 9, .installerFailed, keepsTarget: false)
        ),
        Case(
            name: "the way back does not wait for the dead",
            nodes: [.down("a", 9, since: noon - 5), .serving("b", 9), .serving("c", 8, refuses: 9)],
            statuses: [.at("a", 9).going(to: 8, since: noon - 60), .at("b", 9), .at("c", 8).failed(9)],
            expected: .assign("b", 8, .revisionFailed)
        ),
    ]

    private static let pause = RolloutLimits(isPaused: true)

    static let pauses = [
        Case(
            name: "nobody is sent in a pause",
            limits: pause,
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "who is on the way in a pause arrives",
            limits: pause,
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .current("a", 9)
        ),
        Case(
            name: "in a pause nobody is sent further than where they were going",
            latest: 10,
            limits: pause,
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "and they arrive there",
            latest: 10,
            limits: pause,
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .current("a", 9)
        ),
        Case(
            name: "a failure in a pause is recorded",
            limits: pause,
            nodes: [.serving("a", 8, refuses: 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .failure("a", 9, .operandFailed, keepsTarget: false)
        ),
        Case(
            name: "and who took the revision goes back",
            limits: pause,
            nodes: [.serving("a", 8), .serving("b", 9)],
            statuses: [.at("a", 8).failed(9), .at("b", 9)],
            expected: .assign("b", 8, .revisionFailed)
        ),
        Case(
            name: "a new worker gets what all others have served",
            limits: pause,
            nodes: [.serving("a", 9), .down("b", 0, since: noon)],
            statuses: [.at("a", 9)],
            expected: .assign("b", 8, .notReady)
        ),
        Case(
            name: "a new worker waits when nothing has proven itself",
            good: 0,
            limits: pause,
            nodes: [.serving("a", 9), .down("b", 0, since: noon)],
            statuses: [.at("a", 9)],
            expected: .wait(until: Self.silentAt)
        ),
        Case(
            name: "what all have served goes to everybody",
            latest: 8,
            limits: pause,
            nodes: [.serving("a", 8), .serving("b", 7)],
            statuses: [.at("a", 8), .at("b", 7)],
            expected: .assign("b", 8, .oldest)
        ),
    ]

    @Test(arguments: ordinary + failures + outages + pauses)
    func decides(_ c: Case) { c.check() }

    @Test func failureSaysWhichWorkerAndWhy() throws {
        let state = RolloutState(
            latestRevision: 9,
            lastGoodRevision: 8,
            nodes: [.serving("a", 8, refuses: 9)],
            statuses: [.at("a", 8).going(to: 9)],
            now: noon
        )
        guard case .recordFailure(_, let record) = nextStep(state) else {
            Issue.record("expected a failure")
            return
        }
        #expect(record.errors == ["a: SelfTestFailed: no usable key"])
    }

    @Test func forgetsAFailureOnceTheWorkerIsBeyondIt() {
        let state = RolloutState(
            latestRevision: 10,
            lastGoodRevision: 8,
            nodes: [.serving("a", 10)],
            statuses: [.at("a", 8).failed(9).going(to: 10)],
            now: noon
        )
        #expect(state.applying(nextStep(state)).statuses.map(\.lastFailure) == [nil])
    }

    @Test func countsFailuresOfTheSameRevisionOnly() {
        let record = Step.FailureRecord(revision: 9, reason: .installerFailed, errors: [], keepsTarget: false)
        var state = RolloutState(
            latestRevision: 9,
            lastGoodRevision: 8,
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8).failed(8, count: 7)],
            now: noon
        )
        var counts: [Int64?] = []
        for _ in 0..<3 {
            state = state.applying(.recordFailure(node: "a", record))
            counts.append(state.statuses[0].lastFailure?.count)
        }
        #expect(counts == [1, 2, 3])
    }
}
