import JSON
import Listening
import Snapshot

/// The `status` of the worker's `Node`, made of what it is and knows at one moment.
struct NodeStatusDocument: Sendable {
    let host: String
    let pid: Int32
    /// Seconds since 1970, as all times here.
    let startedAt: Int64
    let counters: DecisionCounters
    let standing: WorkerStanding

    func document(
        port: Int,
        state: WorkerState,
        observedTargetGeneration: Int64,
        failure: RevisionFailure?,
        providers: [JSONValue],
        judgingSince: Int64,
        logins: [LoginWindow],
        claimShapes: [JSONValue],
        now: Int64,
        lastTransition: Int64
    ) -> JSONValue {
        let problems = state.problems
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return [
            "addresses": [["type": IPAddress(host) == nil ? "Hostname" : "InternalIP", "address": .string(host)]],
            "daemonEndpoints": ["kubeletEndpoint": ["Port": .integer(Int64(port))]],
            "conditions": [
                [
                    "type": "Ready", "status": problems.isEmpty ? "True" : "False",
                    "reason": problems.isEmpty ? "SnapshotLive" : "NotReady",
                    "message": .string(
                        problems.isEmpty ? "judging by revision \(state.revision)" : problems.joined(separator: "; ")
                    ),
                    "lastHeartbeatTime": .string(Timestamp.text(of: now)),
                    "lastTransitionTime": .string(Timestamp.text(of: lastTransition)),
                ]
            ],
            "authentication": [
                "phase": .string(standing.phase.rawValue),
                "revision": .integer(state.revision), "observedTargetGeneration": .integer(observedTargetGeneration),
                "lastGoodRevision": .integer(state.revision),
                "failedRevision": .integer(failure?.revision ?? 0), "failureReason": .string(failure?.reason.rawValue ?? ""),
                "failureMessage": .string(failure?.message ?? ""), "mode": .string(state.snapshot?.mode.rawValue ?? ""),
                "endpoint": .string("https://\(address)"), "pid": .integer(Int64(pid)),
                "startedAt": .string(Timestamp.text(of: startedAt)), "providers": .array(providers),
                "opaqueTokensComplete": .bool(state.opaqueTokens.isComplete),
                "judgingSince": .string(Timestamp.text(of: judgingSince)), "logins": .array(logins.map(\.value)),
                "claimShapes": .array(claimShapes),
                "requests": ["authenticated": .integer(counters.authenticated), "refused": .integer(counters.refused)],
            ],
        ]
    }
}
