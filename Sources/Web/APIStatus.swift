package import JSON

/// The answer to a request that was not done, in the form every Kubernetes client understands: `kind: Status`.
///
/// It is an error, so that code anywhere below a route can throw it.
package struct APIStatus: Error, Hashable, Sendable {
    /// One thing that is wrong with the object of the request.
    package struct Cause: Hashable, Sendable {
        package let reason: String
        package let message: String
        package let field: String?

        package init(reason: String, message: String, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// What the request was about.
    package struct Details: Hashable, Sendable {
        package var name: String?
        package var group: String?
        package var kind: String?
        package var uid: String?
        package var causes: [Cause]
        package var retryAfterSeconds: Int?

        package init(
            name: String? = nil,
            group: String? = nil,
            kind: String? = nil,
            uid: String? = nil,
            causes: [Cause] = [],
            retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// The HTTP status code.
    package let code: Int
    /// A word for machines: `NotFound`, `AlreadyExists`, `Conflict`, `Invalid` …
    package let reason: String
    /// A sentence for people.
    package let message: String
    package let details: Details?
    /// Warnings for the person behind the request; they travel as headers.
    package var warnings: [String] = []

    package init(code: Int, reason: String, message: String, details: Details? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    package var json: JSONValue {
        var object: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(message), "reason": .string(reason), "code": .integer(Int64(code)),
        ]
        object["details"] = details?.json
        return object
    }
}

extension APIStatus.Details {
    package var json: JSONValue {
        var object: JSONValue = [:]
        object["name"] = name.map(JSONValue.string)
        // The core group is the empty string, and clients expect it left out.
        object["group"] = group.flatMap { $0.isEmpty ? nil : .string($0) }
        object["kind"] = kind.map(JSONValue.string)
        object["uid"] = uid.map(JSONValue.string)
        object["retryAfterSeconds"] = retryAfterSeconds.map { .integer(Int64($0)) }
        if !causes.isEmpty { object["causes"] = .array(causes.map(\.json)) }
        return object
    }
}

extension APIStatus.Cause {
    var json: JSONValue {
        var object: JSONValue = ["reason": .string(reason), "message": .string(message)]
        object["field"] = field.map(JSONValue.string)
        return object
    }
}

// MARK: - The common ones

extension APIStatus {
    package static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: message)
    }

    package static let unauthorized = APIStatus(code: 401, reason: "Unauthorized", message: "Unauthorized")

    /// There is nothing at this path.
    package static let noSuchPath = APIStatus(
        code: 404,
        reason: "NotFound",
        message: "the server could not find the requested resource"
    )

    package static let methodNotAllowed = APIStatus(
        code: 405,
        reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource"
    )

    package static func notAcceptable(_ message: String) -> APIStatus {
        APIStatus(code: 406, reason: "NotAcceptable", message: message)
    }

    /// The client took too long to send the request.
    package static let tooSlow = APIStatus(
        code: 408,
        reason: "Timeout",
        message: "the request did not arrive in time"
    )

    package static func tooLarge(limit: Int) -> APIStatus {
        APIStatus(
            code: 413,
            reason: "RequestEntityTooLarge",
            message: "Request entity too large: limit is \(limit)"
        )
    }

    package static func unsupportedMediaType(_ message: String) -> APIStatus {
        APIStatus(code: 415, reason: "UnsupportedMediaType", message: message)
    }

    /// Something failed that the caller can do nothing about; the log has the cause under the same request id.
    package static let internalError = APIStatus(
        code: 500,
        reason: "InternalError",
        message: "Internal error occurred: the server's log has the cause"
    )

    package static func unavailable(_ message: String, retryAfterSeconds: Int = 1) -> APIStatus {
        APIStatus(
            code: 503,
            reason: "ServiceUnavailable",
            message: message,
            details: Details(retryAfterSeconds: retryAfterSeconds)
        )
    }
}
