import Foundation
package import Logging
import ServiceLifecycle

/// Keeps one process running: starts it or adopts a running one, starts it again when it ends, and stops it when it is itself stopped.
///
/// When this program is killed the process lives on: the next supervisor adopts it.
package struct ProcessSupervisor: Service {
    /// What to run, and where its traces are.
    package struct Program: Sendable {
        package var name: String
        package var executable: String
        package var arguments: [String]
        package var environment: [String: String]
        /// Standard output and error are added to the end of this file.
        package var log: String
        /// Where the process writes its `ProcessRecord`.
        package var record: String

        package init(
            name: String,
            executable: String,
            arguments: [String],
            environment: [String: String],
            log: String,
            record: String
        ) {
            self.name = name
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.log = log
            self.record = record
        }
    }

    /// How often a process is looked at. A pidfd says at once whether it has ended, so a look costs one system call;
    /// waiting for it without looking would hold a thread, or an event source, for each process.
    private static let interval = Duration.milliseconds(20)

    private let program: Program
    private let drain: Duration
    private let isWanted: @Sendable () async -> Bool
    private let onExit: @Sendable (_ how: String) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - drain: how long a process may take to end by itself after SIGTERM.
    ///   - isWanted: whether the process should run now; asked at every look, must be quick.
    ///   - onExit: told each time the process ended without being asked to.
    package init(
        _ program: Program,
        drain: Duration = .seconds(10),
        logger: Logger,
        isWanted: @escaping @Sendable () async -> Bool = { true },
        onExit: @escaping @Sendable (_ how: String) async -> Void = { _ in }
    ) {
        self.program = program
        self.drain = drain
        self.logger = logger
        self.isWanted = isWanted
        self.onExit = onExit
    }

    package func run() async throws {
        var backOff = RestartBackOff()
        var process = adopted()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            guard await isWanted() else {
                if let running = process { await stop(running) }
                process = nil
                await pause(Self.interval)
                continue
            }
            let begin = ContinuousClock.now
            do {
                let running = try process ?? started()
                process = running
                guard let how = await ending(of: running) else { continue }
                logger.warning("process ended", metadata: ["process": "\(program.name)", "how": "\(how)"])
                await onExit(how)
            } catch {
                logger.error("process cannot be started", metadata: ["process": "\(program.name)", "error": "\(error)"])
            }
            process = nil
            await pause(backOff.pause(afterLifetime: ContinuousClock.now - begin))
        }
        if let process { await stop(process) }
    }

    // MARK: - Steps

    private func adopted() -> RunningProcess? {
        let record = ProcessRecord.read(program.record)
        let decision = adoption(
            of: record,
            runningTicks: record.flatMap { ProcessRecord.startTicks(of: $0.pid) },
            runningExecutable: record.flatMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0.pid)/exe")
            },
            wantedExecutable: program.executable
        )
        guard decision != .start, let record, let process = RunningProcess(adopting: record) else { return nil }
        logger.info("process adopted", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
        guard decision == .replace else { return process }
        // The one that replaces it binds the same port while this one finishes its requests.
        do { try process.signal(SIGTERM) } catch { logger.warning("\(error)", metadata: ["process": "\(program.name)"]) }
        return nil
    }

    private func started() throws -> RunningProcess {
        let process = try RunningProcess(
            executable: program.executable,
            arguments: program.arguments,
            environment: program.environment,
            log: program.log
        )
        logger.info("process started", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
        return process
    }

    /// How the process ended; nil when it still runs but is to be stopped.
    private func ending(of process: RunningProcess) async -> String? {
        while true {
            if let how = process.hasEnded() { return how }
            if Task.isShuttingDownGracefully || Task.isCancelled { return nil }
            if await !isWanted() { return nil }
            await pause(Self.interval)
        }
    }

    private func stop(_ process: RunningProcess) async {
        do {
            try process.signal(SIGTERM)
            let deadline = ContinuousClock.now + drain
            while process.hasEnded() == nil {
                guard ContinuousClock.now < deadline else {
                    logger.warning("process did not end in time", metadata: ["process": "\(program.name)"])
                    try process.signal(SIGKILL)
                    break
                }
                // The group may be shutting down already: this wait must not end early, or nobody reaps the process.
                await Self.sleepUnlessCancelled(Self.interval)
            }
            logger.info("process stopped", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
        } catch {
            logger.error("process cannot be stopped", metadata: ["process": "\(program.name)", "error": "\(error)"])
        }
    }

    /// Waits, but not beyond a graceful shutdown.
    private func pause(_ duration: Duration) async {
        // Both ways of ending early mean the same here: the caller looks at why.
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    private static func sleepUnlessCancelled(_ duration: Duration) async {
        // A cancelled task does not sleep; the deadline still bounds the loop.
        if (try? await Task.sleep(for: duration)) == nil { await Task.yield() }
    }
}
