/// A compiled expression: immutable, usable from any thread, any number of times.
///
/// It is the last of four stages, each with its own type and its own errors: text → `ParsedExpression` → `CheckedExpression` →
/// `Program` → `CELValue`.
package struct Program: Sendable {
    private let plan: Plan

    package var checked: CheckedExpression { plan.checked }

    package var expression: String { plan.checked.parsed.source }
    package var resultType: CELType { plan.checked.resultType }

    /// Turns a checked expression into steps.
    package init(planning checked: CheckedExpression) throws(PlanError) {
        plan = try Planner.plan(checked)
    }

    /// All stages at once. A text that cannot be parsed as a whole is still checked where it can be, so that everything wrong is
    /// told in one pass.
    package static func compile(
        _ expression: String,
        in environment: CELEnvironment,
        variables: [String: CELType]
    ) throws(CELCompileError) -> Program {
        var problems: [SourceProblem] = []
        var parsed: ParsedExpression?
        do throws(ParseError) {
            parsed = try ParsedExpression(parsing: expression, in: environment)
        } catch {
            problems = error.problems
            parsed = error.remainder
        }
        var checked: CheckedExpression?
        do throws(CheckError) {
            checked = try parsed.map { parsed throws(CheckError) in
                try CheckedExpression(checking: parsed, in: environment, variables: variables)
            }
        } catch {
            problems += error.problems
        }
        do throws(PlanError) {
            if problems.isEmpty, let checked { return try Program(planning: checked) }
        } catch {
            problems.append(error.problem)
        }
        throw CELCompileError(expression: expression, problems: problems)
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
            globals: GlobalValues(plan.globals, in: variables),
            localCount: plan.localCount,
            costLimit: costLimit
        )
        do {
            let value = try plan.root.evaluate(&run)
            // The caller may walk through all of it.
            try run.chargeWalk(value)
            return (.success(value), run.cost)
        } catch {
            return (.failure(error), run.cost)
        }
    }

    /// The worst case of a run when nothing in the variables is larger than `assumedSize`; for warnings, as the limit at run time is what
    /// protects.
    package var estimatedCost: UInt64 { estimateCost(.upTo(Self.assumedSize)).maximum }

    /// No token is larger. OKD assumes a request's largest header, 1 MiB, by which the plainest rule on groups would be worth a warning.
    private static let assumedSize: UInt64 = 16 << 10

    /// What a run costs at least and at most, as far as the expression tells.
    package func estimateCost(_ sizes: SizeHints = .unknown) -> CostEstimate { CostEstimator.estimate(checked, sizes) }

    /// The members of a variable that a run may read; nil: any of them.
    package func members(readOf variable: String) -> Set<String>? {
        SelectedMembers.of(variable, in: checked.parsed.root)
    }

    /// Whether the expression selects this path of members anywhere: `["claims", "email"]` is found in `claims.email`,
    /// `claims.?email`, `claims["email"]` and `has(claims.email)`.
    package func selects(_ path: [String]) -> Bool { SelectedPaths.contain(path, in: checked.parsed.root) }

    /// Whether the expression selects the member with `.` or `.?` anywhere. `claims["email"]` does not count: so Kubernetes looks for the
    /// claims that its own configuration files must mention.
    package func selectsByName(_ member: String, of variable: String) -> Bool {
        SelectedPaths.containSelection(of: member, from: variable, in: checked.parsed.root)
    }
}
