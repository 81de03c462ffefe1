import Foundation
import JSON
import Web

/// One request as the audit log tells it: an `Event` of `audit.k8s.io/v1`.
///
/// A watch is told when its answer starts, everything else when it has been answered; so each request is one line.
struct AuditEvent: Sendable {
    /// A body as it travelled; it is looked into only when the line is written.
    struct Body: Sendable {
        let bytes: [UInt8]
        let contentType: String?
    }

    /// Microseconds since 1970.
    typealias Instant = Int64

    let id: String
    let received: Instant
    var ended: Instant = 0
    /// Path and query as they came.
    let uri: String
    /// The client first, then the worker it came through.
    var sourceIPs: [String]
    let userAgent: String
    var verb: String
    /// nil for a request of nobody: it is refused.
    var caller: Caller?
    /// Who the request asked to act as, and was allowed to.
    var impersonated: Caller?
    var target: ResourceTarget?
    var level = AuditLevel.metadata
    var omitsManagedFields = false
    var isWatch = false
    /// The controller tries whether it can be reached with a break-glass certificate.
    var isSelfTest = false
    var code = 0
    var failure: APIStatus?
    var request: Body?
    var response: Body?

    /// What waiting for the file takes, apart from a kilobyte or so.
    var bodyBytes: Int { (request?.bytes.count ?? 0) + (response?.bytes.count ?? 0) }

    /// The most of a body that goes into a line.
    static let bodyLimit = 256 << 10

    var json: JSONValue {
        var event: JSONValue = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": .string(level.rawValue), "auditID": .string(id),
            "stage": isWatch && code < 400 ? "ResponseStarted" : "ResponseComplete",
            "requestURI": .string(AuditedURI.text(of: uri)), "verb": .string(verb),
            "user": caller?.userInfo ?? ["username": "system:anonymous", "groups": ["system:unauthenticated"]],
            "sourceIPs": .strings(sourceIPs), "userAgent": .string(String(userAgent.prefix(256))),
        ]
        event["impersonatedUser"] = impersonated?.userInfo
        event["objectRef"] = objectRef
        event["responseStatus"] = status
        var annotations: JSONValue = [:]
        // A request that is refused for its form was not decided about.
        if ![400, 413, 415].contains(code) {
            annotations["authorization.k8s.io/decision"] = code == 403 || code == 401 ? "forbid" : "allow"
        }
        if isSelfTest {
            annotations["postern.dev/self-test"] = "true"
        } else {
            annotations["postern.dev/break-glass"] = caller?.breakGlass.map(JSONValue.string)
        }
        annotations["postern.dev/through"] = caller?.actingThrough.map(JSONValue.string)
        // Of a request that nothing was done for, the body may be anything, a secret at a mistyped path too.
        let isUnderstood = code < 400 || [409, 422].contains(code)
        if level >= .request, isUnderstood, let request { add(request, as: "requestObject", to: &event, &annotations) }
        if level >= .requestResponse, let response { add(response, as: "responseObject", to: &event, &annotations) }
        event["requestReceivedTimestamp"] = .string(Self.text(of: received))
        event["stageTimestamp"] = .string(Self.text(of: ended))
        event["annotations"] = annotations
        return event
    }

    private func add(_ body: Body, as name: String, to event: inout JSONValue, _ annotations: inout JSONValue) {
        guard !body.bytes.isEmpty else { return }
        guard body.bytes.count <= Self.bodyLimit else {
            annotations["audit.k8s.io/truncated"] = "true"
            return
        }
        // What cannot be read has been refused with the reason; it may be anything, and is not kept.
        guard var value = try? ObjectBody.content(of: body.bytes, body.contentType) else { return }
        if omitsManagedFields { value["metadata"]?["managedFields"] = nil }
        event[name] = value
    }

    private var objectRef: JSONValue? {
        guard let target else { return nil }
        var reference: JSONValue = ["resource": .string(target.plural)]
        reference["namespace"] = target.namespace.map(JSONValue.string)
        reference["name"] = target.name.map(JSONValue.string)
        reference["apiGroup"] = target.group.isEmpty ? nil : .string(target.group)
        reference["apiVersion"] = .string(target.version)
        reference["subresource"] = target.subresource.map(JSONValue.string)
        return reference
    }

    private var status: JSONValue {
        var status: JSONValue = ["metadata": [:], "code": .integer(Int64(code))]
        guard let failure else { return status }
        status["status"] = "Failure"
        status["reason"] = .string(failure.reason)
        // What an object was refused for may quote it.
        if level > .metadata || ![400, 422].contains(failure.code) { status["message"] = .string(failure.message) }
        return status
    }

    private static func text(of instant: Instant) -> String {
        let (seconds, rest) = instant.quotientAndRemainder(dividingBy: 1_000_000)
        let fraction = String(rest)
        return Timestamp.text(of: seconds).dropLast() + "." + String(repeating: "0", count: 6 - fraction.count) + fraction + "Z"
    }
}

/// The path and query of a request without what might be secret: values of parameters that the API does not know.
enum AuditedURI {
    private static let known: Set<String> = [
        "allowWatchBookmarks", "continue", "dryRun", "fieldManager", "fieldSelector", "fieldValidation", "force",
        "gracePeriodSeconds", "hash", "labelSelector", "limit", "orphanDependents", "pretty", "propagationPolicy",
        "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeout", "timeoutSeconds", "verbose", "watch",
    ]

    static func text(of uri: String) -> String {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String((parts.first ?? "").prefix(1_024))
        guard parts.count == 2 else { return path }
        let query = parts[1].split(separator: "&").prefix(32).map { item in
            let name = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
            return known.contains(name) ? String(item.prefix(512)) : "\(name.prefix(64))=…"
        }
        return "\(path)?\(query.joined(separator: "&"))"
    }
}
