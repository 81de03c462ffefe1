import JSON
import Snapshot
import Testing

@testable import Authenticator

/// A token made to get in, and what is to be said to it.
struct Attack: CustomTestStringConvertible, Sendable {
    typealias Keys = TestKey.Keys

    let name: String
    let verdict: Verdict
    let token: @Sendable (Keys) throws -> String
    /// The provider's key set, where it is a part of the attack; nil: a good one.
    let jwks: (@Sendable (Keys) throws -> [JSONValue])?
    let issuer: @Sendable (inout Issuer) -> Void
    var testDescription: String { name }

    init(
        _ name: String,
        _ verdict: Verdict,
        jwks: (@Sendable (Keys) throws -> [JSONValue])? = nil,
        issuer: @escaping @Sendable (inout Issuer) -> Void = { _ in },
        token: @escaping @Sendable (Keys) throws -> String
    ) {
        self.name = name
        self.verdict = verdict
        self.jwks = jwks
        self.issuer = issuer
        self.token = token
    }

    /// A token that the provider itself signed, whatever else it says.
    static func signed(
        _ name: String,
        _ verdict: Verdict,
        issuer: @escaping @Sendable (inout Issuer) -> Void = { _ in },
        _ change: @escaping @Sendable (inout TestToken) -> Void
    ) -> Attack {
        Attack(name, verdict, issuer: issuer) { try TestToken.good(change).signed(by: $0.p256, alg: "ES256") }
    }

    /// The same, with one claim changed.
    static func claim(_ claim: String, _ value: JSONValue?, _ name: String, _ verdict: Verdict) -> Attack {
        signed("\(claim): \(name)", verdict) { $0.claims[claim] = value }
    }

    /// Judges the token without prefixes, so that names reach their own checks.
    func decision() throws -> Decision { try judged().decision }

    private func judged() throws -> (token: String, decision: Decision) {
        var bench = try Bench {
            $0.claimMappings.username = .claim("sub", prefix: "")
            $0.claimMappings.groups = .claim("groups", prefix: "")
            issuer(&$0)
        }
        if let jwks { bench.keySets[TestToken.issuerURL] = try Bench.keySet(try jwks(bench.keys)) }
        let token = try token(bench.keys)
        return (token, try bench.judge(token))
    }

    /// The attack gets its verdict, and what is logged of it is one short line without the token.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (token, decision) = try judged()
        #expect(decision.verdict == verdict, "\(name): \(decision)", sourceLocation: sourceLocation)
        guard let detail = decision.refusal?.description else { return }
        #expect(detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, sourceLocation: sourceLocation)
        #expect(detail.count < 600, sourceLocation: sourceLocation)
        #expect(token.utf8.count < 40 || !detail.contains(token.suffix(40)), sourceLocation: sourceLocation)
    }
}
