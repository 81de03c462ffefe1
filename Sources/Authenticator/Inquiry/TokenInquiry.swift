import JSON

/// A token whose signature and standard claims hold, while its groups or other claims are still to be asked for.
struct TokenInquiry: Sendable {
    let token: [UInt8]
    let claims: TokenClaims
    let issuer: CompiledIssuer
    let key: VerificationKey
    /// To find out whether the signer of a distributed claim is configured.
    let compiled: CompiledSnapshot

    /// What others say about somebody is used for a minute at most, however long his token is good.
    static let longestUse: Int64 = 60

    /// Whether anything has to be asked for at all; nearly no token needs it.
    static func isNeeded(for claims: TokenClaims, _ issuer: CompiledIssuer) -> Bool {
        !issuer.claimsSources.isEmpty || claims.contains("_claim_names")
    }

    func begin(keys: PendingDecision.KeyLookup, now: Int64) -> Verdict {
        let attribute = { @Sendable [issuer, key] (refusal: Refusal) in
            refusal.of(provider: issuer.name, issuerURL: issuer.issuerURL).naming(keyID: key.keyID)
        }
        return PendingDecision.begin(keys: keys, now: now, attribute: attribute) {
            answers,
            keys,
            now throws(Refusal) in
            try step(answers, keys, now)
        }
    }

    private func step(
        _ answers: [Question: Answer],
        _ keys: PendingDecision.KeyLookup,
        _ now: Int64
    ) throws(Refusal) -> InquiryStep {
        var found: [(String, JSONValue)] = []
        var questions: [Question] = []
        var asked = false
        switch try DistributedClaim(self)?.resolved(answers, keys, now) {
        case nil: break
        case .value(let name, let value):
            found.append((name, value))
            asked = true
        case .ask(let question): questions.append(question)
        }
        if !issuer.claimsSources.isEmpty {
            let scope = ClaimScope(claims, issuer.readBySources)
            for source in issuer.claimsSources {
                guard let question = try source.question(scope, token: token, issuer: issuer) else { continue }
                asked = true
                if let answer = answers[question] {
                    found += try source.claims(from: answer)
                } else if !questions.contains(question) {
                    questions.append(question)
                }
            }
        }
        guard questions.isEmpty else { return .ask(questions) }
        let expiry = try claims.date("exp") ?? now
        let all =
            found.isEmpty ? claims : TokenClaims(JSONOutline(JSONObject(claims.object.map { ($0.name, $0.value) } + found)))
        let limit = asked ? min(expiry, now + Self.longestUse) : expiry
        return .identity(try issuer.identity(all, key: key, expiry: limit))
    }
}
