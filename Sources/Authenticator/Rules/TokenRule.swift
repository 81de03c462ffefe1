import JSON

/// One check of a token whose signature holds. The checks run in the order of `TokenRule.all`; the first that fails is the answer.
struct TokenRule: Sendable {
    /// What a check looks at.
    struct Subject: Sendable {
        let claims: TokenClaims
        let issuer: CompiledIssuer
        /// Seconds since 1970.
        let now: Int64
    }

    /// Seconds that a provider's clock may be ahead of ours. `exp` has no such allowance.
    static let notBeforeLeeway: Int64 = 60

    let name: String
    let check: @Sendable (Subject) throws(Refusal) -> Void

    static let all: [TokenRule] = [purpose, binding, expiry, notBefore, issuedAt, audience]

    /// Security events (RFC 8417), logout tokens among them (OpenID Connect Back-Channel Logout 2.4), are signed by the same keys for the
    /// same audience, and are no credentials. Events are named by URIs; a claim `events` of another kind is the provider's own.
    static let purpose = TokenRule(name: "purpose") { subject throws(Refusal) in
        let names = subject.claims["events"]?.objectValue?.names ?? []
        guard let event = names.first(where: { $0.utf8.contains(UInt8(ascii: ":")) }) else { return }
        throw Refusal(.tokenTypeNotAllowed, "a security event: \(quoted(event))")
    }

    /// A token that is bound to a key of its holder (RFC 7800), by DPoP (RFC 9449) or a client certificate (RFC 8705), is good only
    /// with a proof of that key. Nobody asks for one here; taken as a bearer token it would work for whoever stole it.
    static let binding = TokenRule(name: "cnf") { subject throws(Refusal) in
        guard let confirmation = subject.claims["cnf"], !confirmation.isNull else { return }
        let methods = (confirmation.objectValue?.names ?? []).prefix(4).map { quoted($0) }.joined(separator: ", ")
        throw Refusal(.tokenBound, "cnf [\(methods)]")
    }

    /// Good up to and including the second of `exp`, as in Kubernetes.
    static let expiry = TokenRule(name: "exp") { subject throws(Refusal) in
        guard let expiry = try subject.claims.date("exp") else { throw Refusal(.claimMissing, "claim \"exp\" not present") }
        guard expiry >= subject.now else { throw Refusal(.expired, "exp \(expiry), now \(subject.now)") }
    }

    static let notBefore = TokenRule(name: "nbf") { subject throws(Refusal) in
        guard let start = try subject.claims.date("nbf") else { return }
        guard start - notBeforeLeeway <= subject.now else { throw Refusal(.notYetValid, "nbf \(start), now \(subject.now)") }
    }

    /// Only its form is looked at: how old a token may be is for claim validation rules to say.
    static let issuedAt = TokenRule(name: "iat") { subject throws(Refusal) in _ = try subject.claims.date("iat") }

    static let audience = TokenRule(name: "aud") { subject throws(Refusal) in
        if subject.claims.hasPlainString("aud", where: subject.issuer.takes(audience:)) == true { return }
        guard let found = try subject.claims.strings("aud") else { throw Refusal(.claimMissing, "claim \"aud\" not present") }
        guard !found.contains(where: { subject.issuer.takes(audience: $0) }) else { return }
        let expected = subject.issuer.audiences.map(\.text).sorted().map { quoted($0) }.joined(separator: ", ")
        let got = found.prefix(8).map { quoted($0) }.joined(separator: ", ")
        throw Refusal(.audienceMismatch, "expected audience in [\(expected)] got [\(got)]")
    }
}
