import JSON
import Schema
import Testing

@testable import Reconcile

/// The texts of `KubeAPIServer.status.conditions`, to the letter.
struct NodeConditionsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var latest: Int64 = 10
        let statuses: [NodeStatus]
        let available: String
        let progressing: String
        var degraded = "False  "
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "half way",
            statuses: [.at("a", 8), .at("b", 8), .at("c", 10)],
            available: "True  3 nodes are active; 2 nodes are at revision 8; 1 node is at revision 10",
            progressing: "True  2 nodes are at revision 8; 1 node is at revision 10"
        ),
        Case(
            name: "nobody has begun",
            statuses: [.at("a", 8), .at("b", 8), .at("c", 8)],
            available: "True  3 nodes are active; 3 nodes are at revision 8; 0 nodes have achieved new revision 10",
            progressing: "True  3 nodes are at revision 8; 0 nodes have achieved new revision 10"
        ),
        Case(
            name: "done",
            statuses: [.at("a", 10), .at("b", 10), .at("c", 10)],
            available: "True  3 nodes are active; 3 nodes are at revision 10",
            progressing: "False AllNodesAtLatestRevision 3 nodes are at revision 10"
        ),
        Case(
            name: "first start",
            latest: 1,
            statuses: [.at("a", 0), .at("b", 0)],
            available:
                "False ZeroNodesActive 0 nodes are active; 2 nodes are at revision 0; 0 nodes have achieved new revision 1",
            progressing: "True  2 nodes are at revision 0; 0 nodes have achieved new revision 1"
        ),
        Case(
            name: "a failed node",
            statuses: [.at("a", 8).failed(10), .at("b", 8)],
            available: "True  2 nodes are active; 2 nodes are at revision 8; 0 nodes have achieved new revision 10",
            progressing: "True  2 nodes are at revision 8; 0 nodes have achieved new revision 10",
            degraded: "True InstallerPodFailed 1 nodes are failing on revision 10:\na: no"
        ),
        Case(
            name: "two nodes, the second at the beginning",
            statuses: [.at("a", 8), .at("b", 0)],
            available:
                "True  1 nodes are active; 1 node is at revision 0; 1 node is at revision 8; 0 nodes have achieved new revision 10",
            progressing: "True  1 node is at revision 0; 1 node is at revision 8; 0 nodes have achieved new revision 10"
        ),
        Case(
            name: "nobody",
            statuses: [],
            available: "False ZeroNodesActive 0 nodes are active; ",
            progressing: "False AllNodesAtLatestRevision "
        ),
        Case(
            name: "a node that goes on trying what it failed at",
            statuses: [.at("a", 8).failed(9, .installerFailed).going(to: 9), .at("b", 10)],
            available: "True  2 nodes are active; 1 node is at revision 8; 1 node is at revision 10",
            progressing: "True  1 node is at revision 8; 1 node is at revision 10",
            degraded: "True InstallerPodFailed 1 nodes are failing on revision 9:\na: no"
        ),
        Case(
            name: "a failure that a newer revision has left behind",
            statuses: [.at("a", 8).failed(9), .at("b", 8).failed(9).going(to: 10)],
            available: "True  2 nodes are active; 2 nodes are at revision 8; 0 nodes have achieved new revision 10",
            progressing: "True  2 nodes are at revision 8; 0 nodes have achieved new revision 10"
        ),
        Case(
            name: "on its way back from what failed",
            statuses: [.at("a", 10).failed(10).going(to: 8), .at("b", 8)],
            available: "True  2 nodes are active; 1 node is at revision 8; 1 node is at revision 10",
            progressing: "True  1 node is at revision 8; 1 node is at revision 10",
            degraded: "True InstallerPodFailed 1 nodes are failing on revision 10:\na: no"
        ),
        Case(
            name: "failures at two revisions",
            statuses: [.at("a", 8).failed(10), .at("b", 8).failed(9).going(to: 9), .at("c", 8).failed(10)],
            available: "True  3 nodes are active; 3 nodes are at revision 8; 0 nodes have achieved new revision 10",
            progressing: "True  3 nodes are at revision 8; 0 nodes have achieved new revision 10",
            degraded:
                "True InstallerPodFailed 1 nodes are failing on revision 9:\nb: no; 2 nodes are failing on revision 10:\na: no\nc: no"
        ),
    ]

    @Test(arguments: cases)
    func tells(_ c: Case) {
        let state = RolloutState(
            latestRevision: c.latest,
            nodes: c.statuses.map { .serving($0.nodeName, $0.currentRevision) },
            statuses: c.statuses,
            now: noon
        )
        let texts = NodeConditions(state).all.map { "\($0.type)=\($0.status.rawValue) \($0.reason ?? "") \($0.message ?? "")" }
        #expect(
            texts == [
                "StaticPodsAvailable=\(c.available)", "NodeInstallerProgressing=\(c.progressing)",
                "NodeInstallerDegraded=\(c.degraded)", "InstallerControllerDegraded=False AsExpected ",
                "NodeControllerDegraded=False MasterNodesReady All master nodes are ready",
            ]
        )
    }

    @Test func namesARevisionThatIsGone() {
        let state = RolloutState(latestRevision: 10, nodes: [.serving("a", 8)], statuses: [.at("a", 8)], now: noon)
        let condition = NodeConditions(state, isLatestMissing: true).all[type: "InstallerControllerDegraded"]
        #expect(
            condition.map { "\($0.status.rawValue) \($0.reason ?? "") \($0.message ?? "")" }
                == "True Error missing required resources: [authenticationrevisions: authentication-10]"
        )
    }

    @Test func namesNodesThatAreNotReady() {
        let nodes: [WorkerNode] = [.down("a", 8, since: 1_598_945_111), .serving("b", 8), .silent("c", 8, heartbeatAt: 0)]
        let state = RolloutState(latestRevision: 8, nodes: nodes, now: noon)
        let condition = NodeConditions(state).all[type: "NodeControllerDegraded"]
        #expect(condition?.status == .true)
        #expect(
            condition?.message
                == "The master nodes not ready: node \"a\" not ready since 2020-09-01 07:25:11 +0000 UTC because ProcessExited (), "
                + "node \"c\" not ready since 1970-01-01 00:00:40 +0000 UTC because NodeStatusUnknown (worker stopped posting node status)"
        )
    }
}

