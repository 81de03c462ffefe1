/// A compiled expression: immutable, usable from any thread, any number of times.
package struct CELProgram: Sendable {
    package let expression: String
    package let resultType: CELType
    /// A rough worst case in the units of the run-time cost limit.
    package let estimatedCost: UInt64

    package static func compile(
        _ expression: String,
        in environment: CELEnvironment,
        variables: [String: CELType]
    ) throws(CELCompileError) -> CELProgram {
        throw CELCompileError(expression: expression, problems: [.init(line: 1, column: 1, message: "not supported yet")])
    }

    /// Runs the program; `variables` gives a value to each declared variable that it uses.
    package func evaluate(
        _ variables: [String: CELValue],
        costLimit: UInt64 = 1_000_000
    ) throws(CELEvaluationError) -> CELValue {
        throw .noSuchOverload
    }

    /// Whether the expression selects this path of members anywhere: `["claims", "email"]` is found in `claims.email`,
    /// `claims.?email`, `claims["email"]` and `has(claims.email)`.
    package func selects(_ path: [String]) -> Bool { false }
}
