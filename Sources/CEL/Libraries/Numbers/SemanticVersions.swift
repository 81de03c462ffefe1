extension Library {
    /// Kubernetes' `semver()`.
    static let versions = Library(
        functions: [
            FunctionDeclaration(
                "semver",
                Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in
                    try SemanticVersion(text)
                },
                Overload.of(.function, cost: Cost.traversal) { (text: String, isLenient: Bool) throws(CELEvaluationError) in
                    try SemanticVersion(text, isLenient: isLenient)
                }
            ),
            FunctionDeclaration(
                "isSemver",
                Overload.of(.function, cost: Cost.traversal) { (text: String) in
                    isValid { () throws(CELEvaluationError) in _ = try SemanticVersion(text) }
                },
                Overload.of(.function, cost: Cost.traversal) { (text: String, isLenient: Bool) in
                    isValid { () throws(CELEvaluationError) in _ = try SemanticVersion(text, isLenient: isLenient) }
                }
            ),
            FunctionDeclaration("major", Overload.of(.member) { (version: SemanticVersion) in version.major }),
            FunctionDeclaration("minor", Overload.of(.member) { (version: SemanticVersion) in version.minor }),
            FunctionDeclaration("patch", Overload.of(.member) { (version: SemanticVersion) in version.patch }),
        ] + comparisons { (a: SemanticVersion, b: SemanticVersion) in a.compare(b) },
        constants: ["kubernetes.Semver": .semver]
    )
}

extension SemanticVersion: NativeValue {
    static var celType: CELType { .semver }
    init?(_ value: CELValue) {
        guard case .opaque(.semver(let version)) = value else { return nil }
        self = version
    }
    var celValue: CELValue { .opaque(.semver(self)) }
}
