import Foundation

/// What to do about the process that a record speaks of.
enum Adoption: Hashable, Sendable {
    /// It is the one, and it runs the program that is wanted as it is wanted.
    case adopt
    /// It is the one, but another program or other arguments are wanted: end it and start anew.
    case replace
    /// It is gone, or the id is somebody else's now.
    case start

    /// - Parameter running: the process that has the record's id now; nil: there is none.
    static func decide(record: ProcessRecord?, running: RunningProgram?, executable: String, arguments: [String]) -> Adoption {
        guard let record, let running, record.startTicks == running.startTicks else { return .start }
        // After a restart of the machine a stranger may have both the id and the start: only a program of the same name is ours.
        guard programName(running.executable) == programName(executable) else { return .start }
        let isWanted =
            running.executable.utf8.elementsEqual(executable.utf8)
            && running.arguments.elementsEqual(arguments) { $0.utf8.elementsEqual($1.utf8) }
        return isWanted ? .adopt : .replace
    }

    private static func programName(_ executable: String) -> Substring? {
        let suffix = " (deleted)"
        let path = executable.hasSuffix(suffix) ? executable.dropLast(suffix.count) : executable[...]
        return path.split(separator: "/").last
    }
}

/// What the kernel says about a process that is there now.
struct RunningProgram: Hashable, Sendable {
    let startTicks: UInt64
    /// The file that it runs; the name of a file that was replaced since ends in ` (deleted)`.
    let executable: String
    /// Without the program's own name.
    let arguments: [String]

    init(startTicks: UInt64, executable: String, arguments: [String]) {
        self.startTicks = startTicks
        self.executable = executable
        self.arguments = arguments
    }

    /// nil when there is no such process, or when it is another user's.
    init?(of pid: Int32) {
        guard let ticks = ProcessRecord.startTicks(of: pid),
            let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe"),
            let commandLine = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")
        else { return nil }
        // Each argument ends with a zero byte, an empty one too.
        let words = commandLine.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        self.init(
            startTicks: ticks,
            executable: executable,
            arguments: words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        )
    }
}
