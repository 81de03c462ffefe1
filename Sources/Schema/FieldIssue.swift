package import JSON

/// One thing wrong with an object, and where.
///
/// `message` is the text after the path in Kubernetes' errors (`Required value`, `Invalid value: "x": …`).
package struct FieldIssue: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why a value is refused, in the words of Kubernetes' `status.details.causes[].reason`.
    package enum Reason: String, Sendable, CaseIterable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case duplicate = "FieldValueDuplicate"
        case notSupported = "FieldValueNotSupported"
        case typeInvalid = "FieldValueTypeInvalid"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case forbidden = "FieldValueForbidden"
    }

    package let path: FieldPath
    package let reason: Reason
    package let message: String

    package init(path: FieldPath, reason: Reason, message: String) {
        self.path = path
        self.reason = reason
        self.message = message
    }

    package var description: String { path.isRoot ? message : "\(path): \(message)" }
}

// MARK: - The texts, word for word as Kubernetes prints them

extension FieldIssue {
    package static func required(_ path: FieldPath, _ detail: String = "") -> FieldIssue {
        FieldIssue(path: path, reason: .required, message: joined("Required value", detail))
    }

    package static func invalid(_ path: FieldPath, _ value: JSONValue, _ detail: String) -> FieldIssue {
        FieldIssue(path: path, reason: .invalid, message: joined("Invalid value: \(goSyntax(value))", detail))
    }

    package static func duplicate(_ path: FieldPath, _ value: JSONValue) -> FieldIssue {
        FieldIssue(path: path, reason: .duplicate, message: "Duplicate value: \(goSyntax(value))")
    }

    package static func forbidden(_ path: FieldPath, _ detail: String) -> FieldIssue {
        FieldIssue(path: path, reason: .forbidden, message: joined("Forbidden", detail))
    }

    package static func tooMany(_ path: FieldPath, count: Int, limit: Int, _ detail: String = "") -> FieldIssue {
        FieldIssue(
            path: path,
            reason: .tooMany,
            message: joined("Too many: \(count): must have at most \(limit) items", detail)
        )
    }

    package static func notSupported(_ path: FieldPath, _ value: JSONValue, supported: [JSONValue]) -> FieldIssue {
        let list = supported.map(goSyntax).joined(separator: ", ")
        return FieldIssue(
            path: path,
            reason: .notSupported,
            message: "Unsupported value: \(goSyntax(value)): supported values: \(list)"
        )
    }

    static func tooLong(_ path: FieldPath, limit: Int) -> FieldIssue {
        FieldIssue(path: path, reason: .tooLong, message: "Too long: may not be more than \(limit) bytes")
    }

    static func typeInvalid(_ path: FieldPath, expected: String, found: String) -> FieldIssue {
        let message = "Invalid value: \"\(found)\": \(path) in body must be of type \(expected): \"\(found)\""
        return FieldIssue(path: path, reason: .typeInvalid, message: message)
    }

    static func malformed(_ path: FieldPath, _ value: JSONValue, format: String) -> FieldIssue {
        let detail = "\(path) in body must be of type \(format): \(goSyntax(value))"
        return FieldIssue(path: path, reason: .typeInvalid, message: joined("Invalid value: \(goSyntax(value))", detail))
    }

    private static func joined(_ head: String, _ detail: String) -> String { detail.isEmpty ? head : "\(head): \(detail)" }
}
