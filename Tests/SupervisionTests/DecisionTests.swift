import Foundation
import Testing

@testable import Supervision

struct RestartBackOffTests {
    @Test func doublesUpToItsLongestAndBeginsAnewAfterAHealthyLife() {
        var backOff = RestartBackOff()
        var waits: [Duration] = []
        for _ in 0..<10 { waits.append(backOff.pause(afterLifetime: .seconds(1))) }
        #expect(waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(waits.last == RestartBackOff.longest)
        #expect(backOff.pause(afterLifetime: .seconds(30)) == RestartBackOff.first)
    }
}

struct AdoptionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var record: ProcessRecord? = ProcessRecord(pid: 7, startTicks: 100, executable: "/bin/a", address: "")
        var running: RunningProgram?
        let expected: Adoption
        var testDescription: String { name }
    }

    static func running(_ ticks: UInt64 = 100, _ executable: String = "/bin/a", _ arguments: [String] = ["--x", ""])
        -> RunningProgram
    {
        RunningProgram(startTicks: ticks, executable: executable, arguments: arguments)
    }

    static let cases = [
        Case(name: "the same process", running: running(), expected: .adopt),
        Case(name: "no record", record: nil, running: running(), expected: .start),
        Case(name: "the process is gone", running: nil, expected: .start),
        Case(name: "the id is another process's now", running: running(101), expected: .start),
        Case(name: "the program was replaced", running: running(100, "/bin/a (deleted)"), expected: .replace),
        Case(name: "the program stands elsewhere now", running: running(100, "/opt/old/a"), expected: .replace),
        Case(name: "a stranger with the same id and start", running: running(100, "/usr/lib/systemd"), expected: .start),
        Case(name: "another argument", running: running(100, "/bin/a", ["--y", ""]), expected: .replace),
        Case(name: "an argument less", running: running(100, "/bin/a", ["--x"]), expected: .replace),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        #expect(
            Adoption.decide(record: c.record, running: c.running, executable: "/bin/a", arguments: ["--x", ""]) == c.expected
        )
    }

    @Test func theKernelTellsAboutThisProcess() throws {
        let this = try #require(RunningProgram(of: getpid()))
        #expect(this.arguments == Array(CommandLine.arguments.dropFirst()))
        #expect(this.startTicks > 0)
        #expect(RunningProgram(of: -1) == nil)
    }
}
