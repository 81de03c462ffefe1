import Crypto
import Foundation
import JSON
import Snapshot
import Synchronization
import Testing

@testable import Authenticator

/// Attack 21: learning from answers, or from how long they take.
struct OracleAttackTests {
    /// Claims that would each be refused for a reason of their own, if anybody had signed them.
    static let claims: [(name: String, change: @Sendable (inout JSONValue) -> Void)] = [
        ("good", { _ in }),
        ("expired", { $0["exp"] = 1 }),
        ("not yet valid", { $0["nbf"] = 9_999_999_999 }),
        ("another audience", { $0["aud"] = "other" }),
        ("no subject", { $0["sub"] = nil }),
        ("a reserved name", { $0["sub"] = "system:admin" }),
        ("bound", { $0["cnf"] = ["jkt": "x"] }),
        ("a logout", { $0["events"] = ["http://schemas.openid.net/event/backchannel-logout": [:]] }),
        ("groups elsewhere", { $0["_claim_names"] = ["groups": "nowhere"] }),
        ("a claim rule that fails", { $0["hd"] = "other" }),
    ]

    @Test("Attack 21: nothing is told about claims that nobody signed", arguments: claims.indices, ["ES256", "RS256", "EdDSA"])
    func forgedClaims(index: Int, algorithm: String) throws {
        let bench = try Bench { $0.claimValidationRules = [.requiredClaim(claim: "hd", requiredValue: "x")] }
        var token = TestToken(alg: algorithm, kid: bench.keys.fitting(algorithm).kid)
        Self.claims[index].change(&token.claims)
        let forged = try bench.judge(token.signedText + "." + base64url([UInt8](repeating: 1, count: 64)))
        #expect(forged.verdict == .refused(.signatureInvalid))
        #expect(forged.refusal?.description == "signature_invalid: kid \"\(bench.keys.fitting(algorithm).kid ?? "")\"")
        #expect(try bench.judge(token).verdict != .refused(.signatureInvalid), "the provider's own word is answered to")
    }

    private final class Recorder: OpaqueTokenLookup {
        let asked = Mutex<[String]>([])
        func find(hashName: String) -> OpaqueToken? {
            asked.withLock { $0.append(hashName) }
            return nil
        }
    }

    /// No comparison ever touches an opaque token itself, so its timing tells nothing that helps to guess one.
    @Test("Attack 21: an opaque token is looked up by its hash only", arguments: ["secret", "sha256~secret", "x"])
    func opaqueToken(secret: String) throws {
        let recorder = Recorder()
        let compiled = try CompiledSnapshot.compile(WorkerSnapshot(revision: 1, mode: .integratedOAuth))
        let decision = TokenAuthenticator(compiled).judge(
            "sha256~" + secret,
            keys: { _ in nil },
            opaqueTokens: recorder,
            now: TestToken.now
        )
        #expect(decision.refusal?.description == "token_unknown")
        let hash = base64url(SHA256.hash(data: Data(secret.utf8)))
        #expect(recorder.asked.withLock(\.self) == ["sha256~" + hash])
    }
}
