import JSON
import Snapshot

/// A real token that somebody lent to try configurations on. It is judged as of the moment at which it was issued, so it proves nothing
/// about now and never becomes an `Identity`; and it is printed nowhere.
package struct TokenSample: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package enum Outcome: Hashable, Sendable {
        /// Who it belongs to.
        case user(TokenExplanation.User)
        /// With what would be right, a sentence.
        case refused(Refusal, advice: String)
        /// Keys are missing, or others would have to be asked, which a sample is no reason for.
        case undecided(String)
    }

    private let token: String

    /// - Parameter token: as a client would send it; white space around it is no part of it.
    package init(_ token: String) {
        let isSpace = { (byte: UInt8) in [0x09, 0x0A, 0x0D, 0x20].contains(byte) }
        let start = token.utf8.drop(while: isSpace)
        self.token = String(decoding: start.reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    }

    package var description: String { "a token" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// What the judge makes of it by a configuration.
    ///
    /// - Parameters:
    ///   - keys: the present keys of an issuer, by `Issuer.issuerURL`.
    ///   - now: seconds since 1970, for a token that does not say when it was issued.
    package func outcome(
        in compiled: CompiledSnapshot,
        keys: @escaping (_ issuerURL: String) -> KeySet?,
        now: Int64
    ) -> Outcome {
        let time = issuedAt ?? now
        let authenticator = TokenAuthenticator(compiled)
        switch authenticator.consider(Array(token.utf8), keys: keys, opaqueTokens: NoOpaqueTokens(), now: time) {
        case .pending: return .undecided("it would take claims from elsewhere")
        case .decided(.authenticated(let identity)):
            return .user(
                .init(username: identity.username, uid: identity.uid, groups: identity.groups, extra: identity.extra)
            )
        case .decided(.unknowable(let refusal)): return .undecided(refusal.description)
        case .decided(.refused(let refusal)), .decided(.notMine(let refusal)):
            let advice = authenticator.explain(token, keys: keys, now: time).advice
            return .refused(refusal, advice: advice.first ?? refusal.reason.explanation.whatToDo)
        }
    }

    /// As the token says itself; nil where it does not, or cannot be read: then the judge says why.
    private var issuedAt: Int64? {
        do throws(Refusal) {
            let claims = try CompactJWS(Array(token.utf8)).claims
            if let time = try claims.date("iat") { return time }
            return try claims.date("nbf")
        } catch {
            return nil
        }
    }
}
