import Foundation
import Reconcile
import Schema

/// One roll-out without faults over many workers, timed: what the decisions cost, not what is around them.
struct FleetTiming {
    private static let noon: Int64 = 1_000_000

    private var state: RolloutState
    private(set) var looks = 0
    private(set) var decisions = 0

    init(workers: Int, maxUnavailable: RolloutPolicy.MaxUnavailable) {
        let names = (0..<workers).map { "worker-\($0)" }
        let tally = LoginTally(accepted: 490, total: 500)
        let nodes = names.map { name in
            WorkerNode(
                name: name,
                isReady: true,
                readyChangedAt: Self.noon - 5_000,
                heartbeatAt: Self.noon,
                running: 1,
                logins: [LoginRecord(provider: "sso", revision: 1, seconds: 300, tally: tally)]
            )
        }
        state = RolloutState(
            limits: RolloutLimits(maxUnavailable: maxUnavailable),
            latestRevision: 2,
            lastGoodRevision: 1,
            nodes: nodes,
            statuses: names.map { NodeStatus(nodeName: $0, currentRevision: 1, currentRevisionTime: Self.noon - 5_000) },
            now: Self.noon
        )
        state.comparison = LoginComparison(nodes: nodes, revision: 2, providers: ["sso"], earlierProviders: ["sso"])
        state.needsProofOfLogin = true
    }

    /// Returns the seconds that the decisions took until all workers had served the revision; nil: they did not come to that.
    mutating func run() -> Double? {
        var spent = Duration.zero
        // A worker arrives in the look after the one that sent it, so this many looks suffice.
        for _ in 0..<(2 * state.members.count + 10) where state.lastGoodRevision < state.latestRevision {
            spent += ContinuousClock().measure { look() }
            obey()
        }
        guard state.lastGoodRevision == state.latestRevision else { return nil }
        return Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
    }

    private mutating func look() {
        looks += 1
        for _ in 0..<(3 * state.members.count + 2) {
            decisions += 1
            let step = nextStep(state)
            switch step {
            case .settled, .wait: return
            case .assign, .withdraw, .recordCurrent, .recordFailure, .recordGood: state = state.applying(step)
            }
        }
    }

    /// Whoever was sent is there, and people log in through it.
    private mutating func obey() {
        for index in state.members.indices where state.members[index].status.targetRevision != 0 {
            state.members[index].node.running = state.members[index].status.targetRevision
            state.members[index].node.logins.append(
                LoginRecord(provider: "sso", revision: 2, seconds: 10, tally: LoginTally(accepted: 20, total: 20))
            )
        }
    }
}
