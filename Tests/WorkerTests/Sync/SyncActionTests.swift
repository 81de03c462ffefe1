import JSON
import Testing

@testable import Worker

struct SyncActionTests {
    struct Wanted: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let status: JSONValue
        let revision: Int64
        var generation: Int64 = 0
    }

    static let wanted = [
        Wanted(testDescription: "no status yet", status: [:], revision: 0),
        Wanted(
            testDescription: "a target goes before the current one",
            status: [
                "nodeStatuses": [["nodeName": "worker-1", "currentRevision": 3, "targetRevision": 4, "targetGeneration": 7]]
            ],
            revision: 4,
            generation: 7
        ),
        Wanted(
            testDescription: "target 0 is no target",
            status: ["nodeStatuses": [["nodeName": "worker-1", "currentRevision": 3, "targetRevision": 0]]],
            revision: 3
        ),
        Wanted(
            testDescription: "back to an older one",
            status: ["nodeStatuses": [["nodeName": "worker-1", "currentRevision": 5, "targetRevision": 2]]],
            revision: 2
        ),
        Wanted(
            testDescription: "another worker's",
            status: ["nodeStatuses": [["nodeName": "worker-10", "currentRevision": 3]]],
            revision: 0
        ),
        Wanted(testDescription: "not a list", status: ["nodeStatuses": "x"], revision: 0),
        Wanted(
            testDescription: "not numbers",
            status: ["nodeStatuses": [["nodeName": "worker-1", "currentRevision": "3", "targetGeneration": -7]]],
            revision: 0
        ),
    ]

    @Test(arguments: wanted)
    func readsTheWantedRevision(_ c: Wanted) {
        let wanted = WantedRevision(of: "worker-1", in: ["status": c.status])
        #expect(wanted.revision == c.revision && wanted.generation == c.generation)
    }

    /// Whoever is left out of roll-outs follows once all others have served a revision; whoever is new waits for its turn.
    @Test func whoIsLeftOutFollows() {
        let kubeAPIServer: JSONValue = [
            "status": [
                "lastGoodRevision": 7, "nodeStatuses": [["nodeName": "worker-0", "currentRevision": 7, "targetRevision": 8]],
            ]
        ]
        #expect(WantedRevision(of: "worker-1", in: kubeAPIServer, isLeftOut: true).revision == 7)
        #expect(WantedRevision(of: "worker-1", in: kubeAPIServer, isLeftOut: false).revision == 0)
        // It is not out yet.
        #expect(WantedRevision(of: "worker-0", in: kubeAPIServer, isLeftOut: true).revision == 8)
        #expect(WantedRevision(of: "worker-1", in: [:], isLeftOut: true).revision == 0)
    }

    struct Next: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let wanted: Int64
        let running: Int64
        var failed: (revision: Int64, retryAt: Int64)?
        let action: SyncAction
    }

    static let next = [
        Next(testDescription: "nothing wanted", wanted: 0, running: 3, action: .nothing),
        Next(testDescription: "runs it already", wanted: 3, running: 3, action: .nothing),
        Next(testDescription: "a newer one", wanted: 4, running: 3, action: .take(revision: 4)),
        Next(testDescription: "an older one", wanted: 2, running: 3, action: .take(revision: 2)),
        Next(testDescription: "the first", wanted: 1, running: 0, action: .take(revision: 1)),
        Next(testDescription: "failed just now", wanted: 4, running: 3, failed: (4, 101), action: .nothing),
        Next(testDescription: "failed a while ago", wanted: 4, running: 3, failed: (4, 100), action: .take(revision: 4)),
        Next(testDescription: "another one failed", wanted: 5, running: 3, failed: (4, 200), action: .take(revision: 5)),
        Next(testDescription: "failed, and back", wanted: 3, running: 3, failed: (4, 200), action: .nothing),
    ]

    @Test(arguments: next)
    func decides(_ c: Next) {
        #expect(nextAction(wanted: c.wanted, running: c.running, failed: c.failed, now: 100) == c.action)
    }
}
