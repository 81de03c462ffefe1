import JSON

// The only file that knows the expression engine.

/// Why an expression of the configuration cannot be used.
struct ExpressionProblem: Error, Hashable, Sendable {
    let message: String
}

/// The claims of one token, as rules see them.
struct ClaimScope: Sendable {
    let claims: TokenClaims

    init(_ claims: TokenClaims) { self.claims = claims }
}

/// A compiled expression over `claims`.
struct ClaimExpression: Sendable {
    enum Value: Sendable {
        case null
        case bool(Bool)
        case text(String)
        case texts([String])
        case other
    }

    let text: String

    init(_ text: String) throws(ExpressionProblem) { throw ExpressionProblem(message: "expressions are not supported yet") }

    func value(_ claims: ClaimScope) throws(Refusal) -> Value { .other }
}

/// A compiled condition over `user`.
struct UserExpression: Sendable {
    let text: String

    init(_ text: String) throws(ExpressionProblem) { throw ExpressionProblem(message: "expressions are not supported yet") }

    func holds(_ user: MappedUser) throws(Refusal) -> Bool { false }
}
