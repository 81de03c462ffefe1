import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(5)))
struct ProcessSupervisorTests {
    /// A script that records itself as our programs do, and then does `work`.
    private struct Script {
        let folder: String
        let program: ProcessSupervisor.Program

        init(_ work: String) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "postern-process-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let record = "\(folder)/process.json"
            let body = """
                ticks=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)
                echo "{\\"pid\\":$$,\\"startTicks\\":$ticks,\\"executable\\":\\"/bin/bash\\",\\"address\\":\\"\\"}" > \(record).tmp
                mv \(record).tmp \(record)
                echo started $MARK
                \(work)
                """
            program = ProcessSupervisor.Program(
                name: "script",
                executable: URL(filePath: "/bin/bash").resolvingSymlinksInPath().path,
                arguments: ["-c", body],
                environment: ["PATH": "/usr/bin:/bin", "MARK": "here"],
                log: "\(folder)/script.log",
                record: record
            )
        }

        var log: String { (try? String(contentsOfFile: program.log, encoding: .utf8)) ?? "" }
        var pid: pid_t? { ProcessRecord.read(program.record)?.pid }
        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    private func eventually(_ what: String, _ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Runs a supervisor as the controller does, stops it gracefully after `body`, and waits for its end.
    private func supervise(_ supervisor: ProcessSupervisor, _ body: () async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let group = ServiceGroup(services: [supervisor], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func supervisor(_ script: Script, drain: Duration = .seconds(10), exits: ExitCounter = ExitCounter())
        -> ProcessSupervisor
    {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return ProcessSupervisor(script.program, drain: drain, logger: logger, onExit: { how in exits.add(how) })
    }

    private final class ExitCounter: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    @Test func startsAProcessAndStopsItGracefully() async throws {
        let script = try Script("trap 'echo stopping; exit 0' TERM; while true; do sleep 0.05; done")
        defer { script.remove() }
        try await supervise(supervisor(script)) {
            try await eventually("it started") { script.pid != nil && script.log.contains("started here") }
        }
        #expect(script.log.contains("stopping"))
        #expect(ProcessRecord.startTicks(of: try #require(script.pid)) == nil)
    }

    @Test func startsAgainWhatEnds() async throws {
        let script = try Script("exec sleep 1000")
        let exits = ExitCounter()
        defer { script.remove() }
        try await supervise(supervisor(script, exits: exits)) {
            try await eventually("it started") { script.pid != nil }
            let first = try #require(script.pid)
            kill(first, SIGKILL)
            try await eventually("another one started") { script.pid.map { $0 != first } ?? false }
        }
        #expect(exits.all == ["was ended by signal 9"])
    }

    @Test func endsWhatDoesNotListen() async throws {
        let script = try Script("trap '' TERM; while true; do sleep 0.05; done")
        defer { script.remove() }
        try await supervise(supervisor(script, drain: .milliseconds(200))) {
            try await eventually("it started") { script.pid != nil }
        }
        let pid = try #require(script.pid)
        try await eventually("it is gone") { ProcessRecord.startTicks(of: pid) == nil }
    }

    @Test func adoptsWhatAnEarlierSupervisorLeft() async throws {
        let script = try Script("while true; do sleep 0.05; done")
        defer { script.remove() }
        let left = try RunningProcess(
            executable: script.program.executable,
            arguments: script.program.arguments,
            environment: script.program.environment,
            log: script.program.log
        )
        try await eventually("it started") { script.pid == left.pid }
        try await supervise(supervisor(script)) {}
        try await eventually("the adopted one was stopped") { left.hasEnded() != nil }
        // Were it not adopted, a second one would have said so too.
        #expect(script.log.components(separatedBy: "started").count == 2)
    }

    @Test func replacesWhatRunsWithOtherArguments() async throws {
        let script = try Script("trap 'echo stopping; exit 0' TERM; while true; do sleep 0.05; done")
        defer { script.remove() }
        let left = try RunningProcess(
            executable: script.program.executable,
            arguments: script.program.arguments + ["--more"],
            environment: script.program.environment,
            log: script.program.log
        )
        try await eventually("it started") { script.pid == left.pid }
        try await supervise(supervisor(script)) {
            try await eventually("another one started") { script.pid.map { $0 != left.pid } ?? false }
            #expect(left.hasEnded() != nil)
        }
        #expect(
            script.log.components(separatedBy: "\n").filter { !$0.isEmpty }.prefix(3) == [
                "started here", "stopping", "started here",
            ]
        )
    }

    @Test func aFailingControllerLeavesTheProcessRunning() async throws {
        let script = try Script("while true; do sleep 0.05; done")
        defer { script.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor(script).run() }
            try await eventually("it started") { script.pid != nil }
            group.cancelAll()
            try await group.waitForAll()
        }
        let pid = try #require(script.pid)
        #expect(ProcessRecord.startTicks(of: pid) != nil)
        try await supervise(supervisor(script)) {}
        try await eventually("the next one adopted it and stopped it") { ProcessRecord.startTicks(of: pid) == nil }
        #expect(script.log.components(separatedBy: "started").count == 2)
    }

    @Test func aProcessInheritsNoDescriptorAndNoIgnoredSignal() async throws {
        // On purpose without O_CLOEXEC, and a signal that this program ignores.
        let leaked = open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        let before = signal(SIGUSR2, SIG_IGN)
        defer { _ = signal(SIGUSR2, before) }
        let script = try Script(
            "for f in /proc/$$/fd/*; do echo fd ${f##*/}; done; grep SigIgn /proc/$$/status; echo done; exec sleep 1000"
        )
        defer { script.remove() }
        try await supervise(supervisor(script)) { try await eventually("it is done") { script.log.contains("done") } }
        let lines = script.log.split(separator: "\n").map(String.init)
        #expect(lines.contains("fd 0") && !lines.contains("fd \(leaked)"))
        let ignored = lines.first { $0.hasPrefix("SigIgn:") }.flatMap { UInt64($0.dropFirst(8), radix: 16) }
        #expect(ignored.map { $0 & (1 << (UInt64(SIGUSR2) - 1)) } == 0)
    }

    @Test func parksWhatIsNotWanted() async throws {
        let script = try Script("exec sleep 1000")
        defer { script.remove() }
        let wanted = Mutex(true)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let supervisor = ProcessSupervisor(script.program, logger: logger, isWanted: { wanted.withLock { $0 } })
        try await supervise(supervisor) {
            try await eventually("it started") { script.pid != nil }
            let first = try #require(script.pid)
            wanted.withLock { $0 = false }
            try await eventually("it was stopped") { ProcessRecord.startTicks(of: first) == nil }
            wanted.withLock { $0 = true }
            try await eventually("it was started again") { script.pid.map { $0 != first } ?? false }
        }
    }
}
