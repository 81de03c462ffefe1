import CELGenerators
import Foundation
import TokenGenerators

/// `token-soak COUNT [SEED]`: so many tokens, then how they were judged and how much memory they left behind. Ends at the first broken
/// promise.
@main
struct TokenSoak {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard let count = arguments.first else {
            print("usage: token-soak COUNT [SEED]")
            exit(2)
        }
        let seed = arguments.dropFirst().first ?? 1
        let world = try TokenWorld()
        var numbers = SeededNumbers(seed: seed)
        var tally: [String: Int] = [:]
        let clock = ContinuousClock()
        let start = clock.now
        for index in 0..<count {
            if index.isMultiple(of: max(1, count / 10)) {
                say("\(index) tokens, \(residentKilobytes()) KiB, \(clock.now - start)")
            }
            let verdict = TokenVerdict(of: try TokenCase.make(in: world, &numbers), in: world)
            tally[verdict.outcome, default: 0] += 1
            if let complaint = verdict.complaint {
                say("token \(index) of seed \(seed): \(complaint)")
                exit(1)
            }
        }
        say("\(count) tokens, \(residentKilobytes()) KiB, \(clock.now - start)")
        for (outcome, count) in tally.sorted(by: { $0.value > $1.value }) { say("\(count) \(outcome)") }
    }

    /// At once, also into a file.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    private static func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
