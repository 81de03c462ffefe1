import ServiceLifecycle
import Supervision

/// The processes of this controller, started once its API answers: a controller that cannot serve leaves no process behind.
struct ProcessFleet: Service {
    /// Finishes when the processes may start.
    let opening: AsyncStream<Never>
    let supervisors: [ProcessSupervisor]

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in opening {} }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for supervisor in supervisors { group.addTask { try await supervisor.run() } }
            try await group.waitForAll()
        }
    }
}
