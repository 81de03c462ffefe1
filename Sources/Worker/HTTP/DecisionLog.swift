import Authenticator
import Logging

/// One line per decision. Requests only put records into a bounded queue; one task writes them.
///
/// When writing cannot keep up, the newest records are dropped and counted: logging never slows judging down.
final class DecisionLog: Sendable {
    /// What is told about one decision; it has no place for the token.
    struct Record: Sendable {
        let id: String
        let endpoint: String
        let revision: Int64
        let decision: Decision
    }

    private let records: AsyncStream<Record>
    private let continuation: AsyncStream<Record>.Continuation
    private let logger: Logger

    init(logger: Logger, limit: Int = 8192) {
        self.logger = logger
        (records, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limit))
    }

    /// False when the record was dropped.
    @discardableResult
    func add(_ record: Record) -> Bool {
        if case .enqueued = continuation.yield(record) { true } else { false }
    }

    /// Writes until `finish` was called and everything before it is written. Once only.
    func write() async {
        for await record in records { logger.info("decision", metadata: Self.metadata(record)) }
    }

    func finish() { continuation.finish() }

    static func metadata(_ record: Record) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "id": "\(record.id)", "endpoint": "\(record.endpoint)", "revision": "\(record.revision)",
        ]
        switch record.decision {
        case .authenticated(let identity):
            metadata["result"] = "authenticated"
            metadata["provider"] = "\(identity.provider)"
            metadata["user"] = "\(identity.username)"
            if let keyID = identity.keyID { metadata["kid"] = "\(keyID)" }
        case .refused(let refusal): add(refusal, result: "refused", to: &metadata)
        case .notMine(let refusal): add(refusal, result: "not-mine", to: &metadata)
        case .unknowable(let refusal): add(refusal, result: "unknowable", to: &metadata)
        }
        return metadata
    }

    private static func add(_ refusal: Refusal, result: String, to metadata: inout Logger.Metadata) {
        metadata["result"] = "\(result)"
        metadata["reason"] = "\(refusal.code)"
        if !refusal.detail.isEmpty { metadata["detail"] = "\(refusal.detail)" }
        if let provider = refusal.provider { metadata["provider"] = "\(provider)" }
    }
}
