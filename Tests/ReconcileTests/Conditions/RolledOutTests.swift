import Schema
import Testing

@testable import Reconcile

/// What `RolledOut` says is awaited, and until when; `noon` is 13:46:40.
struct RolledOutTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var nodes: [WorkerNode] = [.serving("a", 9), .serving("b", 8)]
        var statuses: [NodeStatus] = [.at("a", 9, since: noon - 2), .at("b", 8)]
        var good: Int64 = 8
        var limits = RolloutLimits()
        var comparison: LoginComparison?
        var needsProof = false
        let says: String
        var testDescription: String { name }
    }

    private static let halfWay = "RollingOut 1 node is at revision 8; 1 node is at revision 9; "

    static let cases = [
        Case(
            name: "the first worker is on its way",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            says:
                "RollingOut 2 nodes are at revision 8; 0 nodes have achieved new revision 9; a is on its way to revision 9, until "
                + "1970-01-12T13:47:39Z at the latest"
        ),
        Case(
            name: "it soaks",
            limits: RolloutLimits(soakSeconds: 30),
            says: halfWay + "revision 9 is soaking on a, until 1970-01-12T13:47:08Z at the latest"
        ),
        Case(
            name: "logins are compared",
            comparison: LoginComparison(before: ["idp": LoginTally(accepted: 50, total: 50)], allBefore: nil),
            says: halfWay
                + "revision 9 waits for logins on a to compare with those before, until 1970-01-12T13:46:48Z at the latest"
        ),
        Case(
            name: "somebody has to log in",
            needsProof: true,
            says: halfWay + "revision 9 waits for somebody to log in through a, until 1970-01-12T13:56:38Z at the latest"
        ),
        Case(
            name: "a worker is down",
            nodes: [.serving("a", 9), .down("b", 9), .serving("c", 8)],
            statuses: [.at("a", 9), .at("b", 9, since: noon - 20), .at("c", 8)],
            says: "RollingOut 1 node is at revision 8; 2 nodes are at revision 9; b is down, so c is not touched, until "
                + "1970-01-12T13:47:30Z at the latest"
        ),
        Case(
            name: "all are there, and one fell over",
            nodes: [.serving("a", 9), .down("b", 9)],
            statuses: [.at("a", 9), .at("b", 9, since: noon - 20)],
            says: "Proving 2 nodes are at revision 9, and revision 9 has yet to prove itself; b is down, until "
                + "1970-01-12T13:47:30Z at the latest"
        ),
        Case(
            name: "paused",
            limits: RolloutLimits(isPaused: true),
            says:
                "Paused 1 node is at revision 8; 1 node is at revision 9; the roll-out is paused, ctl rollout resume lets it go on"
        ),
        Case(
            name: "nothing is awaited: the next worker goes",
            says: "RollingOut 1 node is at revision 8; 1 node is at revision 9"
        ),
        Case(
            name: "a worker takes what all others have when it comes back",
            nodes: [.serving("a", 9), .down("b", 8, since: noon - 500)],
            statuses: [.at("a", 9), .at("b", 8).going(to: 9, since: noon - 400)],
            good: 9,
            says: halfWay + "a worker is down or refuses; it takes revision 9 when it can"
        ),
    ]

    private static func rolledOut(_ c: Case, now: Int64) -> Condition? {
        var nodes = c.nodes
        for index in nodes.indices where nodes[index].isReady { nodes[index].heartbeatAt = now - 1 }
        let state = RolloutState(
            limits: c.limits,
            latestRevision: 9,
            lastGoodRevision: c.good,
            nodes: nodes,
            statuses: c.statuses,
            comparison: c.comparison,
            needsProofOfLogin: c.needsProof,
            now: now
        )
        var conditions = AuthenticationConditions(
            state: state,
            outcome: ConfigurationOutcome(generation: 5),
            mode: .oidc,
            confirmation: nil,
            providers: [],
            healthBefore: nil,
            observedGeneration: 5
        )
        if case .wait(let wait) = nextStep(state) { conditions.waiting = wait }
        return conditions.all[type: "RolledOut"]
    }

    @Test(arguments: cases)
    func tellsWhatIsAwaitedAndUntilWhen(_ c: Case) {
        let condition = Self.rolledOut(c, now: noon)
        #expect(condition.map { "\($0.reason ?? "") \($0.message ?? "")" } == c.says)
    }

    /// A message that counted down would be a write every second, and a watch event for everybody.
    @Test(arguments: cases)
    func saysTheSameASecondLater(_ c: Case) {
        for seconds in 1...5 as ClosedRange<Int64> {
            #expect(Self.rolledOut(c, now: noon + seconds) == Self.rolledOut(c, now: noon), "\(seconds)")
        }
    }
}
