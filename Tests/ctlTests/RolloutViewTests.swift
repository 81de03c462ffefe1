import JSON
import Testing

@testable import ctl

struct RolloutViewTests {
    typealias Record = (String, Int64, Int64, String?)

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var latest: Int64 = 4
        /// false: nobody has called the latest revision good yet.
        var isGood = true
        let records: [Record]
        var down: Set<String> = []
        var generation: Int64 = 3
        /// nil: no condition says.
        var seen: Int64? = 3
        /// Why the configuration is held back; nil: it is not.
        var held: String?
        /// What is said of a roll-out that is held where it is; nil: it is not.
        var pause: String?
        let phase: RolloutView.Phase
    }

    private static let all4: [Record] = [("worker-0", 4, 0, nil), ("worker-1", 4, 0, nil)]

    static let cases = [
        Case(testDescription: "all at the latest", records: all4, phase: .done),
        Case(testDescription: "the controller has not seen the change", records: all4, seen: 2, phase: .notSeen),
        Case(testDescription: "the controller has never looked", records: all4, seen: nil, phase: .notSeen),
        Case(testDescription: "one behind", records: [("worker-0", 4, 0, nil), ("worker-1", 3, 0, nil)], phase: .progressing),
        Case(
            testDescription: "one on its way",
            records: [("worker-0", 4, 0, nil), ("worker-1", 3, 4, nil)],
            phase: .progressing
        ),
        Case(
            testDescription: "held where it is",
            records: [("worker-0", 4, 0, nil), ("worker-1", 3, 0, nil)],
            pause: "paused",
            phase: .paused("paused")
        ),
        Case(
            testDescription: "paused, and a worker refused it before",
            records: [("worker-0", 3, 0, "bad key"), ("worker-1", 3, 0, nil)],
            pause: "paused",
            phase: .failed("bad key")
        ),
        Case(testDescription: "one is down", records: all4, down: ["worker-1"], phase: .progressing),
        Case(
            testDescription: "all are there, and it has yet to prove itself",
            isGood: false,
            records: all4,
            phase: .progressing
        ),
        Case(testDescription: "no workers", records: [], phase: .progressing),
        Case(testDescription: "no revision", latest: 0, records: [("worker-0", 0, 0, nil)], phase: .progressing),
        Case(
            testDescription: "a bad configuration beside a good revision",
            records: all4,
            held: "no such host",
            phase: .refused("no such host")
        ),
        Case(
            testDescription: "refused by a worker, another on its way back",
            records: [("worker-0", 3, 0, "bad key"), ("worker-1", 4, 3, nil)],
            held: "x",
            phase: .progressing
        ),
        Case(
            testDescription: "refused by a worker, all back",
            records: [("worker-0", 3, 0, "bad key"), ("worker-1", 3, 0, nil)],
            held: "x",
            phase: .failed("bad key")
        ),
        Case(
            testDescription: "an earlier failure is over",
            records: [("worker-0", 4, 0, "was slow"), ("worker-1", 4, 0, nil)],
            phase: .done
        ),
    ]

    @Test(arguments: cases)
    func tellsWhereARolloutStands(_ c: Case) {
        var conditions: [JSONValue] = []
        if let seen = c.seen {
            conditions = ["Available", "Progressing"].map {
                ["type": .string($0), "status": "True", "observedGeneration": .integer(seen)]
            }
            if let pause = c.pause {
                conditions.append(
                    [
                        "type": "RolledOut", "status": "False", "reason": "Paused", "message": .string(pause),
                        "observedGeneration": .integer(seen),
                    ]
                )
            }
            if let held = c.held {
                conditions.append(
                    ["type": "Probed", "status": "False", "message": .string(held), "observedGeneration": .integer(seen)])
            }
        }
        var kubeAPIServer = Samples.kubeAPIServer(latest: c.latest, c.records)
        if !c.isGood { kubeAPIServer["status"]?["lastGoodRevision"] = .integer(c.latest - 1) }
        let view = RolloutView(
            kubeAPIServer: kubeAPIServer,
            nodes: c.records.map { Samples.node($0.0, ready: !c.down.contains($0.0)) },
            authentication: ["metadata": ["generation": .integer(c.generation)], "status": ["conditions": .array(conditions)]]
        )
        #expect(view.phase == c.phase)
    }

    private func view(_ latest: Int64, _ records: [Record], down: Set<String> = []) -> RolloutView {
        RolloutView(
            kubeAPIServer: Samples.kubeAPIServer(latest: latest, records),
            nodes: records.map { Samples.node($0.0, ready: !down.contains($0.0)) },
            authentication: [
                "metadata": ["generation": 1], "status": ["conditions": [["type": "Available", "observedGeneration": 1]]],
            ]
        )
    }

    @Test func summariesAreOKDsOwn() {
        #expect(
            view(10, [("a", 8, 0, nil), ("b", 8, 0, nil), ("c", 10, 0, nil)]).summary
                == "2 nodes are at revision 8; 1 node is at revision 10"
        )
        #expect(view(10, [("a", 8, 0, nil)]).summary == "1 node is at revision 8; 0 nodes have achieved new revision 10")
        #expect(view(10, [("a", 10, 0, nil)]).summary == "1 node is at revision 10")
        #expect(view(0, []).summary == "none yet")
    }

    /// Nobody waits for a worker that is to be taken out.
    @Test func drainedWorkersAreLeftOut() {
        var drained = Samples.node("edge-1")
        drained["spec"] = ["unschedulable": true]
        var kubeAPIServer = Samples.kubeAPIServer(latest: 4, [("worker-0", 4, 0, nil), ("edge-1", 3, 0, nil)])
        kubeAPIServer["status"]?["lastGoodRevision"] = 4
        let view = RolloutView(
            kubeAPIServer: kubeAPIServer,
            nodes: [Samples.node("worker-0"), drained],
            authentication: [
                "metadata": ["generation": 1], "status": ["conditions": [["type": "Available", "observedGeneration": 1]]],
            ]
        )
        #expect(view.phase == .done && view.workers.map(\.name) == ["worker-0"])
    }

    @Test func numbersOfWorkersSortAsNumbers() {
        #expect(view(1, [("worker-10", 1, 0, nil), ("worker-2", 1, 0, nil)]).workers.map(\.name) == ["worker-2", "worker-10"])
    }

    @Test func printsALinePerChange() throws {
        var progress = RolloutProgress(style: .plain, redraws: false)
        var text = progress.update(view(4, [("worker-0", 3, 4, nil), ("worker-1", 3, 0, nil)]), now: 0)
        text += progress.update(view(4, [("worker-0", 3, 4, nil), ("worker-1", 3, 0, nil)]), now: 0)
        text +=
            "--\n" + progress.update(view(4, [("worker-0", 4, 0, nil), ("worker-1", 3, 4, nil)], down: ["worker-1"]), now: 0)
        text += "--\n" + progress.update(view(4, [("worker-0", 4, 0, nil), ("worker-1", 4, 0, nil)]), now: 0)
        text += "--\n" + progress.update(view(5, [("worker-0", 4, 0, "no usable key"), ("worker-1", 4, 0, nil)]), now: 0)
        try Golden.expect(text, "rollout-lines")
    }

    @Test func tellsWhatIsWaitedForAndHowLong() {
        var kubeAPIServer = Samples.kubeAPIServer(latest: 4, [("worker-0", 4, 0, nil), ("worker-1", 3, 0, nil)])
        kubeAPIServer["status"]?["waiting"] = [
            "reason": "revision 4 is soaking on worker-0", "deadline": "1970-01-01T00:10:00Z",
        ]
        let view = RolloutView(
            kubeAPIServer: kubeAPIServer,
            nodes: ["worker-0", "worker-1"].map { Samples.node($0, ready: true) },
            authentication: [
                "metadata": ["generation": 1], "status": ["conditions": [["type": "Available", "observedGeneration": 1]]],
            ]
        )
        let summary = "1 node is at revision 3; 1 node is at revision 4; revision 4 is soaking on worker-0"
        var lines = RolloutProgress(style: .plain, redraws: false)
        #expect(lines.update(view, now: 10).hasSuffix("\(summary), until 1970-01-01T00:10:00Z\n"))
        #expect(lines.update(view, now: 11) == "")
        var table = RolloutProgress(style: .plain, redraws: true)
        #expect(table.update(view, now: 10).hasSuffix("\(summary), 9m50s left\n"))
        #expect(table.update(view, now: 10) == "")
        #expect(table.update(view, now: 11).hasSuffix("\(summary), 9m49s left\n"))
    }

    @Test func tellsThatSomebodyHasToConfirm() {
        let view = RolloutView(
            kubeAPIServer: Samples.kubeAPIServer(latest: 4, [("worker-0", 4, 0, nil)]),
            nodes: [Samples.node("worker-0", ready: true)],
            authentication: [
                "metadata": ["generation": 1],
                "status": [
                    "conditions": [
                        ["type": "Confirmed", "status": "False", "message": "confirm it", "observedGeneration": 1]
                    ]
                ],
            ]
        )
        var progress = RolloutProgress(style: .plain, redraws: false)
        #expect(progress.update(view, now: 0).hasSuffix("rolled out: 1 node is at revision 4; confirm it\n"))
    }

    @Test func drawsATableAnewOnATerminal() throws {
        var progress = RolloutProgress(style: .coloured, redraws: true)
        var text = progress.update(view(4, [("worker-0", 3, 4, nil), ("worker-1", 3, 0, nil)]), now: 0)
        text += progress.update(view(4, [("worker-0", 4, 0, nil), ("worker-1", 4, 0, nil)]), now: 0)
        try Golden.expect(text.replacing("\u{1B}", with: "ESC"), "rollout-table")
    }
}
