import Atomics
import Authenticator
import Logging

/// One line per decision. Requests only put records into a bounded queue; one task writes them.
///
/// When writing cannot keep up, the newest records are dropped and counted: logging never slows judging down.
final class DecisionLog: Sendable {
    /// What is told about one decision; it has no place for the token.
    struct Record: Sendable {
        enum Outcome: Sendable {
            case accepted(provider: String, username: String, keyID: String?)
            case refused(Refusal, result: String)
        }

        let id: DecisionID
        let endpoint: String
        let revision: Int64
        let outcome: Outcome
    }

    private let records: AsyncStream<Record>
    private let continuation: AsyncStream<Record>.Continuation
    private let logger: Logger
    private let droppedCount = ManagedAtomic<Int64>(0)
    /// Whether anybody reads that a token was accepted; if not, nothing is gathered for it.
    let tellsAcceptance: Bool

    init(logger: Logger, limit: Int = 8192) {
        self.logger = logger
        tellsAcceptance = logger.logLevel <= .info
        (records, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limit))
    }

    /// False when the record was dropped.
    @discardableResult
    func add(_ record: Record) -> Bool {
        if case .enqueued = continuation.yield(record) { return true }
        droppedCount.wrappingIncrement(ordering: .relaxed)
        return false
    }

    /// How many records were dropped so far.
    var dropped: Int64 { droppedCount.load(ordering: .relaxed) }

    /// Writes until `finish` was called and everything before it is written. Once only.
    func write() async {
        for await record in records { logger.info("decision", metadata: Self.metadata(record)) }
    }

    func finish() { continuation.finish() }

    static func metadata(_ record: Record) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "id": "\(record.id)", "endpoint": "\(record.endpoint)", "revision": "\(record.revision)",
        ]
        switch record.outcome {
        case .accepted(let provider, let username, let keyID):
            metadata["result"] = "authenticated"
            metadata["provider"] = "\(provider)"
            metadata["user"] = "\(username)"
            if let keyID { metadata["kid"] = "\(quoted(keyID))" }
        case .refused(let refusal, let result): add(refusal, result: result, to: &metadata)
        }
        return metadata
    }

    private static func add(_ refusal: Refusal, result: String, to metadata: inout Logger.Metadata) {
        metadata["result"] = "\(result)"
        metadata["reason"] = "\(refusal.code)"
        if !refusal.detail.isEmpty { metadata["detail"] = "\(refusal.detail)" }
        if let provider = refusal.provider { metadata["provider"] = "\(provider)" }
        // The token's own word, so it may hold anything.
        if let keyID = refusal.keyID { metadata["kid"] = "\(quoted(keyID))" }
    }
}

extension DecisionLog.Record.Outcome {
    init(_ decision: Decision) {
        switch decision {
        case .authenticated(let identity):
            self = .accepted(provider: identity.provider, username: identity.username, keyID: identity.keyID)
        case .refused(let refusal): self = .refused(refusal, result: "refused")
        case .notMine(let refusal): self = .refused(refusal, result: "not-mine")
        case .unknowable(let refusal): self = .refused(refusal, result: "unknowable")
        }
    }
}
