/// Why a well-typed expression cannot be run: a literal that its function refuses, such as `timestamp('x')`.
package struct PlanError: Error, Sendable {
    package let problem: SourceProblem
}
