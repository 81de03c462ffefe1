package import JSON

/// What a token says, taken from nobody's word but its own: for people who look into it, never for a decision.
package struct UnverifiedToken: Sendable {
    /// The payload, an object.
    package let claims: JSONValue

    /// Takes a compact JWS apart, with the limits that the judge has.
    package init(_ text: String) throws(Refusal) { claims = .object(try CompactJWS(Array(text.utf8)).claims.object) }
}
