import Foundation

/// `conformance DIR`: compares Postern with other programs' answers. One line a family, then what differs.
///
/// A family is a folder of cases; one that is missing is left out. Exit code 1 when a case failed.
@main
struct ConformanceProgram {
    private struct Family: Sendable {
        /// That of its folder.
        let name: String
        let judge: @Sendable (ConformanceCase) async throws -> Verdict
    }

    static func main() async {
        guard CommandLine.arguments.count == 2 else {
            print("usage: conformance DIR")
            exit(2)
        }
        let folder = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
        let families = [
            Family(name: "authenticate") { try await AuthenticateFamily.judge($0) },
            Family(name: "authentication-config") { AuthenticationConfigFamily.judge($0) },
            Family(name: "cel") { ExpressionFamily.judge($0) },
        ]
        var failed = 0
        for family in families {
            do {
                let cases = try ConformanceCase.all(in: folder.appending(path: family.name))
                guard !cases.isEmpty else { continue }
                var verdicts: [(ConformanceCase, Verdict)] = []
                for one in cases { verdicts.append((one, try await family.judge(one))) }
                failed += report(family.name, verdicts)
                if family.name == "cel" { reportCosts(cases) }
            } catch {
                print("\(family.name): cannot be read: \(error)")
                failed += 1
            }
        }
        exit(failed == 0 ? 0 : 1)
    }

    private static func reportCosts(_ cases: [ConformanceCase]) {
        let judged = cases.compactMap { one in ExpressionFamily.isPricedAlike(one).map { (one.name, $0) } }
        print("cel: cost within 10 % in \(judged.count { $0.1 }) of \(judged.count)")
        for (name, isAlike) in judged where !isAlike { print("  other cost: \(name)") }
    }

    /// Prints a family's line and its failures; returns how many failed.
    private static func report(_ name: String, _ verdicts: [(ConformanceCase, Verdict)]) -> Int {
        let maximumShown = 20
        var counts = (passed: 0, failed: 0, skipped: 0)
        var failures: [String] = []
        var reasons: [String: Int] = [:]
        for (one, verdict) in verdicts {
            switch verdict {
            case .passed: counts.passed += 1
            case .skipped(let reason):
                counts.skipped += 1
                reasons[reason, default: 0] += 1
            case .failed(let expected, let actual):
                counts.failed += 1
                failures.append("  \(one.name)\n    expected: \(expected)\n    actual:   \(actual)")
            }
        }
        print("\(name): \(counts.passed) passed, \(counts.failed) failed, \(counts.skipped) skipped")
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) { print("  skipped \(count): \(reason)") }
        failures.prefix(maximumShown).forEach { print($0) }
        if failures.count > maximumShown { print("  … and \(failures.count - maximumShown) more") }
        return counts.failed
    }
}

/// How one case came out.
enum Verdict: Sendable {
    case passed
    case failed(expected: String, actual: String)
    /// The case tests something that is not ours to answer; the text says what.
    case skipped(String)
}
