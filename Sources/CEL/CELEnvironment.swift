/// Which functions and macros an expression may use.
package struct CELEnvironment: Sendable {
    /// Rules of a structural schema (`x-kubernetes-validations`).
    package static let schemaRules = CELEnvironment()
    /// Claim mappings, claim and user validation rules.
    package static let authentication = CELEnvironment()
}
