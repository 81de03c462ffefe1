import Foundation
package import JSON

/// The API's "no": what a Kubernetes `Status` object says.
package struct APIFailure: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    /// One of several things wrong with an object.
    package struct Cause: Sendable, Hashable {
        package let field: String
        package let reason: String
        package let message: String

        package init(field: String, reason: String, message: String) {
            self.field = field
            self.reason = reason
            self.message = message
        }
    }

    /// The HTTP status.
    package let code: Int
    /// A word for programs: `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `Unauthorized`, `Expired` …
    package let reason: String
    /// A sentence for people.
    package let message: String
    package let causes: [Cause]

    package init(code: Int, reason: String, message: String, causes: [Cause] = []) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
    }

    /// Reads a `Status`; anything else that came with an error code gets a message made from the code.
    package init(code: Int, body: JSONValue?) {
        let status = body?["kind"]?.stringValue == "Status" ? body : nil
        let details = status?.value(at: "details", "causes")?.arrayValue ?? []
        self.init(
            code: (status?["code"]?.integerValue).flatMap { Int(exactly: $0) } ?? code,
            reason: status?["reason"]?.stringValue ?? Self.reasons[code] ?? "Unknown",
            message: status?["message"]?.stringValue ?? Self.message(for: code),
            causes: details.map { cause in
                Cause(
                    field: cause["field"]?.stringValue ?? "",
                    reason: cause["reason"]?.stringValue ?? "",
                    message: cause["message"]?.stringValue ?? ""
                )
            }
        )
    }

    package var description: String { "\(reason) (\(code)): \(message)" }
    package var errorDescription: String? { message }

    package var isNotFound: Bool { code == 404 }
    package var isUnauthorized: Bool { code == 401 }
    package var isForbidden: Bool { code == 403 }
    package var isAlreadyExists: Bool { reason == "AlreadyExists" }
    /// The object changed since it was read.
    package var isConflict: Bool { code == 409 && reason != "AlreadyExists" }
    /// The watch began too far back: list again.
    package var isExpired: Bool { code == 410 }
    /// Asking again later may help.
    package var isTransient: Bool { code == 429 || code >= 500 }

    private static let reasons = [
        400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed", 409: "Conflict",
        410: "Expired", 415: "UnsupportedMediaType", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError",
        503: "ServiceUnavailable", 504: "Timeout",
    ]

    private static func message(for code: Int) -> String {
        switch code {
        case 401: "the server does not know who you are (Unauthorized)"
        case 403: "the server does not allow this (Forbidden)"
        case 404: "the server could not find the requested resource"
        default: "the server answered with HTTP status \(code)"
        }
    }
}
