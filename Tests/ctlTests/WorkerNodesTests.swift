import Client
import Foundation
import JSON
import Schema
import Testing

@testable import ctl

struct WorkerNodesTests {
    private static let now: Int64 = 1_800_000_000

    private static func node(_ phase: String?, heartbeat: Int64?, reason: String = "SnapshotLive") throws -> Node {
        var node: JSONValue = ["metadata": ["name": "edge-1"], "status": [:]]
        if let heartbeat {
            node["status"]?["conditions"] = [
                [
                    "type": "Ready", "status": "True", "reason": .string(reason),
                    "lastHeartbeatTime": .string(Timestamp.text(of: now - heartbeat)),
                ]
            ]
        }
        if let phase { node["status"]?["authentication"] = ["phase": .string(phase)] }
        return try node.decoded(as: Node.self)
    }

    @Test func tellsHowFarADrainHasCome() throws {
        let state = { (phase: String?, heartbeat: Int64?) in
            try Self.node(phase, heartbeat: heartbeat).drainState(now: Self.now)
        }
        #expect(try state("Drained", 1) == .drained)
        // What it said last is no word of now.
        #expect(try state("Drained", 41) == .gone)
        #expect(try state("Serving", 41) == .gone)
        #expect(try state(nil, nil) == .gone)
        #expect(try state("Serving", 40) == .draining("edge-1 has not taken notice yet"))
        #expect(try state(nil, 1) == .draining("edge-1 has not taken notice yet"))
        #expect(
            try state("Draining", 1)
                == .draining(
                    "edge-1 was asked within the last seconds, or may have been; its /readyz tells others to go elsewhere"
                )
        )
        let ended = try Self.node("Serving", heartbeat: 1, reason: "ProcessExited").drainState(now: Self.now)
        #expect(ended == .gone)
    }
}
