import Foundation
import Testing

@testable import Supervision

struct SuccessionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var record: ProcessRecord? = ProcessRecord(pid: 8, startTicks: 100, executable: "/bin/a", address: "")
        var ticks: UInt64? = 100
        let isSucceeded: Bool
    }

    static let cases = [
        Case(testDescription: "another process lives", isSucceeded: true),
        Case(testDescription: "no record, or a damaged one", record: nil, ticks: nil, isSucceeded: false),
        Case(testDescription: "the other one is gone", ticks: nil, isSucceeded: false),
        Case(testDescription: "the other one's id is a stranger's now", ticks: 101, isSucceeded: false),
        Case(
            testDescription: "it is itself",
            record: ProcessRecord(pid: 7, startTicks: 100, executable: "/bin/a", address: ""),
            isSucceeded: false
        ),
    ]

    @Test(arguments: cases)
    func knowsWhenAnotherOneTookOver(_ c: Case) {
        #expect(hasSuccessor(c.record, of: 7, runningTicks: c.ticks) == c.isSucceeded)
    }

    @Test(.timeLimit(.minutes(5)))
    func returnsWhenAnotherOneWritesItself() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-record-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("damaged".utf8).write(to: URL(filePath: path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Succession(record: path, interval: .milliseconds(5)).run() }
            // The process with id 1 is always there, and it is not us.
            let ticks = try #require(ProcessRecord.startTicks(of: 1))
            let other = ProcessRecord(pid: 1, startTicks: ticks, executable: "", address: "")
            try JSONEncoder().encode(other).write(to: URL(filePath: path))
            try await group.waitForAll()
        }
    }
}
