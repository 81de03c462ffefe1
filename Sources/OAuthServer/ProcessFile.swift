import Durable
import Foundation
import JSON

/// `process.json`: how the next controller recognises this process and adopts it.
struct ProcessFile: Sendable {
    let path: String

    /// Written once the process listens; a process that has none is not adopted.
    func write(address: String) throws {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let document: JSONValue = [
            "pid": .integer(Int64(getpid())),
            "startTicks": .integer(try Self.startTicks()),
            "executable": .string(executable),
            "address": .string(address),
            "startedAt": .string(Date().formatted(.iso8601)),
        ]
        try DurableFile.write(JSONWriter.bytes(of: document, pretty: true), to: path)
    }

    /// Field 22 of proc_pid_stat(5): with the process id it names a process for as long as the machine runs.
    private static func startTicks() throws -> Int64 {
        let text = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
        // The command's name may hold spaces and parentheses; the fields that follow its last parenthesis begin with the third.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst().split(separator: " ")
        guard fields.count > 19, let ticks = Int64(fields[19]) else { throw CocoaError(.fileReadCorruptFile) }
        return ticks
    }
}
