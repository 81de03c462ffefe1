import Authenticator
import Foundation
import JSON
import NIOHTTP1
import Snapshot

/// What probes and monitoring ask: alive, ready, counts, version.
struct HealthEndpoint: Sendable {
    static let programVersion = "0.1.0"

    let live: LiveState
    let counters: DecisionCounters
    /// True once the worker was told to stop: it still answers, but nobody new should come.
    let isDraining: @Sendable () -> Bool
    /// What other parts of the worker count, in the Prometheus text format.
    var otherMetrics: @Sendable () -> String = { "" }

    func live(_ request: WorkerRequest) -> WorkerResponse {
        request.query.contains("verbose") ? .text("[+]ping ok\n\(request.path.dropFirst()) check passed\n") : .text("ok")
    }

    func ready(_ request: WorkerRequest) -> WorkerResponse {
        let problems = live.load().problems + (isDraining() ? ["stopping"] : [])
        if problems.isEmpty {
            return request.query.contains("verbose") ? .text("[+]revision ok\nreadyz check passed\n") : .text("ok")
        }
        let lines = problems.map { "[-]\($0)\n" }.joined()
        return .text(lines + "readyz check failed\n", status: .serviceUnavailable)
    }

    func version() -> WorkerResponse {
        .json(["major": "0", "minor": "1", "gitVersion": .string("v\(Self.programVersion)"), "platform": "linux"])
    }

    func metrics() -> WorkerResponse {
        let state = live.load()
        var text = """
            # HELP postern_decisions_total Decisions about tokens since the start.
            # TYPE postern_decisions_total counter

            """
        for row in counters.all where row.count > 0 || row.result == "authenticated" {
            text += "postern_decisions_total{result=\"\(row.result)\",reason=\"\(row.reason)\"} \(row.count)\n"
        }
        text += "# HELP postern_revision The revision that tokens are judged by; 0: none yet.\n# TYPE postern_revision gauge\n"
        text += "postern_revision \(state.revision)\n"
        text += "# HELP postern_ready Whether every token can be judged.\n# TYPE postern_ready gauge\n"
        text += "postern_ready \(state.problems.isEmpty ? 1 : 0)\n"
        text += "# HELP postern_provider_keys Usable keys of a provider.\n# TYPE postern_provider_keys gauge\n"
        for issuer in state.snapshot?.issuers ?? [] {
            let count = state.keys[issuer.issuerURL]?.set.keys.count ?? 0
            text += "postern_provider_keys{provider=\"\(Self.escaped(issuer.name))\"} \(count)\n"
        }
        return .text(text + otherMetrics(), contentType: "text/plain; version=0.0.4; charset=utf-8")
    }

    /// A label's value in the Prometheus text format.
    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
