import Foundation
import RolloutSimulation
import Schema

/// `simulate SEEDS [FIRST]`: plays so many roll-outs with faults. Ends at the first broken promise, with its seed and the shortest way there.
/// `simulate --exhaustive`: looks at all states of up to four workers and four revisions.
/// `simulate --decisions WORKERS`: says what the decisions of one roll-out without faults over so many workers cost.
@main
struct Simulate {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if words.first == "--exhaustive" { return checkEveryState() }
        let numbers = words.compactMap { UInt64($0) }
        guard let count = numbers.first, count > 0 else {
            print("usage: simulate SEEDS [FIRST] | --exhaustive | --decisions WORKERS")
            exit(2)
        }
        if words.first == "--decisions" { return time(workers: Int(min(count, 100_000))) }
        play(count, from: numbers.dropFirst().first ?? 0)
    }

    private static func checkEveryState() {
        let spaces = [EveryState.pairs(of: 1), .pairs(of: 2), .triples(), .fours()]
        var all = 0
        for space in spaces {
            var states = 0
            for first in space.conditions.indices {
                let (count, violation) = space.check(first: first)
                states += count
                if let violation {
                    say("simulate: \(violation)")
                    exit(1)
                }
            }
            all += states
            say("\(space.workers) workers: \(space.conditions.count) conditions, \(states) states")
        }
        say("simulate: \(all) states, 0 violations")
    }

    private static func time(workers: Int) {
        for limit in [RolloutPolicy.MaxUnavailable.percent(25), .count(1)] {
            var fleet = FleetTiming(workers: workers, maxUnavailable: limit)
            guard let seconds = fleet.run() else {
                say("simulate: \(workers) workers did not get there")
                exit(1)
            }
            say("\(workers) workers, \(limit): \(fleet.decisions) decisions in \(fleet.looks) looks, \(seconds) s")
        }
    }

    private static func play(_ count: UInt64, from first: UInt64) {
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