/// How a ClusterOperator's conditions come from many.
struct OperatorSummaryTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let conditions: [Condition]
        let type: String
        let summary: String
        var testDescription: String { name }
    }

    private static func condition(_ type: String, _ status: Condition.Status, _ reason: String, _ message: String) -> Condition
    {
        Condition(type: type, status: status, reason: reason, message: message)
    }

    static let cases = [
        Case(name: "no data", conditions: [], type: "Degraded", summary: "Unknown NoData "),
        Case(
            name: "all is well",
            conditions: [condition("ADegraded", .false, "AsExpected", "")],
            type: "Degraded",
            summary: "False AsExpected All is well"
        ),
        Case(
            name: "good with words",
            conditions: [
                condition("NodeInstallerProgressing", .false, "AllNodesAtLatestRevision", "3 nodes are at revision 10")
            ],
            type: "Progressing",
            summary: "False AsExpected NodeInstallerProgressing: 3 nodes are at revision 10"
        ),
        Case(
            name: "a roll-out",
            conditions: [
                condition("NodeInstallerProgressing", .true, "", "2 nodes are at revision 8; 1 node is at revision 10")
            ],
            type: "Progressing",
            summary: "True NodeInstaller NodeInstallerProgressing: 2 nodes are at revision 8; 1 node is at revision 10"
        ),
        Case(
            name: "a failed installer",
            conditions: [
                condition("NodeInstallerDegraded", .true, "InstallerPodFailed", "1 nodes are failing on revision 10:\na: no"),
                condition("NodeControllerDegraded", .false, "MasterNodesReady", "All master nodes are ready"),
            ],
            type: "Degraded",
            summary: "True NodeInstaller_InstallerPodFailed NodeInstallerDegraded: 1 nodes are failing on revision 10:\n"
                + "NodeInstallerDegraded: a: no"
        ),
        Case(
            name: "two bad ones, sorted, lines once",
            conditions: [
                condition("BDegraded", .true, "Slow", "x\nx"), condition("ADegraded", .true, "Broken", "y"),
            ],
            type: "Degraded",
            summary: "True A_Broken::B_Slow ADegraded: y\nBDegraded: x"
        ),
        Case(
            name: "not available",
            conditions: [condition("StaticPodsAvailable", .false, "ZeroNodesActive", "0 nodes are active; ")],
            type: "Available",
            summary: "False StaticPods_ZeroNodesActive StaticPodsAvailable: 0 nodes are active; "
        ),
        Case(
            name: "what is not known is not good",
            conditions: [condition("XAvailable", .unknown, "Waiting", "w"), condition("YAvailable", .true, "", "")],
            type: "Available",
            summary: "Unknown X_Waiting XAvailable: w"
        ),
        Case(
            name: "bad is worse than unknown",
            conditions: [
                condition("XAvailable", .unknown, "Waiting", "w"), condition("YAvailable", .false, "", "gone"),
            ],
            type: "Available",
            summary: "False X_Waiting::Y XAvailable: w\nYAvailable: gone"
        ),
        Case(
            name: "another word at the end is another condition",
            conditions: [
                condition("NodeDegraded", .true, "R", "m"), condition("DegradedNode", .true, "R", "m"),
                condition("NodeAvailable", .false, "R", "m"),
            ],
            type: "Degraded",
            summary: "True Node_R NodeDegraded: m"
        ),
        Case(
            name: "all words of what is well",
            conditions: [
                condition("BProgressing", .false, "AsExpected", "b"), condition("AProgressing", .false, "AsExpected", ""),
                condition("CProgressing", .false, "", "c\n\nc"),
            ],
            type: "Progressing",
            summary: "False AsExpected BProgressing: b\nCProgressing: c\nCProgressing: "
        ),
    ]

    @Test(arguments: cases)
    func sumsUp(_ c: Case) {
        let summary = OperatorSummary.conditions(of: c.conditions, now: 0)[type: c.type]
        #expect("\(summary?.status.rawValue ?? "") \(summary?.reason ?? "") \(summary?.message ?? "")" == c.summary)
    }

    @Test func alwaysTellsAllFive() {
        #expect(
            OperatorSummary.conditions(of: [], now: 0).map(\.type)
                == ["Degraded", "Progressing", "Available", "Upgradeable", "EvaluationConditionsDetected"]
        )
        #expect(
            OperatorSummary.unmanaged.map { "\($0.type)=\($0.status.rawValue) \($0.reason ?? "")\($0.message ?? "")" }
                == [
                    "Degraded=Unknown Unmanaged", "Progressing=Unknown Unmanaged", "Available=Unknown Unmanaged",
                    "Upgradeable=Unknown Unmanaged", "EvaluationConditionsDetected=Unknown Unmanaged",
                ]
        )
    }

    // MARK: Inertia

    private static let start: Int64 = 1_800_000_000

    private static func bad(_ type: String, since seconds: Int64, _ reason: String = "Error") -> Condition {
        var condition = Condition(type: type, status: .true, reason: reason, message: "\(type) it is")
        condition.lastTransitionTime = Timestamp.text(of: start - seconds)
        return condition
    }

    struct Lasting: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let conditions: [Condition]
        var isTold = false
        /// Seconds from now.
        var nextChange: Int64?
    }

    static let lasting = [
        Lasting(testDescription: "for a moment", conditions: [bad("NodeInstallerDegraded", since: 0)], nextChange: 120),
        Lasting(
            testDescription: "for almost two minutes",
            conditions: [bad("NodeInstallerDegraded", since: 119)],
            nextChange: 1
        ),
        Lasting(testDescription: "for two minutes", conditions: [bad("NodeInstallerDegraded", since: 120)], isTold: true),
        Lasting(
            testDescription: "nodes have ten",
            conditions: [bad("NodeControllerDegraded", since: 599), bad("StaticPodsDegraded", since: 300)],
            nextChange: 1
        ),
        Lasting(testDescription: "nodes after ten", conditions: [bad("GuardControllerDegraded", since: 600)], isTold: true),
        Lasting(
            testDescription: "one that has lasted speaks for all",
            conditions: [bad("NodeControllerDegraded", since: 5), bad("NodeInstallerDegraded", since: 130)],
            isTold: true,
            nextChange: 595
        ),
        Lasting(testDescription: "since a time to come", conditions: [bad("NodeInstallerDegraded", since: -500)], isTold: true),
    ]

    /// What has just begun is not told yet, as in OpenShift, but stands in the message.
    @Test(arguments: lasting)
    func degradedTakesItsTime(_ c: Lasting) throws {
        let inertia = OperatorInertia.kubeAPIServer
        let all = OperatorSummary.conditions(of: c.conditions, inertia: inertia, now: Self.start)
        let degraded = try #require(all[type: "Degraded"])
        #expect(degraded.status == (c.isTold ? .true : .false))
        #expect((degraded.reason == "AsExpected") == !c.isTold)
        for condition in c.conditions {
            #expect(degraded.message?.contains("\(condition.type): \(condition.type) it is") == true)
        }
        let next = OperatorSummary.nextChange(of: c.conditions, inertia: inertia, now: Self.start)
        #expect(next == c.nextChange.map { Self.start + $0 })
        let atOnce = OperatorSummary.conditions(of: c.conditions, now: Self.start)
        #expect(atOnce[type: "Degraded"]?.status == .true)
    }

    /// Nothing else waits.
    @Test func otherSummariesAreTold() {
        let conditions = [
            Self.bad("NodeInstallerProgressing", since: 0), Condition(type: "A", status: .true, reason: "", message: ""),
        ]
        let all = OperatorSummary.conditions(of: conditions, inertia: .kubeAPIServer, now: Self.start)
        #expect(all[type: "Progressing"]?.status == .true)
    }
}
