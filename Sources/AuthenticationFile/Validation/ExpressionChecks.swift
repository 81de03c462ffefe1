import CEL
import JSON
import Schema

/// Compiles the expressions of one authenticator and remembers what they say about e-mail addresses.
struct ExpressionChecks {
    enum Role {
        case username, mapping, extra, claimCondition, userCondition
    }

    private(set) var usesEmail = false
    private(set) var usesEmailVerified = false

    /// - Parameter isOtherwiseFine: false if the mapping has another mistake; Kubernetes then does not look into its expression.
    mutating func check(_ text: String, as role: Role, at path: FieldPath, isOtherwiseFine: Bool = true) -> [FieldIssue] {
        let program: Program
        do throws(CELCompileError) {
            let variables =
                role == .userCondition ? ["user": AuthenticationVariables.user] : ["claims": AuthenticationVariables.claims]
            program = try Program.compile(text, in: .authentication, variables: variables)
        } catch {
            return [.invalid(path, .string(text), "compilation failed: \(error)")]
        }
        switch role {
        case .claimCondition, .userCondition:
            guard program.resultType == .bool else { return [.invalid(path, .string(text), "must evaluate to bool")] }
        case .username, .mapping, .extra: break
        }
        if role == .username, isOtherwiseFine { usesEmail = program.selectsByName("email", of: "claims") }
        let isProof = role == .claimCondition || role == .extra || (role == .username && isOtherwiseFine)
        if isProof, program.selectsByName("email_verified", of: "claims") { usesEmailVerified = true }
        return []
    }
}
