import Foundation
package import Logging
import ServiceLifecycle

/// Keeps one process running: starts it or adopts a running one, starts it again when it ends, and stops it when it is itself stopped.
///
/// When this program fails or is killed the process lives on: the next supervisor adopts it.
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

    /// How often the owner is asked whether the process is wanted.
    private static let interval = Duration.milliseconds(100)

    private let program: Program
    private let drain: Duration
    private let isWanted: (@Sendable () async -> Bool)?
    private let onExit: @Sendable (_ how: String) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - drain: how long a process may take to end by itself after SIGTERM.
    ///   - isWanted: whether the process should run now; asked ten times a second, must be quick. nil: always.
    ///   - onExit: told each time the process ended without being asked to.
    package init(
        _ program: Program,
        drain: Duration = .seconds(10),
        logger: Logger,
        isWanted: (@Sendable () async -> Bool)? = nil,
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
        var process = await adopted()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if let isWanted, await !isWanted() {
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
            await pause(backOff.pause(afterLifetime: ContinuousClock.now - begin))
            // One that an earlier controller started may have held the port and be found only now, as it records itself late.
            process = await adopted()
        }
        guard let process else { return }
        if Task.isShuttingDownGracefully { return await stop(process) }
        logger.warning("process is left running", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
    }

    // MARK: - What runs

    package var name: String { program.name }

    /// A process runs, but another program or other arguments are wanted: `run` ends it and starts anew.
    package var isOutdated: Bool { look().decision == .replace }

    /// The process that runs as it is wanted and has recorded itself; nil: there is none.
    package var pid: Int32? {
        let (record, decision) = look()
        return decision == .adopt ? record?.pid : nil
    }

    private func look() -> (record: ProcessRecord?, decision: Adoption) {
        let record = ProcessRecord.read(program.record)
        let decision = Adoption.decide(
            record: record,
            running: record.flatMap { RunningProgram(of: $0.pid) },
            executable: program.executable,
            arguments: program.arguments
        )
        return (record, decision)
    }

    // MARK: - Steps

    private func adopted() async -> RunningProcess? {
        let (record, decision) = look()
        guard decision != .start, let record, let process = RunningProcess(adopting: record) else { return nil }
        guard decision == .replace else {
            logger.info("process adopted", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
            return process
        }
        logger.info("process is replaced", metadata: ["process": "\(program.name)", "pid": "\(process.pid)"])
        await stop(process)
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

    /// How the process ended; nil when it still runs but is not wanted any more, or this program ends.
    private func ending(of process: RunningProcess) async -> String? {
        let isWanted = isWanted
        return await cancelWhenGracefulShutdown {
            await Self.first {
                await process.end()
            } or: {
                // Without anybody to ask only the end of this task ends the wait.
                let interval = isWanted == nil ? Duration.seconds(3600) : Self.interval
                while !Task.isCancelled, await isWanted?() ?? true { await Self.sleep(interval) }
            }
        }
    }

    /// SIGTERM, a bounded wait, SIGKILL.
    private func stop(_ process: RunningProcess) async {
        let metadata: Logger.Metadata = ["process": "\(program.name)", "pid": "\(process.pid)"]
        do {
            try process.signal(SIGTERM)
            if await Self.end(of: process, within: drain) == nil {
                logger.warning("process did not end in time", metadata: metadata)
                try process.signal(SIGKILL)
                _ = await Self.end(of: process, within: .seconds(5))
            }
            logger.info("process stopped", metadata: metadata)
        } catch {
            logger.error("process cannot be stopped", metadata: metadata.merging(["error": "\(error)"]) { $1 })
        }
    }

    private static func end(of process: RunningProcess, within limit: Duration) async -> String? {
        await first {
            await process.end()
        } or: {
            await sleep(limit)
        }
    }

    /// What `body` returns, or nil when `other` is done before.
    private static func first(
        _ body: @escaping @Sendable () async -> String?,
        or other: @escaping @Sendable () async -> Void
    ) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await other()
                return nil
            }
            let result = await group.next() ?? nil
            group.cancelAll()
            // The other one may have finished at the same moment; an end must not be lost, because it is told only once.
            let late = await group.next() ?? nil
            return result ?? late
        }
    }

    /// Waits, but not beyond a graceful shutdown.
    private func pause(_ duration: Duration) async {
        await cancelWhenGracefulShutdown { await Self.sleep(duration) }
    }

    /// Ends early, without an error, when the task is cancelled: the caller looks at why.
    private static func sleep(_ duration: Duration) async {
        do { try await Task.sleep(for: duration) } catch { return }
    }
}
