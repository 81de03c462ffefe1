import Crypto
import CryptoExtras
import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 1 to 5: the attacker chooses the algorithm.
struct AlgorithmAttackTests {
    // MARK: 1

    static let unsigned: [Attack] = ["none", "None", "NONE", "nOnE", "", "null", "NonE\u{200B}"].flatMap { name in
        [
            Attack("\"\(name)\", empty signature", .refused(.algorithmNotAllowed)) { _ in
                TestToken(alg: name).signedText + "."
            },
            Attack("\"\(name)\", the signature of a good token", .refused(.algorithmNotAllowed)) { keys in
                let text = TestToken(alg: name).signedText
                return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
            },
        ]
    }

    static let otherAlgorithms = ["rs256", "es256", "RS1", "ES256K", "ES256\u{0}", "RSA1_5", "RSA-OAEP", "dir", "A128KW"].map {
        name in
        Attack("\"\(name)\"", .refused(.algorithmNotAllowed)) { _ in TestToken(alg: name).signedText + "." }
    }

    @Test("Attack 1: alg none, or nothing that proves anything", arguments: unsigned + otherAlgorithms)
    func refusesUnsigned(_ attack: Attack) throws { try attack.check() }

    /// The signature's part may not be left away either.
    @Test("Attack 1: no signature at all")
    func withoutSignature() throws {
        try Attack("two parts", .notMine(.malformed)) { _ in TestToken(alg: "none").signedText }.check()
        for algorithm in ["RS256", "ES256", "PS256", "EdDSA"] {
            try Attack(algorithm, .refused(.signatureInvalid)) { _ in TestToken(alg: algorithm).signedText + "." }.check()
        }
    }

    // MARK: 2

    /// The public key, in every form an attacker has it.
    static let publicKeys: [(name: String, kid: String, bytes: @Sendable (Attack.Keys) throws -> Data)] = [
        ("PEM", "rsa", { Data(try rsa($0).pemRepresentation.utf8) }),
        ("PEM with a line break", "rsa", { Data((try rsa($0).pemRepresentation + "\n").utf8) }),
        ("DER", "rsa", { try rsa($0).derRepresentation }),
        ("modulus", "rsa", { try rsa($0).getKeyPrimitives().modulus }),
        ("JWK", "rsa", { Data(JSONWriter.bytes(of: try $0.rsa.jwk())) }),
        ("point", "p256", { try p256($0).x963Representation }),
        ("PEM of the point", "p256", { Data(try p256($0).pemRepresentation.utf8) }),
        ("nothing", "rsa", { _ in Data() }),
    ]

    static let confusion: [Attack] = publicKeys.flatMap { key in
        ["HS256", "HS384", "HS512"].map { algorithm in
            Attack("\(algorithm) with the \(key.name) of the public key", .refused(.algorithmNotAllowed)) { keys in
                hmac(TestToken(alg: algorithm, kid: key.kid), algorithm, try key.bytes(keys))
            }
        } + [
            Attack("an HMAC with the \(key.name) where RS256 is claimed", .refused(.signatureInvalid)) { keys in
                hmac(TestToken(alg: "RS256", kid: "rsa"), "HS256", try key.bytes(keys))
            }
        ]
    }

    @Test("Attack 2: the public key as the secret of an HMAC", arguments: confusion)
    func refusesConfusion(_ attack: Attack) throws { try attack.check() }

    // MARK: 3

    static let clientSecret = "a-client-secret-that-the-attacker-knows"

    static let secrets: [Attack] = [
        Attack("kid is the client", .refused(.algorithmNotAllowed)) { _ in
            hmac(TestToken(alg: "HS256", kid: "client"), "HS256", Data(clientSecret.utf8))
        },
        Attack("no kid", .refused(.algorithmNotAllowed)) { _ in
            hmac(TestToken(alg: "HS256"), "HS256", Data(clientSecret.utf8))
        },
        Attack("a secret among the provider's keys", .refused(.algorithmNotAllowed), jwks: secretAmongKeys) { _ in
            hmac(TestToken(alg: "HS256", kid: "client"), "HS256", Data(clientSecret.utf8))
        },
        Attack("a secret among the provider's keys where ES256 is claimed", .refused(.keyUnfit), jwks: secretAmongKeys) { _ in
            hmac(TestToken(alg: "ES256", kid: "client"), "HS256", Data(clientSecret.utf8))
        },
    ]

    private static let secretAmongKeys: @Sendable (Attack.Keys) throws -> [JSONValue] = {
        [["kty": "oct", "kid": "client", "k": .string(base64url(clientSecret.utf8))], try $0.p256.jwk()]
    }

    @Test("Attack 3: the client's secret as the key", arguments: secrets)
    func refusesClientSecret(_ attack: Attack) throws { try attack.check() }

    // MARK: 4

