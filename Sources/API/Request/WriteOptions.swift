import Schema
import Web

/// What a write asks for besides its object.
struct WriteOptions: Hashable, Sendable {
    let isDryRun: Bool
    let fieldValidation: Admission.FieldValidation
    /// Who writes, as `changed-with` tells it: the field manager, or else the program.
    let manager: String

    init(_ query: Query, userAgent: String) throws(APIStatus) {
        switch query["dryRun"] {
        case nil: isDryRun = false
        case "All": isDryRun = true
        case .some(let value):
            throw .badRequest("dryRun: Unsupported value: \"\(value.prefix(64))\": supported values: \"All\"")
        }
        // Clients that say nothing get a warning about unknown fields, as in Kubernetes.
        switch query["fieldValidation"] {
        case "Strict": fieldValidation = .strict
        case nil, "Warn": fieldValidation = .warn
        case "Ignore": fieldValidation = .ignore
        case .some(let value):
            throw .badRequest(
                "fieldValidation: Unsupported value: \"\(value.prefix(64))\": supported values: \"Ignore\", \"Strict\", \"Warn\""
            )
        }
        let program = userAgent.split(separator: "/").first.map(String.init) ?? "unknown"
        manager = String((query["fieldManager"] ?? program).prefix(128))
    }
}
