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

    package var description: String { "\(path): \(message)" }
}
