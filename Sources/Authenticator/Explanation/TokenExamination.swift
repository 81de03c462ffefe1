import JSON
import Snapshot

/// Looks at a token with the judge's own checks, one by one, and goes on after one has failed.
struct TokenExamination {
    private let authenticator: TokenAuthenticator
    private let token: [UInt8]
    private let keys: (_ issuerURL: String) -> KeySet?
    private let now: Int64
    private(set) var checks: [TokenExplanation.Check] = []
    private(set) var jws: CompactJWS?
    private(set) var issuer: CompiledIssuer?
    private(set) var keyID: String?
    private(set) var user: MappedUser?

    init(_ authenticator: TokenAuthenticator, _ token: [UInt8], keys: @escaping (String) -> KeySet?, now: Int64) {
        (self.authenticator, self.token, self.keys, self.now) = (authenticator, token, keys, now)
    }

    /// Every check, in the order in which the judge makes them.
    mutating func examine() {
        let parsed = check("form", "\(token.count) bytes") { [token] () throws(Refusal) in try CompactJWS(token) }
        guard let jws = parsed else { return }
        self.jws = jws
        let found = check("iss", text(of: jws.claims["iss"])) { [authenticator] () throws(Refusal) -> CompiledIssuer in
            let iss = try jws.claims.string("iss")
            guard let issuer = authenticator.compiled.issuer(named: iss) else {
                throw Refusal(.issuerUnknown, "iss \(quoted(iss))")
            }
            return issuer
        }
        guard let issuer = found else { return }
        self.issuer = issuer
        checkSignature(jws, issuer)
        let subject = TokenRule.Subject(claims: jws.claims, issuer: issuer, now: now)
        for rule in TokenRule.all {
            check(rule.name, text(of: jws.claims[rule.name])) { () throws(Refusal) in try rule.check(subject) }
        }
        checkOtherClaims(jws.claims, issuer)
        checkIdentity(jws.claims, issuer)
    }

    /// Nobody is asked: an explanation shows the token to nobody.
    private mutating func checkOtherClaims(_ claims: TokenClaims, _ issuer: CompiledIssuer) {
        guard TokenInquiry.isNeeded(for: claims, issuer) else { return }
        let inquiry = TokenInquiry(token: token, claims: claims, issuer: issuer, compiled: authenticator.compiled)
        let name = "external claims"
        do throws(Refusal) {
            switch try inquiry.gather([:], keys, now) {
            case .claims: checks.append(.init(name: name, value: "none are needed", verdict: .passed))
            case .ask(let questions):
                let destinations = questions.map { oneLine($0.destination, limit: 200) }.joined(separator: ", ")
                let why = "workers ask for them; this was not done here"
                checks.append(.init(name: name, value: destinations, verdict: .skipped(why)))
            }
        } catch {
            checks.append(.init(name: name, value: "", verdict: .failed(error)))
        }
    }

    private mutating func checkSignature(_ jws: CompactJWS, _ issuer: CompiledIssuer) {
        let header = check("header", text(of: jws.headerObject)) { () throws(Refusal) in
            let header = try jws.header()
            _ = try jws.signature()
            return header
        }
        guard let header else { return }
        let set = keys(issuer.issuerURL)
        let names = (set?.keys ?? []).prefix(8).map { $0.keyID.map { quoted($0) } ?? "without kid" }
        let usable = check("keys", names.isEmpty ? "none" : names.joined(separator: ", ")) { () throws(Refusal) -> KeySet in
            guard let set, set.isUsable else {
                throw Refusal(.providerUnavailable, "no usable keys of \(quoted(issuer.name)) yet")
            }
            return set
        }
        guard let usable else { return }
        let value = "\(header.algorithm.rawValue), \(header.keyID.map { "kid \(quoted($0))" } ?? "no kid")"
        let key = check("signature", value) { () throws(Refusal) in
            try usable.key(of: header, whichMade: try jws.signature(), over: jws.signedText)
        }
        keyID = key?.keyID
    }

    private mutating func checkIdentity(_ claims: TokenClaims, _ issuer: CompiledIssuer) {
        let scope = ClaimScope(claims, issuer.readClaims)
        let mapping = issuer.mapping
        let username = check("username", mapping.username.words) { () throws(Refusal) in try mapping.usernameText(scope) }
        let uid = check("uid", mapping.uid?.words ?? "not mapped") { () throws(Refusal) in
            try mapping.uid.map { source throws(Refusal) in try mapping.text(source, scope, named: "uid") } ?? ""
        }
        let groups = check("groups", mapping.groups?.words ?? "not mapped") { () throws(Refusal) in
            try mapping.groupNames(scope)
        }
        let extra = check("extra", "\(mapping.extra.count) expressions") { () throws(Refusal) in
            try mapping.extraValues(scope)
        }
        for (index, condition) in issuer.claimConditions.enumerated() {
            check("claimValidationRules[\(index)]", condition.words) { () throws(Refusal) in try condition.check(scope) }
        }
        guard let username, let uid, let groups, let extra else { return }
        let user = MappedUser(username: username, uid: uid, groups: groups, extra: extra)
        self.user = user
        for rule in UserRule.all {
            check("user: \(rule.name)", "") { () throws(Refusal) in try rule.check(user, issuer.allowsReservedNames) }
        }
        let userScope = UserScope(user, issuer.readUser)
        for (index, condition) in issuer.userConditions.enumerated() {
            check("userValidationRules[\(index)]", oneLine(condition.expression.text, limit: 300)) { () throws(Refusal) in
                try condition.check(userScope)
            }
        }
    }

    @discardableResult
    private mutating func check<Value>(
        _ name: String,
        _ value: String,
        _ body: () throws(Refusal) -> Value
    ) -> Value? {
        do throws(Refusal) {
            let result = try body()
            checks.append(.init(name: name, value: value, verdict: .passed))
            return result
        } catch {
            checks.append(.init(name: name, value: value, verdict: .failed(error)))
            return nil
        }
    }

    private func text(of value: JSONValue?) -> String {
        value.map { oneLine(JSONWriter.text(of: $0), limit: 200) } ?? "not present"
    }
}

extension ClaimMapping.Source {
    fileprivate var words: String {
        switch self {
        case .claim(let name, ""): "claim \(quoted(name))"
        case .claim(let name, let prefix): "claim \(quoted(name)) with prefix \(quoted(prefix))"
        case .expression(let expression): oneLine(expression.text, limit: 300)
        }
    }
}

extension CompiledIssuer.ClaimCondition {
    fileprivate var words: String {
        switch self {
        case .requiredClaim(let name, let value): "claim \(quoted(name)) must be \(quoted(value))"
        case .expression(let expression, _): oneLine(expression.text, limit: 300)
        }
    }
}
