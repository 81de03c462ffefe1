import CEL
import CELGenerators
import Foundation

/// `soak COUNT [SEED]`: so many random inputs, then how much memory they left behind. Ends at the first broken promise.
@main
struct Soak {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard let count = arguments.first else {
            print("usage: soak COUNT [SEED]")
            exit(2)
        }
        let seed = arguments.dropFirst().first ?? 1
        var numbers = SeededNumbers(seed: seed)
        for index in 0..<count {
            if index.isMultiple(of: max(1, count / 10)) { say("\(index) inputs, \(residentKilobytes()) KiB") }
            let complaint =
                switch index % 3 {
                case 0: Verdict.complaint(about: RandomText.bytes(&numbers))
                case 1: Verdict.complaint(about: RandomText.words(&numbers))
                default: Verdict.complaint(about: WellTypedProgram.expression(&numbers), mustCompile: true)
                }
            if let complaint {
                say("input \(index) of seed \(seed): \(complaint)")
                exit(1)
            }
        }
        say("\(count) inputs, \(residentKilobytes()) KiB")
    }

    /// At once, also into a file.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    private static func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
