import Foundation
import Web

/// Follows one request from its arrival to its answer, for the audit log.
struct RequestAudit: Sendable {
    private let log: AuditLog?
    private let forwardedFor: String?
    private var event: AuditEvent

    /// - Parameters:
    ///   - log: nil where nothing is recorded.
    ///   - address: where the connection comes from.
    ///   - forwardedFor: for whom, as the request itself says; only a worker is believed.
    init(
        _ log: AuditLog?,
        id: String,
        method: String,
        uri: String,
        userAgent: String,
        address: String?,
        forwardedFor: String?
    ) {
        self.log = log
        self.forwardedFor = forwardedFor
        event = AuditEvent(
            id: id,
            received: Self.now,
            uri: uri,
            sourceIPs: address.map { [$0] } ?? [],
            userAgent: userAgent,
            verb: method.lowercased()
        )
    }

    /// Who asks is known, and for what.
    mutating func identify(_ call: APICall) {
        guard let log else { return }
        event.caller = call.caller
        if call.caller.actingThrough != nil, let forwardedFor { event.sourceIPs.insert(String(forwardedFor.prefix(64)), at: 0) }
        var attempt = AccessAttempt(verb: call.method.lowercased(), subject: .path(call.path))
        if case .resource(let target)? = RequestTarget(path: call.path) {
            event.target = target
            if let verb = Verb(method: call.method, target: target, query: call.query) {
                attempt = AccessAttempt(verb, target)
                event.isWatch = verb == .watch
            } else {
                attempt = AccessAttempt(verb: attempt.verb, subject: .resource(target))
            }
        }
        event.verb = attempt.verb
        (event.level, event.omitsManagedFields) = log.policy.level(of: attempt, by: call.caller)
        if event.level >= .request { event.request = .init(bytes: call.body, contentType: call.contentType) }
    }

    /// The request acts as somebody else.
    mutating func acts(as caller: Caller) {
        if caller.impersonatedBy != nil { event.impersonated = caller }
    }

    func finish(_ answer: APIAnswer) {
        var event = event
        event.code = answer.code
        if event.level == .requestResponse, case .bytes(let bytes) = answer.body {
            event.response = .init(bytes: bytes, contentType: answer.contentType)
        }
        record(event)
    }

    func finish(_ failure: APIStatus) {
        var event = event
        event.code = failure.code
        event.failure = failure
        record(event)
    }

    private func record(_ event: AuditEvent) {
        var event = event
        event.ended = Self.now
        log?.record(event)
    }

    /// Microseconds since 1970.
    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
