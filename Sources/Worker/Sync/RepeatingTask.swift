import Logging
import ServiceLifecycle

/// Does something again and again until the service group shuts down, with a growing pause after failures.
struct RepeatingTask: Sendable {
    static let shortestPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(2)

    let name: String
    let logger: Logger

    /// Returns when the group shuts down; `body` is cancelled then.
    func run(_ body: @Sendable @escaping () async throws -> Void) async {
        var pause = Self.shortestPause
        var failure = RepeatedFailure()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { try await body() }
                pause = Self.shortestPause
            } catch {
                if Task.isShuttingDownGracefully || Task.isCancelled { return }
                let level: Logger.Level = failure.isNews("\(error)", now: .now) ? .warning : .debug
                logger.log(level: level, "trying again", metadata: ["task": "\(name)", "error": "\(error)"])
                pause = min(pause * 2, Self.longestPause)
            }
            // Many workers lose the same controller at once; they should not come back all at once.
            let jittered = pause * Double.random(in: 0.75...1.25)
            // Ends early only when the group shuts down, and the loop looks at that itself.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: jittered) }
        }
    }
}
