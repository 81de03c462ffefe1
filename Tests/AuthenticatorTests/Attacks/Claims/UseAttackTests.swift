import Foundation
import JSON
import Snapshot
import Synchronization
import Testing

@testable import Authenticator

/// Attacks 43 to 45: tokens that lead elsewhere, come again, or belong to somebody with a key.
struct UseAttackTests {
    // MARK: 43

    private static func distributed(_ name: String, _ verdict: Verdict, endpoint: String, claim: String = "groups") -> Attack {
        .signed(name, verdict) {
            $0.claims["_claim_names"] = [claim: "src"]
            $0.claims["_claim_sources"] = ["src": ["endpoint": .string(endpoint), "access_token": "secret"]]
        }
    }

    static let sources: [Attack] = [
        // Asked for, and here nobody answers.
        distributed("groups elsewhere", .unknowable(.claimsSourceUnavailable), endpoint: "https://idp.example/groups"),
        distributed("a machine's own data", .refused(.distributedClaims), endpoint: "http://169.254.169.254/latest/meta-data"),
        distributed("a file", .refused(.distributedClaims), endpoint: "file:///etc/passwd"),
        .signed("a source that does not exist", .refused(.distributedClaims)) { $0.claims["_claim_names"] = ["photo": "src"] },
        .signed("names that are no object", .refused(.claimType)) { $0.claims["_claim_names"] = "groups" },
        .signed("a source that is no string", .refused(.distributedClaims)) { $0.claims["_claim_names"] = ["photo": ["src"]] },
        .signed("the user elsewhere", .refused(.claimMissing)) {
            $0.claims["sub"] = nil
            $0.claims["_claim_names"] = ["sub": "src"]
            $0.claims["_claim_sources"] = ["src": ["endpoint": "https://attacker.example"]]
        },
        distributed("no address: nobody is asked, and there are no groups", .accepted, endpoint: ""),
        distributed("a claim that nobody asks for", .accepted, endpoint: "http://169.254.169.254/", claim: "photo"),
    ]

    @Test("Attack 43: claims that are somewhere else", arguments: sources)
    func refusesSources(_ attack: Attack) throws { try attack.check() }

    /// Groups within a nested token are nobody's word: they are not read either.
    @Test("Attack 43: aggregated groups are not taken over")
    func aggregated() throws {
        let inner = try TestToken.claims { $0["groups"] = ["admins"] }.signed(by: TestKey.makeP256("x"))
        let decision = try Attack.signed("aggregated", .accepted) {
            $0.claims["_claim_names"] = ["groups": "src"]
            $0.claims["_claim_sources"] = ["src": ["JWT": .string(inner)]]
        }
        .decision()
        #expect(decision.identity?.groups == [])
    }

    // MARK: 44

    /// A bearer token is made to be used again. What is made to be used once (logout tokens, assertions, proofs) is no credential here,
    /// and every use of a token says which one it was.
    @Test("Attack 44: a token that comes again")
    func replay() throws {
        let bench = try Bench()
        let token = TestToken.claims { $0["jti"] = "once" }
        let signed = try token.signed(by: bench.keys.p256)
        for _ in 0..<3 {
            let identity = try bench.judge(signed).identity
            #expect(identity?.extra == ["authentication.kubernetes.io/credential-id": ["JTI=once"]])
            #expect(identity?.expiry == TestToken.now + 3600)
        }
        #expect(try bench.judge(signed, now: TestToken.now + 3601).verdict == .refused(.expired))
        #expect(try bench.judge(signed, now: .max).verdict == .refused(.expired))
    }

    @Test("Attack 44: the name of a credential cannot be chosen", arguments: ["claims.sub", "'JTI=other'"])
    func credentialID(expression: String) throws {
        let bench = try Bench {
            $0.claimMappings.extra = [.init(key: "authentication.kubernetes.io/credential-id", valueExpression: expression)]
        }
        #expect(throws: SnapshotProblem.self) { try bench.judge(TestToken.good()) }
    }

    static let oneTimeTokens: [Attack] = [
        .signed("a logout token", .refused(.tokenTypeNotAllowed)) {
            $0.claims["jti"] = "1"
            $0.claims["events"] = ["http://schemas.openid.net/event/backchannel-logout": [:]]
        },
        .signed("a client's assertion", .notMine(.issuerUnknown)) {
            $0.claims["jti"] = "1"
            $0.claims["iss"] = "client"
            $0.claims["sub"] = "client"
        },
        .signed("a proof for one request", .refused(.tokenTypeNotAllowed)) {
            $0.header["typ"] = "dpop+jwt"
            $0.claims["jti"] = "1"
        },
    ]

    @Test("Attack 44: tokens that are good once are no credentials", arguments: oneTimeTokens)
    func refusesOneTimeToken(_ attack: Attack) throws { try attack.check() }

    // MARK: 45

    static let bindings: [(name: String, cnf: JSONValue)] = [
        ("a key of DPoP", ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"]),
        ("a client certificate", ["x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"]),
        ("both", ["jkt": "a", "x5t#S256": "b"]),
        ("a key", ["jwk": ["kty": "EC"]]), ("an encrypted key", ["jwe": "x"]), ("the name of a key", ["kid": "x"]),
        ("the address of keys", ["jku": "https://attacker.example", "kid": "x"]),
        ("something new", ["quantum": 1]), ("nothing", [:]), ("a string", "x"), ("a list", ["jkt"]), ("false", false),
        ("a name with a line break", ["a\r\nb": 1]),
    ]

    @Test("Attack 45: a token that is bound to a key is no bearer token", arguments: bindings)
    func bound(_ binding: (name: String, cnf: JSONValue)) throws {
        try Attack.claim("cnf", binding.cnf, binding.name, .refused(.tokenBound)).check()
    }

    @Test("Attack 45: the type DPoP does not lift the binding", arguments: ["DPoP", "Bearer", "dpop"])
    func tokenType(type: String) throws {
        try Attack.signed(type, .refused(.tokenBound)) {
            $0.claims["token_type"] = .string(type)
            $0.claims["cnf"] = ["jkt": "x"]
        }
        .check()
        try Attack.claim("cnf", .null, "null is nothing", .accepted).check()
    }
}
