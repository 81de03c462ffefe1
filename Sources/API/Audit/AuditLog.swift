import JSON
package import Logging
import ServiceLifecycle
import Synchronization

/// Writes one line of JSON per request into a file, beside the requests: nobody waits for it.
///
/// Put it first into the service group, so that it ends last. Lines are in the file `gathering` after their request at the latest,
/// unless the disk is slower. When more is waiting than the limits allow, the rest is lost; the program's log says how many.
package final class AuditLog: Service, CustomStringConvertible {
    /// Where the lines go, and how many there may be.
    package struct Options: Sendable {
        package var path: String
        package var policy = AuditPolicy.builtIn
        /// Bytes after which a new file is begun.
        package var sizeLimit = 100 << 20
        package var keptFiles = 10

        package init(path: String) { self.path = path }
    }

    /// What requests have left and is not in the file yet.
    private struct Waiting {
        var events: [AuditEvent] = []
        var bodyBytes = 0
        var lost = 0
    }

    private static let eventLimit = 10_000
    private static let bodyLimit = 64 << 20
    private static let gathering = Duration.milliseconds(20)
    /// Lines go to the file in pieces of about this size.
    private static let pieceBytes = 256 << 10

    private let options: Options
    private let file: Mutex<AuditFile>
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    /// Tells that something is waiting; however much it is, that is one call.
    private let calls: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// Opens the file: who asks for an audit log does not want to run without one.
    package init(_ options: Options, logger: Logger) throws(AuditFile.Failure) {
        self.options = options
        file = Mutex(try AuditFile(path: options.path, limit: options.sizeLimit, keeps: options.keptFiles))
        self.logger = logger
        (calls, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var description: String { "audit log \(options.path)" }

    var policy: AuditPolicy { options.policy }

    func record(_ event: AuditEvent) {
        guard event.level > .none else { return }
        // Held for a moment only, by requests and by whoever takes everything out: nobody writes meanwhile.
        let isFirst = waiting.withLock { waiting in
            guard waiting.events.count < Self.eventLimit, waiting.bodyBytes + event.bodyBytes <= Self.bodyLimit else {
                waiting.lost += 1
                return false
            }
            waiting.events.append(event)
            waiting.bodyBytes += event.bodyBytes
            return waiting.events.count == 1
        }
        if isFirst { bell.yield() }
    }

    package func run() async throws {
        var unwritten = 0
        await withGracefulShutdownHandler {
            for await _ in calls {
                // What comes meanwhile goes into the file together with it. Cancelled, it goes there at once.
                do { try await Task.sleep(for: Self.gathering) } catch {}
                write(&unwritten)
            }
        } onGracefulShutdown: {
            self.bell.finish()
        }
        write(&unwritten)
    }

    /// - Parameter unwritten: how many lines the file has not taken since it last took one.
    private func write(_ unwritten: inout Int) {
        let taken = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting
        }
        var lines: [UInt8] = []
        var first = 0
        for (position, event) in taken.events.enumerated() {
            lines.append(contentsOf: JSONWriter.bytes(of: event.json))
            lines.append(UInt8(ascii: "\n"))
            guard lines.count >= Self.pieceBytes || position == taken.events.count - 1 else { continue }
            append(lines, count: position + 1 - first, &unwritten)
            lines.removeAll(keepingCapacity: true)
            first = position + 1
        }
        if taken.lost > 0 { logger.error("the audit log is too slow", metadata: ["lost": "\(taken.lost)"]) }
    }

    private func append(_ lines: [UInt8], count: Int, _ unwritten: inout Int) {
        do {
            // Only this task writes; the lock is what lets the open file be handed to it.
            try file.withLock { try $0.append(lines) }
            if unwritten > 0 { logger.error("the audit log can be written again", metadata: ["lost": "\(unwritten)"]) }
            unwritten = 0
        } catch {
            // One line for a full disk, not one per request.
            if unwritten == 0 { logger.error("the audit log cannot be written", metadata: ["error": "\(error)"]) }
            unwritten += count
        }
    }
}
