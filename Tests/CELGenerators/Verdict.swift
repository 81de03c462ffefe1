package import CEL

/// Puts one text through all stages and says what broke its promise.
package enum Verdict {
    package static let variables: [String: CELType] = [
        "claims": .map(.string, .any),
        "user": .object(
            CELObjectType(
                name: "kubernetes.UserInfo",
                fields: ["username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string))]
            )
        ),
    ]

    package static let values: [String: CELValue] = [
        "claims": .object([
            ("a", .list([.int(1), .double(2.5), .string("x"), .null, .object([("b", .list([.bool(true)]))])])),
            ("b", .string("text,with,commas")), ("c", .object([("d", .int(1))])),
        ]),
        "user": .object([
            ("username", .string("ann")), ("uid", .string("1")), ("groups", .list([.string("a"), .string("b")])),
            ("extra", .emptyMap),
        ]),
    ]

    private static let costLimit: UInt64 = 20_000

    /// Nil when all is well; what is wrong otherwise. A trap or a hang needs no words.
    package static func complaint(about text: String, mustCompile: Bool = false) -> String? {
        let program: Program
        do throws(CELCompileError) {
            program = try Program.compile(text, in: .authentication, variables: variables)
        } catch {
            if error.problems.isEmpty { return "refused without a reason: \(text)" }
            // A literal that its function refuses is found only when the program is planned.
            return mustCompile && !isWellTyped(text) ? "refused: \(error)" : nil
        }
        let clock = ContinuousClock()
        var run: (result: Result<CELValue, CELEvaluationError>, cost: UInt64) = (.failure(.noSuchOverload), 0)
        let elapsed = clock.measure { run = program.measure(values, costLimit: costLimit) }
        if elapsed > .seconds(2) { return "took \(elapsed): \(text)" }
        if run.cost > costLimit, run.result != .failure(.costLimitExceeded) {
            return "cost \(run.cost) was not stopped: \(text)"
        }
        _ = program.estimateCost()
        return nil
    }

    private static func isWellTyped(_ text: String) -> Bool {
        guard let parsed = try? ParsedExpression(parsing: text, in: .authentication) else { return false }
        return (try? CheckedExpression(checking: parsed, in: .authentication, variables: variables)) != nil
    }
}
