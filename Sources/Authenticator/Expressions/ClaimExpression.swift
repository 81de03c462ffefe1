import CEL
import JSON

/// Why an expression of the configuration cannot be used.
struct ExpressionProblem: Error, Hashable, Sendable {
    let message: String
}

/// A compiled expression over `claims`.
struct ClaimExpression: Sendable {
    /// What an expression gave, as far as a mapping can use it.
    enum Value: Hashable, Sendable {
        case null
        case bool(Bool)
        case text(String)
        case texts([String])
        case other
    }

    enum Purpose: Sendable { case mapping, condition }

    private let program: Program

    var text: String { program.expression }

    /// What a claim holds is not known beforehand, so the result of a mapping is checked for each token.
    init(_ text: String, for purpose: Purpose) throws(ExpressionProblem) {
        program = try compile(text, ["claims": AuthenticationVariables.claims], mustBeBool: purpose == .condition)
    }

    /// The claims that it reads; nil: any of them.
    var members: Set<String>? { program.members(readOf: "claims") }

    func value(_ claims: ClaimScope) throws(Refusal) -> Value {
        switch try evaluate(program, claims.variables) {
        case .null: .null
        case .bool(let value): .bool(value)
        case .string(let text): .text(text)
        case .list(let elements): Self.texts(elements)
        default: .other
        }
    }

    private static func texts(_ elements: [CELValue]) -> Value {
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element else { return .other }
            texts.append(text)
        }
        return .texts(texts)
    }
}

/// A compiled condition over `user`.
struct UserExpression: Sendable {
    private let program: Program

    var text: String { program.expression }

    init(_ text: String) throws(ExpressionProblem) {
        program = try compile(text, ["user": AuthenticationVariables.user], mustBeBool: true)
    }

    /// The attributes of the user that it reads; nil: any of them.
    var members: Set<String>? { program.members(readOf: "user") }

    func holds(_ user: UserScope) throws(Refusal) -> Bool {
        guard case .bool(let verdict) = try evaluate(program, user.variables) else {
            throw Refusal(.expressionFailed, "expression '\(oneLine(text, limit: 300))' gives no boolean")
        }
        return verdict
    }
}

func compile(_ text: String, _ variables: [String: CELType], mustBeBool: Bool) throws(ExpressionProblem) -> Program {
    let program: Program
    do throws(CELCompileError) {
        program = try Program.compile(text, in: .authentication, variables: variables)
    } catch {
        throw ExpressionProblem(message: "compilation failed: \(error)")
    }
    guard !mustBeBool || program.resultType == .bool else { throw ExpressionProblem(message: "must evaluate to bool") }
    return program
}

func evaluate(_ program: Program, _ variables: [String: CELValue]) throws(Refusal) -> CELValue {
    do throws(CELEvaluationError) {
        return try program.evaluate(variables)
    } catch {
        let expression = oneLine(program.expression, limit: 300)
        // The engine's message may hold a claim's text.
        throw Refusal(.expressionFailed, "expression '\(expression)' resulted in error: \(oneLine("\(error)", limit: 200))")
    }
}
