import Foundation

/// Everything that is wrong with an object, at once.
package struct InvalidObject: Error, Hashable, Sendable, LocalizedError {
    /// A field that its kind does not have, and the one that may be meant.
    package struct UnknownField: Hashable, Sendable {
        package let path: FieldPath
        package let suggestion: String?
    }

    package let kind: String
    package let group: String
    /// Empty when the object has none.
    package let name: String
    /// What the server answers 422 with.
    package let issues: [FieldIssue]
    /// Fields refused under strict validation; the server answers 400 with `badRequest`.
    package let unknownFields: [UnknownField]
    /// Why this cannot be an object of its kind at all.
    let malformed: String?

    /// The message of a 400 answer; nil: the answer is a 422 with `issues`.
    package var badRequest: String? {
        if let malformed { return malformed }
        guard !unknownFields.isEmpty else { return nil }
        return "strict decoding error: " + unknownFields.map { "unknown field \"\($0.path)\"" }.joined(separator: ", ")
    }

    /// `Authentication.config.openshift.io "cluster" is invalid: spec.type: Unsupported value: …`, as the server words it.
    package var message: String {
        let subject = "\(group.isEmpty ? kind : "\(kind).\(group)") \"\(name)\" is invalid"
        switch issues.count {
        case 0: return badRequest ?? subject
        case 1: return "\(subject): \(issues[0])"
        default: return "\(subject): [\(issues.map(\.description).joined(separator: ", "))]"
        }
    }

    package var errorDescription: String? { badRequest ?? message }

    init(definition: ResourceDefinition, name: String, issues: [FieldIssue], unknownFields: [UnknownField] = []) {
        kind = definition.kind
        group = definition.group
        self.name = name
        self.issues = issues
        self.unknownFields = unknownFields
        malformed = nil
    }

    init(definition: ResourceDefinition, malformed: String) {
        kind = definition.kind
        group = definition.group
        name = ""
        issues = []
        unknownFields = []
        self.malformed = malformed
    }
}
