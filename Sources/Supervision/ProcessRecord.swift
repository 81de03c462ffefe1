import Durable
import Foundation

/// `process.json`: what a process of ours says of itself once it listens, so that a later controller recognises it.
package struct ProcessRecord: Codable, Hashable, Sendable {
    package let pid: Int32
    /// When the process started, in clock ticks since boot (field 22 of proc_pid_stat(5)); with the id it names one process.
    package let startTicks: UInt64
    package let executable: String
    package let address: String

    package init(pid: Int32, startTicks: UInt64, executable: String, address: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.executable = executable
        self.address = address
    }

    /// Writes the record of the process that calls, once it listens at `address`: without it nobody adopts the process.
    package static func writeOwn(address: String, to path: String) throws {
        let pid = getpid()
        guard let startTicks = startTicks(of: pid) else {
            throw ProcessFailure(operation: "read /proc/\(pid)/stat", code: ENOENT)
        }
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let record = ProcessRecord(pid: pid, startTicks: startTicks, executable: executable, address: address)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write(encoder.encode(record) + Data("\n".utf8), to: path)
    }

    /// nil when there is no file, or one that no process of ours wrote.
    package static func read(_ path: String) -> ProcessRecord? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        // A damaged record means the same as none: start a process of our own.
        return try? JSONDecoder().decode(ProcessRecord.self, from: data)
    }

    /// The start of a process that is there now; nil when it is not.
    package static func startTicks(of pid: Int32) -> UInt64? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = text.lastIndex(of: ")")
        else {
            return nil
        }
        // After the command's name, which may hold spaces and parentheses, come the fields from the third on.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }
}
