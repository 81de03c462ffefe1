import Crypto
import Snapshot

/// Judges bearer tokens by one snapshot: a pure function of token, keys and time, without I/O, locks or waiting.
package struct TokenAuthenticator: Sendable {
    package let compiled: CompiledSnapshot

    private let mode: WorkerSnapshot.Mode

    package init(_ compiled: CompiledSnapshot) {
        self.compiled = compiled
        mode = compiled.snapshot.mode
    }

    /// Says who the token belongs to, why not, or what has to be asked first.
    ///
    /// - Parameters:
    ///   - keys: the present keys of an issuer, by `Issuer.issuerURL`; nil while there are none yet.
    ///   - now: seconds since 1970.
    package func consider(
        _ token: [UInt8],
        keys: (_ issuerURL: String) -> KeySet?,
        opaqueTokens: some OpaqueTokenLookup,
        now: Int64
    ) -> Verdict {
        guard !token.isEmpty else { return .decided(.notMine(Refusal(.tokenMissing, ""))) }
        let isOpaque = Self.isOpaque(token)
        switch (mode, isOpaque) {
        case (.none, _): return review(token, otherwise: Refusal(.modeNone, ""), now)
        case (.integratedOAuth, true): return .decided(judgeOpaque(token, opaqueTokens, now))
        case (.integratedOAuth, false):
            return review(token, otherwise: Refusal(.wrongMode, "not a token of the built-in OAuth server"), now)
        case (.oidc, true): return .decided(.notMine(Refusal(.wrongMode, "a token of the built-in OAuth server")))
        case (.oidc, false): return judgeSigned(token, keys, now)
        }
    }

    private func review(_ token: [UInt8], otherwise refusal: Refusal, _ now: Int64) -> Verdict {
        WebhookInquiry.begin(token, compiled.snapshot.webhook, otherwise: refusal, now: now)
    }

    /// The decision for callers that cannot ask anybody.
    package func judge(
        _ token: [UInt8],
        keys: (_ issuerURL: String) -> KeySet?,
        opaqueTokens: some OpaqueTokenLookup,
        now: Int64
    ) -> Decision {
        consider(token, keys: keys, opaqueTokens: opaqueTokens, now: now).withoutAsking
    }

    package func judge(
        _ token: String,
        keys: (_ issuerURL: String) -> KeySet?,
        opaqueTokens: some OpaqueTokenLookup,
        now: Int64
    ) -> Decision {
        judge(Array(token.utf8), keys: keys, opaqueTokens: opaqueTokens, now: now)
    }
}

// MARK: - Signed tokens

extension TokenAuthenticator {
    private func judgeSigned(_ token: [UInt8], _ keys: (String) -> KeySet?, _ now: Int64) -> Verdict {
        let jws: CompactJWS
        let iss: String
        do throws(Refusal) {
            jws = try CompactJWS(token)
            iss = try jws.claims.string("iss")
        } catch {
            // Nobody of ours is named, so it may be another authenticator's.
            return .decided(.notMine(error))
        }
        guard let issuer = compiled.issuer(named: iss) else {
            // Whether the header is good too is of no interest here.
            let keyID = (try? jws.header())?.keyID
            return .decided(.notMine(Refusal(.issuerUnknown, "iss \(quoted(iss))").naming(keyID: keyID)))
        }
        var keyID: String?
        do throws(Refusal) {
            let header = try issuer.headers.header(of: jws)
            keyID = header.keyID
            let signature = try jws.signature()
            guard let keySet = keys(issuer.issuerURL), keySet.isUsable else {
                let refusal = Refusal(.providerUnavailable, "no usable keys of \(quoted(issuer.name)) yet")
                return .decided(.unknowable(issuer.attributed(refusal, keyID)))
            }
            let key = try keySet.key(of: header, whichMade: signature, over: jws.signedText)
            // From here on the claims are the provider's own words.
            try issuer.checkToken(jws.claims, now: now)
            guard !TokenInquiry.isNeeded(for: jws.claims, issuer) else {
                let inquiry = TokenInquiry(token: token, claims: jws.claims, issuer: issuer, compiled: compiled)
                return inquiry.begin(key, keys: keys, now: now)
            }
            let expiry = try jws.claims.date("exp") ?? now
            return .decided(.authenticated(try issuer.identity(jws.claims, key: key, expiry: expiry)))
        } catch {
            return .decided(.refused(issuer.attributed(error, keyID)))
        }
    }
}

extension CompiledIssuer {
    fileprivate func attributed(_ refusal: Refusal, _ keyID: String?) -> Refusal {
        refusal.of(provider: name, issuerURL: issuerURL).naming(keyID: keyID)
    }
}

// MARK: - Tokens of the built-in OAuth server

extension TokenAuthenticator {
    private static let opaquePrefix = "sha256~"
    static func isOpaque(_ token: [UInt8]) -> Bool { token.starts(with: opaquePrefix.utf8) }
    private static let maximumOpaqueLength = 512
    private static let integratedProvider = "IntegratedOAuth"
    private static let scopesKey = "scopes.authorization.openshift.io"

    /// The object name of an opaque token: what follows the prefix is hashed as text.
    package static func objectName(ofOpaque token: some Collection<UInt8>) -> String {
        opaquePrefix + Base64URL.encode(SHA256.hash(data: Array(token.dropFirst(opaquePrefix.utf8.count))))
    }

    private func judgeOpaque(_ token: [UInt8], _ tokens: some OpaqueTokenLookup, _ now: Int64) -> Decision {
        guard token.count <= Self.maximumOpaqueLength else { return .refused(Refusal(.tooLarge, "\(token.count) bytes")) }
        guard token.count > Self.opaquePrefix.utf8.count else {
            return .refused(Refusal(.malformed, "nothing after the prefix"))
        }
        let found: OpaqueToken?
        do throws(OpaqueTokensUnavailable) {
            found = try tokens.find(hashName: Self.objectName(ofOpaque: token))
        } catch {
            return .unknowable(Refusal(.providerUnavailable, "the tokens of the built-in OAuth server are not known yet"))
        }
        guard let found else { return .refused(Refusal(.tokenUnknown, "")) }
        if let expiry = found.expiresAt, expiry < now { return .refused(Refusal(.expired, "expired at \(expiry), now \(now)")) }
        return .authenticated(
            Identity(
                username: found.userName,
                uid: found.userUID,
                groups: found.groups,
                extra: found.scopes.isEmpty ? [:] : [Self.scopesKey: found.scopes],
                provider: Self.integratedProvider,
                keyID: nil,
                expiry: found.expiresAt ?? .max
            )
        )
    }
}
