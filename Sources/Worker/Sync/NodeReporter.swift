import Client
import Foundation
import JSON
import Logging
import ServiceLifecycle

/// Tells the controller how this worker is: at each change, and as a heartbeat.
struct NodeReporter: Service {
    static let heartbeat = Duration.seconds(10)

    let name: String
    let client: ControllerClient
    let live: LiveState
    let report: NodeReport
    let keys: KeyRefresh
    let document: NodeStatusDocument
    let logger: Logger

    func run() async throws {
        report.ring()
        await withDiscardingTaskGroup { group in
            group.addTask { await beat() }
            group.addTask { await tell() }
        }
    }

    private func beat() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.heartbeat) }
            report.ring()
        }
    }

    private func tell() async {
        var lastTransition: (isReady: Bool, at: Date)?
        for await _ in report.changes.cancelOnGracefulShutdown() {
            let state = live.load()
            let now = Date()
            let isReady = state.problems.isEmpty
            if lastTransition?.isReady != isReady { lastTransition = (isReady, now) }
            let status = document.document(
                state: state,
                failure: report.failure,
                providers: keys.providerStatus(of: state),
                now: now,
                lastTransition: lastTransition?.at ?? now
            )
            await send(["status": status])
        }
    }

    private func send(_ patch: JSONValue) async {
        do {
            _ = try await client.patch(ResourcePath("v1", "nodes", name: name, subresource: "status"), merging: patch)
        } catch {
            if Task.isShuttingDownGracefully || Task.isCancelled { return }
            logger.warning("the controller does not take the report", metadata: ["error": "\(error)"])
            // The bell rings again by itself after the pause, with whatever is true then.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(300)) }
            report.ring()
        }
    }
}
