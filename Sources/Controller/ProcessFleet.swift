import Logging
import ServiceLifecycle
import Supervision

/// The processes of this controller, started once its API answers: a controller that cannot serve leaves no process behind.
///
/// Workers that an earlier controller left with other options, or with an older program, are replaced one after another: the next one
/// goes on as it is until the one before answers. If that one cannot, the others stay.
struct ProcessFleet: Service {
    private static let interval = Duration.milliseconds(100)
    private static let patience = Duration.seconds(30)

    /// Finishes when the processes may start.
    let opening: AsyncStream<Never>
    let workers: [ProcessSupervisor]
    let others: [ProcessSupervisor]
    let logger: Logger
    /// Whether a worker's process answers.
    let answers: @Sendable (_ worker: String, _ pid: Int32) async -> Bool

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in opening {} }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for supervisor in others { group.addTask { try await supervisor.run() } }
            var waiting = workers
            var replacement: Replacement?
            while !waiting.isEmpty, !Task.isShuttingDownGracefully, !Task.isCancelled {
                // Whoever does not run, or runs as it should, need not wait; one that ends while it waits does not either.
                let looks = waiting.map { (supervisor: $0, isOutdated: $0.isOutdated) }
                for (supervisor, isOutdated) in looks where !isOutdated { group.addTask { try await supervisor.run() } }
                waiting = looks.filter(\.isOutdated).map(\.supervisor)
                if await isDone(&replacement), let next = waiting.first {
                    group.addTask { try await next.run() }
                    waiting.removeFirst()
                    replacement = Replacement(supervisor: next)
                }
                // Ends early only when the group shuts down, and the loop looks at that itself.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            }
            // They only stop what runs, unless this program fails: then it lives on.
            if Task.isShuttingDownGracefully { for supervisor in waiting { group.addTask { try await supervisor.run() } } }
            try await group.waitForAll()
        }
    }

    /// A worker that was told to make room for its successor.
    private struct Replacement {
        let supervisor: ProcessSupervisor
        let begin = ContinuousClock.now
        var isLate = false
    }

    private func isDone(_ replacement: inout Replacement?) async -> Bool {
        guard let current = replacement else { return true }
        if let pid = current.supervisor.pid, await answers(current.supervisor.name, pid) { return true }
        if !current.isLate, ContinuousClock.now - current.begin > Self.patience {
            replacement?.isLate = true
            logger.error(
                "a worker does not answer since it was replaced; the others run on as they are until it does",
                metadata: ["process": "\(current.supervisor.name)"]
            )
        }
        return false
    }
}