    static let unprotected: [Attack] = [
        Attack("flattened JSON, alg in the unprotected header", .notMine(.malformed)) { keys in
            let claims = base64url(JSONWriter.bytes(of: TestToken.good().claims))
            return #"{"header":{"alg":"none"},"payload":"\#(claims)","signature":""}"#
        },
        Attack("general JSON, alg in the unprotected header", .notMine(.malformed)) { keys in
            let claims = base64url(JSONWriter.bytes(of: TestToken.good().claims))
            return #"{"payload":"\#(claims)","signatures":[{"header":{"alg":"none"},"signature":""}]}"#
        },
        Attack("compact, the whole header as a member of another", .refused(.malformed)) {
            try TestToken.good { $0.headerText = #"{"header":{"alg":"ES256","kid":"p256"}}"# }.signed(by: $0.p256, alg: "ES256")
        },
        .signed("no alg", .refused(.malformed)) { $0.header["alg"] = nil },
        .signed("alg is a list", .refused(.malformed)) { $0.header["alg"] = ["ES256"] },
        .signed("alg is null", .refused(.malformed)) { $0.header["alg"] = .null },
        .signed("alg twice", .refused(.malformed)) { $0.headerText = #"{"alg":"none","alg":"ES256","kid":"p256"}"# },
        .signed("alg twice, once escaped", .refused(.malformed)) {
            $0.headerText = #"{"alg":"ES256","\u0061lg":"none","kid":"p256"}"#
        },
    ]

    @Test("Attack 4: the algorithm from a header that nobody signed", arguments: unprotected)
    func refusesUnprotected(_ attack: Attack) throws { try attack.check() }

    // MARK: 5

    static let mismatches: [Attack] = [
        Attack("RS256 by the name of an EC key", .refused(.keyUnfit)) {
            try TestToken(alg: "RS256", kid: "p256").signed(by: $0.rsa)
        },
        Attack("ES384 by the name of a P-256 key", .refused(.keyUnfit)) {
            try TestToken(alg: "ES384", kid: "p256").signed(by: $0.p384)
        },
        Attack("EdDSA by the name of an RSA key", .refused(.keyUnfit)) {
            try TestToken(alg: "EdDSA", kid: "rsa").signed(by: $0.ed25519)
        },
        rsaKey("PS256 by a key published for RS256", "PS256") { $0["alg"] = "RS256" },
        rsaKey("RS512 by a key published for RS256", "RS512") { $0["alg"] = "RS256" },
        rsaKey("a key published for encryption", "RS256") { $0["use"] = "enc" },
        rsaKey("a key whose alg is of encryption", "RS256") { $0["alg"] = "RSA-OAEP-256" },
        rsaKey("a key whose operations leave out verify", "RS256") { $0["key_ops"] = ["encrypt", "wrapKey"] },
        rsaKey("a key whose private half is public", "RS256") { $0["d"] = "AQAB" },
        Attack("somebody else's key", .refused(.signatureInvalid)) {
            try TestToken(alg: "RS256", kid: "rsa").signed(by: $0.otherRSA)
        },
        Attack(
            "a type that a Kelvin sign makes look known",
            .refused(.keyUnfit),
            jwks: { keys in
                [try keys.ed25519.jwk { $0["kty"] = "O\u{212A}P" }, try keys.p256.jwk()]
            }
        ) { try TestToken(alg: "EdDSA", kid: "ed25519").signed(by: $0.ed25519) },
    ]

    @Test("Attack 5: a key for another purpose or of another type", arguments: mismatches)
    func refusesMismatch(_ attack: Attack) throws { try attack.check() }
}

// MARK: - Making them

extension AlgorithmAttackTests {
    private static func rsa(_ keys: Attack.Keys) throws -> _RSA.Signing.PublicKey {
        guard case .rsa(let key) = keys.rsa.material else { throw WrongKey() }
        return key.publicKey
    }

    private static func p256(_ keys: Attack.Keys) throws -> P256.Signing.PublicKey {
        guard case .p256(let key) = keys.p256.material else { throw WrongKey() }
        return key.publicKey
    }

    /// Signed well by an RSA key that is published in a way that forbids it.
    private static func rsaKey(_ name: String, _ algorithm: String, _ change: @escaping @Sendable (inout JSONValue) -> Void)
        -> Attack
    {
        Attack(name, .refused(.keyUnfit), jwks: { [try $0.rsa.jwk(change), try $0.p256.jwk()] }) {
            try TestToken(alg: algorithm, kid: "rsa").signed(by: $0.rsa)
        }
    }

    private static func hmac(_ token: TestToken, _ algorithm: String, _ secret: Data) -> String {
        let key = SymmetricKey(data: secret)
        let text = Data(token.signedText.utf8)
        let code =
            switch algorithm {
            case "HS384": Data(HMAC<SHA384>.authenticationCode(for: text, using: key))
            case "HS512": Data(HMAC<SHA512>.authenticationCode(for: text, using: key))
            default: Data(HMAC<SHA256>.authenticationCode(for: text, using: key))
            }
        return token.signedText + "." + base64url(code)
    }
}
