import JSON
import NIOHTTP1

/// The answer to one request.
struct WorkerResponse: Sendable {
    let status: HTTPResponseStatus
    /// Without the decision's id and what belongs to the connection.
    private(set) var fields: HTTPHeaders
    let body: [UInt8]
    /// The id under which the decision about the request's token was logged.
    var decision: DecisionID?
    /// The bytes to send in the place of status, fields and body.
    let prepared: PreparedAnswer?

    private init(status: HTTPResponseStatus, contentType: String?, body: [UInt8]) {
        self.status = status
        self.body = body
        prepared = nil
        fields = [:]
        if let contentType { fields.add(name: "Content-Type", value: contentType) }
    }

    /// An answer that was given before.
    init(_ prepared: PreparedAnswer) {
        self.prepared = prepared
        status = prepared.status
        fields = [:]
        body = []
    }

    /// Everything that a header of the answer says.
    var headers: HTTPHeaders {
        var headers = fields
        if let decision { headers.add(name: "X-Postern-Decision", value: "\(decision)") }
        return headers
    }

    mutating func add(_ headers: HTTPHeaders) { fields.add(contentsOf: headers) }

    static func empty(_ status: HTTPResponseStatus) -> WorkerResponse {
        WorkerResponse(status: status, contentType: nil, body: [])
    }

    static func json(_ value: JSONValue, status: HTTPResponseStatus = .ok) -> WorkerResponse {
        WorkerResponse(status: status, contentType: "application/json", body: JSONWriter.bytes(of: value))
    }

    /// A document that is JSON text already.
    static func json(text: String) -> WorkerResponse { json(Array(text.utf8)) }

    static func json(_ text: [UInt8], status: HTTPResponseStatus = .ok) -> WorkerResponse {
        WorkerResponse(status: status, contentType: "application/json", body: text)
    }

    static func text(
        _ text: String,
        status: HTTPResponseStatus = .ok,
        contentType: String = "text/plain; charset=utf-8"
    ) -> WorkerResponse {
        WorkerResponse(status: status, contentType: contentType, body: Array(text.utf8))
    }

    /// A `Status` object, the form of failure that Kubernetes clients understand.
    static func failure(_ status: HTTPResponseStatus, _ reason: String, _ message: String) -> WorkerResponse {
        json(
            [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
                "reason": .string(reason), "code": .integer(Int64(status.code)),
            ],
            status: status
        )
    }

    func with(_ name: String, _ value: String) -> WorkerResponse {
        var copy = self
        copy.fields.add(name: name, value: value)
        return copy
    }
}

// MARK: - The failures that several endpoints share

extension WorkerResponse {
    static let notFound = failure(.notFound, "NotFound", "the server could not find the requested resource")
    static func tooLarge(_ limit: Int) -> WorkerResponse {
        failure(.payloadTooLarge, "RequestEntityTooLarge", "the body is larger than \(limit >> 10) KiB")
    }
    static let tooManyRequests = failure(
        .tooManyRequests,
        "TooManyRequests",
        "too many requests are on their way to the API; try again"
    ).with("Retry-After", "1")
    static let apiUnavailable = failure(
        .serviceUnavailable,
        "ServiceUnavailable",
        "the controller's API does not answer; try again"
    ).with("Retry-After", "5")
    /// Flat: why exactly is in the log.
    static let unauthorized = failure(.unauthorized, "Unauthorized", "Unauthorized").with("WWW-Authenticate", "Bearer")
    static let unavailable = failure(
        .serviceUnavailable,
        "ServiceUnavailable",
        "it cannot be known now whether this token is good; try again"
    ).with("Retry-After", "5")

    static func badRequest(_ message: String) -> WorkerResponse { failure(.badRequest, "BadRequest", message) }
    static func unsupportedMediaType(_ message: String) -> WorkerResponse {
        failure(.unsupportedMediaType, "UnsupportedMediaType", message)
    }
    static func forbidden(_ message: String) -> WorkerResponse { failure(.forbidden, "Forbidden", message) }

    static func methodNotAllowed(_ allowed: String) -> WorkerResponse {
        failure(.methodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
            .with("Allow", allowed)
    }
}
