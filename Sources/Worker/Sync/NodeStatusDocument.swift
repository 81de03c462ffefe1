import Foundation
import JSON
import Snapshot

/// The `status` of the worker's `Node`, made of what it is and knows at one moment.
struct NodeStatusDocument: Sendable {
    let host: String
    let port: Int
    let pid: Int32
    let startedAt: Date
    let counters: DecisionCounters

    func document(state: WorkerState, failure: RevisionFailure?, providers: [JSONValue], now: Date, lastTransition: Date)
        -> JSONValue
    {
        let problems = state.problems
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return [
            "addresses": [["type": "InternalIP", "address": .string(host)]],
            "daemonEndpoints": ["kubeletEndpoint": ["Port": .integer(Int64(port))]],
            "conditions": [
                [
                    "type": "Ready", "status": problems.isEmpty ? "True" : "False",
                    "reason": problems.isEmpty ? "SnapshotLive" : "NotReady",
                    "message": .string(
                        problems.isEmpty ? "judging by revision \(state.revision)" : problems.joined(separator: "; ")
                    ),
                    "lastHeartbeatTime": .string(timestamp(now)), "lastTransitionTime": .string(timestamp(lastTransition)),
                ]
            ],
            "authentication": [
                "revision": .integer(state.revision), "lastGoodRevision": .integer(state.revision),
                "failedRevision": .integer(failure?.revision ?? 0), "failureReason": .string(failure?.reason.rawValue ?? ""),
                "failureMessage": .string(failure?.message ?? ""), "mode": .string(state.snapshot?.mode.rawValue ?? ""),
                "endpoint": .string("https://\(address)"), "pid": .integer(Int64(pid)),
                "startedAt": .string(timestamp(startedAt)), "providers": .array(providers),
                "requests": ["authenticated": .integer(counters.authenticated), "refused": .integer(counters.refused)],
            ],
        ]
    }
}
