import Authenticator
import Foundation
import JSON
import NIOHTTP1
import Snapshot

/// What probes and monitoring ask: alive, ready, version.
struct HealthEndpoint: Sendable {
    static let programVersion = "0.1.0"

    let live: LiveState
    let standing: WorkerStanding
    /// True once the worker was told to stop: it still answers, but nobody new should come.
    let isDraining: @Sendable () -> Bool

    func live(_ request: WorkerRequest) -> WorkerResponse {
        request.query.contains("verbose") ? .text("[+]ping ok\n\(request.path.dropFirst()) check passed\n") : .text("ok")
    }

    func ready(_ request: WorkerRequest) -> WorkerResponse {
        let problems = live.load().problems + standing.problems + (isDraining() ? ["stopping"] : [])
        if problems.isEmpty {
            return request.query.contains("verbose") ? .text("[+]revision ok\nreadyz check passed\n") : .text("ok")
        }
        let lines = problems.map { "[-]\($0)\n" }.joined()
        return .text(lines + "readyz check failed\n", status: .serviceUnavailable)
    }

    func version() -> WorkerResponse {
        .json(["major": "0", "minor": "1", "gitVersion": .string("v\(Self.programVersion)"), "platform": "linux"])
    }
}
