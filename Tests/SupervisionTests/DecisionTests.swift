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
        var ticks: UInt64? = 100
        var executable: String? = "/bin/a"
        let expected: Adoption
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "the same process", expected: .adopt),
        Case(name: "no record", record: nil, expected: .start),
        Case(name: "the process is gone", ticks: nil, executable: nil, expected: .start),
        Case(name: "the id is another process's now", ticks: 101, expected: .start),
        Case(name: "the program was replaced", executable: "/bin/a (deleted)", expected: .replace),
        Case(name: "another program", executable: "/bin/b", expected: .replace),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        #expect(
            adoption(of: c.record, runningTicks: c.ticks, runningExecutable: c.executable, wantedExecutable: "/bin/a")
                == c.expected
        )
    }
}
