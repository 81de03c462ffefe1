import Foundation
import RolloutSimulation

/// `simulate SEEDS [FIRST]`: plays so many roll-outs with faults. Ends at the first broken promise, with its seed and the shortest way there.
@main
struct Simulate {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard let count = arguments.first, count > 0 else {
            print("usage: simulate SEEDS [FIRST]")
            exit(2)
        }
        let first = arguments.dropFirst().first ?? 0
        for number in 0..<count {
            if number > 0, number.isMultiple(of: max(1, count / 10)) { say("\(number) seeds") }
            let scenario = Scenario(seed: first &+ number)
            var simulation = Simulation(scenario)
            if let violation = simulation.run() {
                tell(violation, of: scenario)
                say("simulate: \(number + 1) seeds, 1 violations")
                exit(1)
            }
        }
        say("simulate: \(count) seeds, 0 violations")
    }

    private static func tell(_ violation: Simulation.Violation, of scenario: Scenario) {
        let (shortest, last) = scenario.shortest(violating: violation)
        say("seed \(scenario.seed): \(violation.text)")
        say("\(scenario.workers) workers, \(scenario.limits)")
        for event in shortest.events { say("  \(event)") }
        say("  => \(last.text)")
    }

    /// At once, also into a file.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
