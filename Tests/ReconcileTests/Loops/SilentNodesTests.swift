import JSON
import Schema
import Store
import Testing

@testable import Reconcile

/// What is said of workers that have stopped reporting.
struct SilentNodesTests {
    private static let heartbeat: Int64 = 1_800_000_000

    /// What one look has made of a Node.
    private struct Outcome: Equatable, Sendable {
        let ready: Node.NodeCondition?
        let wrote: Bool
    }

    private static func look(after seconds: Int64, watchedSince: Int64 = 0) async throws -> Outcome {
        let result = Shared<Outcome?>(nil)
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            let status: JSONValue = [
                "conditions": [
                    [
                        "type": "Ready", "status": "True", "reason": "SnapshotLive",
                        "lastHeartbeatTime": .string(Timestamp.text(of: heartbeat)),
                        "lastTransitionTime": .string(Timestamp.text(of: heartbeat - 100)),
                    ]
                ],
                "authentication": ["revision": 3],
            ]
            let node: JSONValue = ["apiVersion": "v1", "kind": "Node", "metadata": ["name": "a"]]
            let created = try await cluster.writer.create(node, now: heartbeat)
            let object = try #require(created)
            try await cluster.writer.setStatus(status, of: object)
            let silent = SilentNodes(store: cluster.store, writer: cluster.writer)
            let stored = try await cluster.store.get(ObjectID(.nodes, name: "a")).value.decoded(as: Node.self)
            let wrote = try await silent.look([WorkerNode(stored)], watchedSince: watchedSince, now: heartbeat + seconds)
            let after = try await cluster.store.get(ObjectID(.nodes, name: "a")).value.decoded(as: Node.self)
            #expect(after.status?.authentication?.revision == 3)
            let again = try await silent.look([WorkerNode(after)], watchedSince: watchedSince, now: heartbeat + seconds)
            #expect(!again)
            result.set(Outcome(ready: after.status?.ready, wrote: wrote))
        }
        return try #require(result.current)
    }

    @Test func isToldAfterFortySeconds() async throws {
        let inTime = try await Self.look(after: 40)
        #expect(!inTime.wrote && inTime.ready?.status == .true)
        let late = try await Self.look(after: 41)
        #expect(late.wrote && late.ready?.status == .unknown && late.ready?.reason == "NodeStatusUnknown")
        #expect(late.ready?.lastHeartbeatTime == Timestamp.text(of: Self.heartbeat))
        // As long as it is down it counts from the same moment.
        #expect(late.ready?.lastTransitionTime == Timestamp.text(of: Self.heartbeat + 40))
    }

    /// A controller that was away has not listened, so it has heard nothing.
    @Test func silenceBeforeTheControllerListenedSaysNothing() async throws {
        let early = try await Self.look(after: 1_000, watchedSince: Self.heartbeat + 970)
        #expect(!early.wrote)
        let late = try await Self.look(after: 1_000, watchedSince: Self.heartbeat + 950)
        #expect(late.wrote)
    }
}
