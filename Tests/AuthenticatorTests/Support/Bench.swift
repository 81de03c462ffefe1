import JSON
import Snapshot
import Testing

@testable import Authenticator

/// A judge with one provider and one key of each type, to be changed at will.
struct Bench: Sendable {
    static let now = TestToken.now

    var snapshot = WorkerSnapshot(
        revision: 1,
        mode: .oidc,
        issuers: [
            Issuer(
                name: "idp",
                issuerURL: TestToken.issuerURL,
                audiences: ["client"],
                claimMappings: ClaimMappings(username: .claim("sub", prefix: "idp:"), groups: .claim("groups", prefix: "g:"))
            )
        ]
    )
    var keySets: [String: KeySet]
    var opaqueTokens: [String: OpaqueToken] = [:]
    let keys: TestKey.Keys

    init(_ change: (inout Issuer) -> Void = { _ in }) throws {
        keys = try TestKey.all.get()
        let jwks = [keys.rsa, keys.p256, keys.p384, keys.p521, keys.ed25519]
        keySets = [TestToken.issuerURL: try Self.keySet(jwks.map { try $0.jwk() })]
        change(&snapshot.issuers[0])
    }

    static func keySet(_ jwks: [JSONValue]) throws -> KeySet {
        try KeySet.parse(JSONWriter.text(of: ["keys": .array(jwks)]))
    }

    func judge(_ token: String, now: Int64 = now) throws -> Decision {
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(snapshot))
        let decision = authenticator.judge(
            token,
            keys: { keySets[$0] },
            opaqueTokens: OpaqueTable(tokens: opaqueTokens),
            now: now
        )
        authenticator.explain(token, keys: { keySets[$0] }, now: now).expectToTell(decision)
        return decision
    }

    /// Judges a token that is signed as its header says.
    func judge(_ token: TestToken, now: Int64 = now) throws -> Decision {
        let decision = try judge(try token.signed(by: keys.fitting(token.header["alg"]?.stringValue ?? "")), now: now)
        if let identity = decision.identity { try expectTheSameOfASample(token, identity, now) }
        return decision
    }

    /// Whoever writes the claims of a good token down is told who it belongs to.
    private func expectTheSameOfASample(_ token: TestToken, _ identity: Identity, _ now: Int64) throws {
        guard token.claimsText == nil, let claims = token.claims.objectValue else { return }
        switch ClaimSample(claims).outcome(in: try CompiledSnapshot.compile(snapshot), now: now) {
        case .user(let user):
            #expect(user.username == identity.username && user.uid == identity.uid)
            #expect(user.groups == identity.groups && user.extra == identity.extra)
        case .refused(let refusal): Issue.record("\(refusal)")
        case .undecided: break
        }
    }
}

struct OpaqueTable: OpaqueTokenLookup {
    let tokens: [String: OpaqueToken]
    func find(hashName: String) -> OpaqueToken? { tokens[hashName] }
}

/// What a decision comes down to, for tables.
enum Verdict: Hashable, Sendable {
    case accepted
    case refused(Refusal.Reason)
    case unknowable(Refusal.Reason)
    case notMine(Refusal.Reason)
}

extension Decision {
    var verdict: Verdict {
        switch self {
        case .authenticated: .accepted
        case .refused(let refusal): .refused(refusal.reason)
        case .unknowable(let refusal): .unknowable(refusal.reason)
        case .notMine(let refusal): .notMine(refusal.reason)
        }
    }
}

extension TokenExplanation {
    /// Every token that any test judges must be explained as it was judged: the first check that failed is the answer.
    func expectToTell(_ decision: Decision, sourceLocation: SourceLocation = #_sourceLocation) {
        guard !checks.isEmpty else { return }
        #expect(self.decision == decision, sourceLocation: sourceLocation)
        let failures = checks.compactMap { if case .failed(let refusal) = $0.verdict { refusal } else { nil } }
        // What is asked for elsewhere is not asked by an explanation.
        if decision.refusal?.reason == .claimsSourceUnavailable { return }
        #expect(failures.first?.reason == decision.refusal?.reason, sourceLocation: sourceLocation)
        #expect(failures.first?.detail == decision.refusal?.detail, sourceLocation: sourceLocation)
        #expect(advice.isEmpty == (decision.identity != nil), sourceLocation: sourceLocation)
    }
}
