import Schema
import Web

/// What a write asks for besides its object.
struct WriteOptions: Hashable, Sendable {
    let isDryRun: Bool
    let fieldValidation: Admission.FieldValidation
    /// Who writes, as `changed-with` tells it: the field manager, or else the program.
    let manager: String
    /// Whether the request itself names who writes.
    private let namesManager: Bool
    /// Of an apply: take fields from other managers.
    let isForced: Bool

    init(_ query: Query, userAgent: String) throws(APIStatus) {
        isDryRun = try query.isDryRun()
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
        if let named = query["fieldManager"], named.unicodeScalars.count > 128 {
            throw .badRequest("fieldManager: Too long: may not be more than 128 bytes")
        }
        let program = userAgent.split(separator: "/").first.map(String.init) ?? "unknown"
        let named = query["fieldManager"].flatMap { $0.isEmpty ? nil : $0 }
        manager = String((named ?? program).prefix(128))
        namesManager = named != nil
        isForced = query.flag("force")
    }

    /// An apply without a name would own fields for nobody.
    func checkForApply() throws(APIStatus) {
        guard !namesManager else { return }
        throw .badRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
    }
}
