import CLinux
import Dispatch
import Foundation

/// A process that we may wait for and signal: one that we started, or one that an earlier controller did.
///
/// It holds a pidfd, so a signal never reaches a stranger that got the same id.
final class RunningProcess: Sendable {
    let pid: pid_t
    private let descriptor: Int32
    private let isOurChild: Bool

    /// Starts a program; its output goes to the end of `log`.
    init(executable: String, arguments: [String], environment: [String: String], log: String) throws {
        try Self.putAside(log)
        let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ProcessFailure(operation: "open \(log)", code: errno) }
        defer { close(file) }
        let argumentVector = CStringVector([executable] + arguments)
        let environmentVector = CStringVector(environment.map { "\($0)=\($1)" })
        pid = clinux_spawn(executable, argumentVector.pointers, environmentVector.pointers, file)
        guard pid > 0 else { throw ProcessFailure(operation: "start \(executable)", code: errno) }
        descriptor = clinux_pidfd_open(pid)
        isOurChild = true
        guard descriptor >= 0 else { throw ProcessFailure(operation: "pidfd_open", code: errno) }
    }

    /// Takes over a process; nil when it is gone.
    init?(adopting record: ProcessRecord) {
        pid = record.pid
        descriptor = clinux_pidfd_open(record.pid)
        isOurChild = false
        guard descriptor >= 0 else { return nil }
        // The id may have changed hands before the descriptor was opened, but not after.
        guard ProcessRecord.startTicks(of: record.pid) == record.startTicks else {
            close(descriptor)
            return nil
        }
    }

    /// A log that has become large makes room for a new one at the start of a process.
    private static func putAside(_ log: String) throws {
        var status = stat()
        guard stat(log, &status) == 0, status.st_size > 16 << 20 else { return }
        guard rename(log, "\(log).1") == 0 else { throw ProcessFailure(operation: "rename \(log)", code: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Returns when the process has ended, and how; nil when the calling task was cancelled before.
    func end() async -> String? {
        // The protocol is not marked Sendable, but a dispatch source may be cancelled on any thread, and nothing else is
        // done with this one once its handlers are set.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                source.setEventHandler { source.cancel() }
                // Runs exactly once; after it the source no longer uses the descriptor.
                source.setCancelHandler { continuation.resume() }
                source.resume()
            }
        } onCancel: {
            source.cancel()
        }
        return hasEnded()
    }

    /// Sends a signal; a process that is gone already is no failure.
    func signal(_ number: Int32) throws {
        guard clinux_pidfd_send_signal(descriptor, number) != 0, errno != ESRCH else { return }
        throw ProcessFailure(operation: "signal \(number) to \(pid)", code: errno)
    }

    /// Whether it has ended; a child of ours is reaped by this.
    func hasEnded() -> String? {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 0) == 1 else { return nil }
        guard isOurChild else { return "ended" }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return "ended" }
        return status & 0x7F == 0 ? "exited with \((status >> 8) & 0xFF)" : "was ended by signal \(status & 0x7F)"
    }
}

/// The system refused something about a process.
package struct ProcessFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let operation: String
    package let code: Int32

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}

/// Strings in the form that exec(3) takes, for as long as this lives.
private final class CStringVector {
    private let storage: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        storage = .allocate(capacity: strings.count + 1)
        storage.initialize(repeating: nil)
        for (index, string) in strings.enumerated() { storage[index] = strdup(string) }
    }

    deinit {
        for pointer in storage { free(pointer) }
        storage.deallocate()
    }

    var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? { storage.baseAddress }
}
