import JSON
import Snapshot

extension TokenAuthenticator {
    /// Judges a token and tells how: every check with what it found. Slow, and for administrators only: it tells what is wrong
    /// with a token beyond the first thing, whether it was signed by anybody or not.
    ///
    /// - Parameters:
    ///   - keys: as for `judge`.
    ///   - opaqueTokens: likewise.
    ///   - now: seconds since 1970.
    package func explain(
        _ text: String,
        keys: @escaping (_ issuerURL: String) -> KeySet?,
        opaqueTokens: some OpaqueTokenLookup = NoOpaqueTokens(),
        now: Int64
    ) -> TokenExplanation {
        let token = Array(text.utf8)
        let decision = judge(token, keys: keys, opaqueTokens: opaqueTokens, now: now)
        guard compiled.snapshot.mode == .oidc, !token.isEmpty, !Self.isOpaque(token) else {
            return TokenExplanation(decision: decision)
        }
        var examination = TokenExamination(self, token, keys: keys, now: now)
        examination.examine()
        let others = otherProviders(examination, keys, now)
        return TokenExplanation(
            decision: decision,
            header: examination.jws?.headerObject,
            claims: (examination.jws?.claims.object).map(JSONValue.object),
            provider: examination.issuer?.name,
            keyID: examination.keyID,
            checks: examination.checks,
            user: examination.user.map {
                TokenExplanation.User(username: $0.username, uid: $0.uid, groups: $0.groups, extra: $0.extra)
            },
            otherProviders: others,
            advice: decision.refusal.map {
                RefusalAdvice(
                    refusal: $0,
                    claims: examination.jws?.claims,
                    parts: token.count { $0 == UInt8(ascii: ".") } + 1,
                    issuers: compiled.snapshot.issuers,
                    now: now
                ).lines
            } ?? []
        )
    }

    /// A few providers are looked at, not thousands.
    private static let maximumOthers = 64

    private func otherProviders(_ examination: TokenExamination, _ keys: (String) -> KeySet?, _ now: Int64) -> [String] {
        guard let jws = examination.jws else { return [] }
        let others = compiled.snapshot.issuers.filter { !$0.issuerURL.hasSameBytes(as: examination.issuer?.issuerURL ?? "") }
        return others.prefix(Self.maximumOthers).filter { other in
            guard let issuer = compiled.issuer(named: other.issuerURL), let set = keys(other.issuerURL) else { return false }
            do throws(Refusal) {
                let key = try set.key(of: try jws.header(), whichMade: try jws.signature(), over: jws.signedText)
                try issuer.checkToken(jws.claims, now: now)
                _ = try issuer.identity(jws.claims, key: key, expiry: now)
                return true
            } catch {
                return false
            }
        }.map(\.name)
    }
}

extension TokenExplanation {
    /// Of a token that is not looked into: nothing, or one of the built-in OAuth server, or in a mode without providers.
    fileprivate init(decision: Decision) {
        self.init(
            decision: decision,
            header: nil,
            claims: nil,
            provider: nil,
            keyID: nil,
            checks: [],
            user: nil,
            otherProviders: [],
            advice: decision.refusal.map { [$0.reason.explanation.whatToDo] } ?? []
        )
    }
}
