import Atomics
import JSON
package import Logging
import ServiceLifecycle

/// Writes one line of JSON per request into a file, beside the requests: nobody waits for it.
///
/// Put it first into the service group, so that it ends last. When events come faster than the disk takes them, those beyond
/// `queueLimit` are lost; the program's log says how many.
package struct AuditLog: Service, CustomStringConvertible {
    /// Where the lines go, and how many there may be.
    package struct Options: Sendable {
        package var path: String
        package var policy = AuditPolicy.builtIn
        /// Bytes after which a new file is begun.
        package var sizeLimit = 100 << 20
        package var keptFiles = 10

        package init(path: String) { self.path = path }
    }

    private static let queueLimit = 10_000

    private let options: Options
    private let logger: Logger
    private let events: AsyncStream<AuditEvent>
    private let queue: AsyncStream<AuditEvent>.Continuation
    private let lost = ManagedAtomic(0)

    package init(_ options: Options, logger: Logger) {
        self.options = options
        self.logger = logger
        (events, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queueLimit))
    }

    package var description: String { "audit log \(options.path)" }

    var policy: AuditPolicy { options.policy }

    func record(_ event: AuditEvent) {
        guard event.level > .none else { return }
        if case .enqueued = queue.yield(event) { return }
        lost.wrappingIncrement(ordering: .relaxed)
    }

    /// Fails if the file cannot be opened: who asks for an audit log does not want to run without one.
    package func run() async throws {
        var file = try AuditFile(path: options.path, limit: options.sizeLimit, keeps: options.keptFiles)
        var hasFailed = false
        await withGracefulShutdownHandler {
            for await event in events {
                do {
                    try file.append(JSONWriter.bytes(of: event.json) + [UInt8(ascii: "\n")])
                    hasFailed = false
                } catch {
                    // One line for a full disk, not one per request.
                    if !hasFailed { logger.error("the audit log cannot be written", metadata: ["error": "\(error)"]) }
                    hasFailed = true
                }
                tellLosses()
            }
        } onGracefulShutdown: {
            queue.finish()
        }
    }

    private func tellLosses() {
        let count = lost.exchange(0, ordering: .relaxed)
        guard count > 0 else { return }
        logger.error("the audit log is too slow", metadata: ["lost": "\(count)"])
    }
}
