import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Every algorithm accepts its own signatures and nothing else.
struct SignatureTests {
    static let algorithms = SignatureAlgorithm.allCases.map(\.rawValue)

    @Test(arguments: algorithms)
    func acceptsAGoodToken(algorithm: String) throws {
        let bench = try Bench()
        let key = bench.keys.fitting(algorithm)
        #expect(try bench.judge(TestToken(alg: algorithm, kid: key.kid)).verdict == .accepted)
        #expect(try bench.judge(TestToken(alg: algorithm)).verdict == .accepted, "without kid")
    }

    @Test(arguments: algorithms)
    func refusesChangedText(algorithm: String) throws {
        let bench = try Bench()
        let key = bench.keys.fitting(algorithm)
        var token = TestToken(alg: algorithm, kid: key.kid)
        let signature = base64url(try key.signature(of: token.signedText, by: algorithm))
        token.claims["sub"] = "admin"
        #expect(try bench.judge(token.signedText + "." + signature).verdict == .refused(.signatureInvalid))
        token = TestToken(alg: algorithm, kid: key.kid)
        token.header["typ"] = "at+jwt"
        #expect(try bench.judge(token.signedText + "." + signature).verdict == .refused(.signatureInvalid))
    }

    @Test(arguments: algorithms)
    func refusesChangedSignatures(algorithm: String) throws {
        let bench = try Bench()
        let key = bench.keys.fitting(algorithm)
        let text = TestToken(alg: algorithm, kid: key.kid).signedText
        let good = Array(try key.signature(of: text, by: algorithm))
        var changed: [(String, [UInt8])] = [
            ("empty", []), ("one byte", [0]), ("zeros", .init(repeating: 0, count: good.count)),
            ("ones", .init(repeating: 255, count: good.count)), ("short", good.dropLast()), ("long", good + [0]),
            ("zero in front", [0] + good),
            ("twice", good + good), ("reversed", good.reversed()),
        ]
        for position in [0, good.count / 2, good.count - 1] {
            var flipped = good
            flipped[position] ^= 1
            changed.append(("bit in byte \(position)", flipped))
        }
        for (name, signature) in changed {
            #expect(try bench.judge(text + "." + base64url(signature)).verdict == .refused(.signatureInvalid), "\(name)")
        }
    }

    /// A signature by one algorithm is none by another, though the key could make both.
    @Test(arguments: algorithms, algorithms)
    func keepsAlgorithmsApart(signed: String, claimed: String) throws {
        let bench = try Bench()
        let key = bench.keys.fitting(signed)
        let token = TestToken(alg: claimed, kid: key.kid)
        let verdict = try bench.judge(try token.signed(by: key, alg: signed)).verdict
        let same = signed == claimed || Set([signed, claimed]) == ["EdDSA", "Ed25519"]
        if same {
            #expect(verdict == .accepted)
        } else if bench.keys.fitting(claimed).kid == key.kid {
            #expect(verdict == .refused(.signatureInvalid))
        } else {
            #expect(verdict == .refused(.keyUnfit))
        }
    }

    @Test func refusesAKeyThatPublishesAnotherAlgorithm() throws {
        var bench = try Bench()
        bench.keySets[TestToken.issuerURL] = try Bench.keySet([bench.keys.rsa.jwk { $0["alg"] = "RS256" }])
        #expect(try bench.judge(TestToken(alg: "RS256", kid: "rsa")).verdict == .accepted)
        #expect(try bench.judge(TestToken(alg: "PS256", kid: "rsa")).verdict == .refused(.keyUnfit))
        #expect(try bench.judge(TestToken(alg: "RS512", kid: "rsa")).verdict == .refused(.keyUnfit))
    }
}

/// Which keys a token is tried with.
struct KeyChoiceTests {
    @Test func triesOnlyKeysOfTheName() throws {
        let bench = try Bench()
        let token = try TestToken(alg: "ES256", kid: "p384").signed(by: bench.keys.p256)
        #expect(try bench.judge(token).verdict == .refused(.keyUnfit))
        let unknown = try bench.judge(TestToken(alg: "ES256", kid: "P256"))
        #expect(unknown.verdict == .refused(.keyUnknown))
        #expect(unknown.refusal?.callsForFreshKeys == true)
        #expect(unknown.refusal?.provider == "idp")
        #expect(unknown.refusal?.issuerURL == TestToken.issuerURL)
    }

