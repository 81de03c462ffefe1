/// A compiled expression: immutable, usable from any thread, any number of times.
package struct CELProgram: Sendable {
    package let expression: String
    package let resultType: CELType
    /// A rough worst case in the units of the run-time cost limit.
    package let estimatedCost: UInt64

    private let root: any Step
    /// The variables that the program reads, by slot.
    private let globals: [String]
    private let localCount: Int
    private let tree: Expression

    package static func compile(
        _ expression: String,
        in environment: CELEnvironment,
        variables: [String: CELType]
    ) throws(CELCompileError) -> CELProgram {
        do {
            let parsed = try Parser.parse(expression, macros: environment.macros)
            let checked: CheckedExpression
            switch Checker.check(parsed, in: environment, variables: variables) {
            case .success(let success): checked = success
            case .failure(let failure): throw CELCompileError(expression: expression, problems: failure.problems)
            }
            return try CELProgram(checked)
        } catch let problem as SourceProblem {
            throw CELCompileError(expression: expression, problems: [problem])
        } catch let error as CELCompileError {
            throw error
        } catch {
            throw CELCompileError(expression: expression, problems: [SourceProblem(offset: 0, message: "\(error)")])
        }
    }

    private init(_ checked: CheckedExpression) throws(SourceProblem) {
        let plan = try Planner.plan(checked)
        expression = checked.parsed.source
        resultType = checked.resultType
        estimatedCost = CostEstimate.worstCase(of: checked.parsed.root)
        root = plan.root
        globals = plan.globals
        localCount = plan.localCount
        tree = checked.parsed.root
    }

    /// Runs the program; `variables` gives a value to each declared variable that it uses.
    package func evaluate(
        _ variables: [String: CELValue],
        costLimit: UInt64 = 1_000_000
    ) throws(CELEvaluationError) -> CELValue {
        try measure(variables, costLimit: costLimit).result.get()
    }

    /// As `evaluate`, and tells what the run cost, also when it failed.
    package func measure(
        _ variables: [String: CELValue],
        costLimit: UInt64 = 1_000_000
    ) -> (result: Result<CELValue, CELEvaluationError>, cost: UInt64) {
        var run = Evaluation(
            globals: GlobalValues(globals, in: variables),
            localCount: localCount,
            costLimit: costLimit
        )
        do {
            let value = try root.evaluate(&run)
            // The caller may walk through all of it.
            try run.chargeWalk(value)
            return (.success(value), run.cost)
        } catch {
            return (.failure(error), run.cost)
        }
    }

    /// Whether the expression selects this path of members anywhere: `["claims", "email"]` is found in `claims.email`,
    /// `claims.?email`, `claims["email"]` and `has(claims.email)`.
    package func selects(_ path: [String]) -> Bool { SelectedPaths.contain(path, in: tree) }
}
