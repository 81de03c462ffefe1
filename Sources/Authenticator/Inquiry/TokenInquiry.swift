import JSON

/// A token whose signature and standard claims hold, while its groups or other claims are still to be asked for.
struct TokenInquiry: Sendable {
    let token: [UInt8]
    let claims: TokenClaims
    let issuer: CompiledIssuer
    /// To find out whether the signer of a distributed claim is configured.
    let compiled: CompiledSnapshot

    /// What others say about somebody is used for a minute at most, however long his token is good.
    static let longestUse: Int64 = 60

    /// Whether anything has to be asked for at all; nearly no token needs it.
    static func isNeeded(for claims: TokenClaims, _ issuer: CompiledIssuer) -> Bool {
        !issuer.claimsSources.isEmpty || claims.contains("_claim_names")
    }

    /// What others say in addition to the token, as far as the answers go.
    enum Gathering: Sendable {
        /// `isAsked`: anybody was asked at all.
        case claims([(name: String, value: JSONValue)], isAsked: Bool)
        case ask([Question])
    }

    /// - Parameter key: the one that made the token's signature.
    func begin(_ key: VerificationKey, keys: PendingDecision.KeyLookup, now: Int64) -> Verdict {
        let attribute = { @Sendable [issuer] (refusal: Refusal) in
            refusal.of(provider: issuer.name, issuerURL: issuer.issuerURL).naming(keyID: key.keyID)
        }
        return PendingDecision.begin(keys: keys, now: now, attribute: attribute) {
            answers,
            keys,
            now throws(Refusal) in
            switch try gather(answers, keys, now) {
            case .ask(let questions): return .ask(questions)
            case .claims(let found, let isAsked): return .identity(try identity(found, isAsked, key, now))
            }
        }
    }

    func gather(
        _ answers: [Question: Answer],
        _ keys: PendingDecision.KeyLookup,
        _ now: Int64
    ) throws(Refusal) -> Gathering {
        var found: [(name: String, value: JSONValue)] = []
        var questions: [Question] = []
        var isAsked = false
        switch try DistributedClaim(self)?.resolved(answers, keys, now) {
        case nil: break
        case .value(let name, let value):
            found.append((name, value))
            isAsked = true
        case .ask(let question): questions.append(question)
        }
        let scope = ClaimScope(claims, issuer.readBySources)
        for source in issuer.claimsSources {
            guard let question = try source.question(scope, token: token, issuer: issuer) else { continue }
            isAsked = true
            if let answer = answers[question] {
                found += try source.claims(from: answer)
            } else if !questions.contains(question) {
                questions.append(question)
            }
        }
        return questions.isEmpty ? .claims(found, isAsked: isAsked) : .ask(questions)
    }

    private func identity(
        _ found: [(name: String, value: JSONValue)],
        _ isAsked: Bool,
        _ key: VerificationKey,
        _ now: Int64
    ) throws(Refusal) -> Identity {
        let expiry = try claims.date("exp") ?? now
        let all =
            found.isEmpty ? claims : TokenClaims(JSONOutline(JSONObject(claims.object.map { ($0.name, $0.value) } + found)))
        return try issuer.identity(all, key: key, expiry: isAsked ? min(expiry, now + Self.longestUse) : expiry)
    }
}
