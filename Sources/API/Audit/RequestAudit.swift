import Foundation
import Listening
import Web

/// Follows one request from its arrival to its answer, for the audit log.
struct RequestAudit: Sendable {
    private let log: AuditLog?
    private let forwardedFor: String?
    private let attempt: AccessAttempt
    private var event: AuditEvent

    /// - Parameters:
    ///   - log: nil where nothing is recorded.
    ///   - address: where the connection comes from.
    ///   - forwardedFor: for whom, as the request itself says; only a worker is believed.
    init(
        _ log: AuditLog?,
        id: String,
        line: RequestLine,
        uri: String,
        userAgent: String,
        address: String?,
        forwardedFor: String?
    ) {
        self.log = log
        self.forwardedFor = forwardedFor
        attempt = line.attempt
        event = AuditEvent(
            id: id,
            received: Self.now,
            uri: uri,
            sourceIPs: address.map { [$0] } ?? [],
            userAgent: userAgent,
            verb: attempt.verb
        )
        if case .resource(let target)? = line.target { event.target = target }
        event.isWatch = line.verb == .watch
    }

    /// The request has been read.
    mutating func identify(_ call: APICall) {
        guard let log else { return }
        identify(call.caller, log)
        if call.caller.actingThrough != nil, let forwardedFor { event.sourceIPs.insert(String(forwardedFor.prefix(64)), at: 0) }
        if event.level >= .request { event.request = .init(bytes: call.body, contentType: call.contentType) }
    }

    /// Whoever shows a certificate is known by it, also if the request is refused before it is read.
    mutating func arrive(_ caller: Caller?) {
        guard let log, let caller else { return }
        identify(caller, log)
    }

    private mutating func identify(_ caller: Caller, _ log: AuditLog) {
        event.caller = caller
        (event.level, event.omitsManagedFields) = log.policy.level(of: attempt, by: caller)
    }

    /// The request is the controller's own, to see whether it can be made.
    mutating func markSelfTest() { event.isSelfTest = true }

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
