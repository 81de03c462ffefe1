/// What a worker may say about a token.
package enum Decision: Hashable, Sendable {
    /// This is who it is.
    case authenticated(Identity)
    /// A provider of ours is named, and the token is not good.
    case refused(Refusal)
    /// It cannot be known now: the answer to the caller is "try again" (503), never "no" (401).
    case unknowable(Refusal)
    /// Nothing that this configuration is responsible for: another authenticator may know it; if there is none, it is refused.
    case notMine(Refusal)

    /// Why the token was not taken; nil when it was.
    package var refusal: Refusal? {
        switch self {
        case .authenticated: nil
        case .refused(let refusal), .unknowable(let refusal), .notMine(let refusal): refusal
        }
    }

    package var identity: Identity? { if case .authenticated(let identity) = self { identity } else { nil } }
}
