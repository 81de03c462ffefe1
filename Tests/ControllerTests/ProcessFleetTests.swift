import Foundation
import Logging
import ServiceLifecycle
import Supervision
import Synchronization
import Testing

@testable import Controller

/// Who is replaced when, with scripts in the place of workers.
@Suite(.timeLimit(.minutes(5)))
struct ProcessFleetTests {
    private final class Fleet: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-fleet-\(UUID().uuidString)").path
        let answering = Mutex<Set<Int32>>([])

        /// A worker that records itself as ours do.
        func program(_ name: String, _ option: String) throws -> ProcessSupervisor.Program {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let record = "\(folder)/\(name).json"
            let body = """
                ticks=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)
                echo "{\\"pid\\":$$,\\"startTicks\\":$ticks,\\"executable\\":\\"/bin/bash\\",\\"address\\":\\"\\"}" > \(record).tmp
                mv \(record).tmp \(record)
                trap 'exit 0' TERM
                while true; do sleep 0.05; done
                """
            return ProcessSupervisor.Program(
                name: name,
                executable: URL(filePath: "/bin/bash").resolvingSymlinksInPath().path,
                arguments: ["-c", body, option],
                environment: ["PATH": "/usr/bin:/bin"],
                log: "\(folder)/\(name).log",
                record: record
            )
        }

        /// 0: none runs that has recorded itself.
        func pid(_ name: String) -> Int32 {
            guard let record = ProcessRecord.read("\(folder)/\(name).json") else { return 0 }
            return ProcessRecord.startTicks(of: record.pid) == record.startTicks ? record.pid : 0
        }

        /// Leaves a process behind, as a controller does that is killed.
        func leave(_ name: String, _ option: String) async throws -> Int32 {
            let program = try program(name, option)
            let process = Process()
            process.executableURL = URL(filePath: program.executable)
            process.arguments = program.arguments
            process.environment = program.environment
            try process.run()
            try await ProcessFleetTests.eventually("\(name) runs") { self.pid(name) == process.processIdentifier }
            return process.processIdentifier
        }

        func with(_ workers: [ProcessSupervisor.Program], _ body: () async throws -> Void) async throws {
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let (opening, open) = AsyncStream<Never>.makeStream()
            open.finish()
            let fleet = ProcessFleet(
                opening: opening,
                workers: workers.map { ProcessSupervisor($0, drain: .seconds(1), logger: logger) },
                others: [],
                logger: logger,
                answers: { _, pid in self.answering.withLock { $0.contains(pid) } }
            )
            let group = ServiceGroup(services: [fleet], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                defer { try? FileManager.default.removeItem(atPath: folder) }
                do {
                    try await body()
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    fileprivate static func eventually(_ what: String, _ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func replacesWorkersWithOtherOptionsOneAfterAnother() async throws {
        let fleet = Fleet()
        var old: [Int32] = []
        for name in ["a", "b", "c"] { old.append(try await fleet.leave(name, "--old")) }
        let same = try await fleet.leave("d", "--new")
        let workers = try ["a", "b", "c", "d", "e"].map { try fleet.program($0, "--new") }
        try await fleet.with(workers) {
            try await Self.eventually("a runs anew") { ![0, old[0]].contains(fleet.pid("a")) }
            // Nothing to replace there, so nothing to wait for.
            try await Self.eventually("e runs") { fleet.pid("e") != 0 }
            #expect(fleet.pid("d") == same)
            #expect(fleet.pid("b") == old[1])
            #expect(fleet.pid("c") == old[2])

            // One that ends by itself does not wait for its turn.
            kill(old[2], SIGKILL)
            try await Self.eventually("c runs anew") { ![0, old[2]].contains(fleet.pid("c")) }
            #expect(fleet.pid("b") == old[1])

            let first = fleet.pid("a")
            _ = fleet.answering.withLock { $0.insert(first) }
            try await Self.eventually("b runs anew") { ![0, old[1]].contains(fleet.pid("b")) }
            #expect(fleet.pid("a") == first)
            #expect(fleet.pid("d") == same)
        }
        for pid in old + [same] { #expect(ProcessRecord.startTicks(of: pid) == nil) }
    }

    @Test func stopsThoseThatWaitForTheirTurnToo() async throws {
        let fleet = Fleet()
        let old = [try await fleet.leave("a", "--old"), try await fleet.leave("b", "--old")]
        let workers = try ["a", "b"].map { try fleet.program($0, "--new") }
        try await fleet.with(workers) {
            try await Self.eventually("a runs anew") { ![0, old[0]].contains(fleet.pid("a")) }
            #expect(fleet.pid("b") == old[1])
        }
        #expect(ProcessRecord.startTicks(of: old[1]) == nil)
    }
}