    @Test func triesAllKeysOfTheSameName() throws {
        var bench = try Bench()
        let two = [TestKey.makeP256("same"), TestKey.makeP256("same"), bench.keys.rsa.named("same")]
        bench.keySets[TestToken.issuerURL] = try Bench.keySet(two.map { try $0.jwk() })
        for key in two.prefix(2) {
            #expect(try bench.judge(try TestToken(alg: "ES256", kid: "same").signed(by: key)).verdict == .accepted)
        }
        #expect(try bench.judge(try TestToken(alg: "RS256", kid: "same").signed(by: two[2])).verdict == .accepted)
    }

    @Test func triesAFewKeysOnlyWithoutAName() throws {
        var bench = try Bench()
        let keys = (0...KeySet.maximumTries).map { TestKey.makeP256("k\($0)") }
        bench.keySets[TestToken.issuerURL] = try Bench.keySet(keys.map { try $0.jwk() })
        let last = keys[KeySet.maximumTries - 1]
        #expect(try bench.judge(try TestToken().signed(by: last)).verdict == .accepted)
        let beyond = keys[KeySet.maximumTries]
        #expect(try bench.judge(try TestToken().signed(by: beyond)).verdict == .refused(.signatureInvalid))
        #expect(try bench.judge(try TestToken(kid: beyond.kid).signed(by: beyond)).verdict == .accepted)
    }

    @Test func takesAnEmptyNameForNone() throws {
        #expect(try Bench().judge(TestToken(alg: "ES256", kid: "")).verdict == .accepted)
    }

    @Test func findsAKeyWithoutNameOnlyForATokenWithoutName() throws {
        var bench = try Bench()
        let key = TestKey.makeP256(nil)
        bench.keySets[TestToken.issuerURL] = try Bench.keySet([key.jwk()])
        #expect(try bench.judge(try TestToken().signed(by: key)).verdict == .accepted)
        #expect(try bench.judge(try TestToken(kid: "x").signed(by: key)).verdict == .refused(.keyUnknown))
    }

    @Test func saysWhyTheNamedKeyIsUnusable() throws {
        var bench = try Bench()
        bench.keySets[TestToken.issuerURL] = try Bench.keySet([bench.keys.p256.jwk { $0["use"] = "enc" }, bench.keys.rsa.jwk()])
        let decision = try bench.judge(TestToken(kid: "p256"))
        #expect(decision.verdict == .refused(.keyUnfit))
        #expect(decision.refusal?.detail.contains("enc") == true)
    }

    @Test func cannotKnowWithoutKeys() throws {
        var bench = try Bench()
        bench.keySets = [:]
        #expect(try bench.judge(TestToken.good()).verdict == .unknowable(.providerUnavailable))
        bench.keySets[TestToken.issuerURL] = try Bench.keySet([])
        #expect(try bench.judge(TestToken.good()).verdict == .unknowable(.providerUnavailable))
        // What is bad whatever the keys are needs none.
        #expect(try bench.judge(TestToken(alg: "none").signedText + ".").verdict == .refused(.algorithmNotAllowed))
    }

    /// Two providers with a key of the same name: each is tried with its own.
    @Test func keepsProvidersApart() throws {
        var bench = try Bench()
        var other = bench.snapshot.issuers[0]
        other.name = "other"
        other.issuerURL = "https://other.example"
        other.claimMappings.username = .claim("sub", prefix: "other:")
        bench.snapshot.issuers.append(other)
        let (ours, theirs) = (TestKey.makeP256("1"), TestKey.makeP256("1"))
        bench.keySets = [
            TestToken.issuerURL: try Bench.keySet([ours.jwk()]), other.issuerURL: try Bench.keySet([theirs.jwk()]),
        ]
        let token = TestToken(kid: "1")
        #expect(try bench.judge(try token.signed(by: ours)).identity?.username == "idp:u-1")
        #expect(try bench.judge(try token.signed(by: theirs)).verdict == .refused(.signatureInvalid))
        var foreign = token
        foreign.claims["iss"] = .string(other.issuerURL)
        #expect(try bench.judge(try foreign.signed(by: theirs)).identity?.username == "other:u-1")
        #expect(try bench.judge(try foreign.signed(by: ours)).verdict == .refused(.signatureInvalid))
    }
}
