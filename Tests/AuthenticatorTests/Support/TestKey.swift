import Crypto
import CryptoExtras
import Foundation
import JSON

/// A provider's signing key, made for the tests; signs and publishes by its own means, not by those of the module under test.
struct TestKey: Sendable {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let kid: String?
    let material: Material

    func named(_ kid: String?) -> TestKey { TestKey(kid: kid, material: material) }

    static func makeRSA(_ kid: String?) throws -> TestKey { TestKey(kid: kid, material: .rsa(try .init(keySize: .bits2048))) }
    static func makeP256(_ kid: String?) -> TestKey { TestKey(kid: kid, material: .p256(.init())) }
    static func makeP384(_ kid: String?) -> TestKey { TestKey(kid: kid, material: .p384(.init())) }
    static func makeP521(_ kid: String?) -> TestKey { TestKey(kid: kid, material: .p521(.init())) }
    static func makeEd25519(_ kid: String?) -> TestKey { TestKey(kid: kid, material: .ed25519(.init())) }

    /// One of each type, made once: an RSA key takes a while.
    static let all: Result<Keys, any Error> = Result {
        Keys(
            rsa: try makeRSA("rsa"),
            otherRSA: try makeRSA("other"),
            p256: makeP256("p256"),
            p384: makeP384("p384"),
            p521: makeP521("p521"),
            ed25519: makeEd25519("ed25519")
        )
    }

    struct Keys: Sendable {
        let rsa, otherRSA, p256, p384, p521, ed25519: TestKey

        func fitting(_ algorithm: String) -> TestKey {
            switch algorithm {
            case "ES256": p256
            case "ES384": p384
            case "ES512": p521
            case "EdDSA", "Ed25519": ed25519
            default: rsa
            }
        }
    }
}

// MARK: - Publishing

extension TestKey {
    /// The public half as a JWK.
    func jwk() throws -> JSONValue {
        var value: JSONValue
        switch material {
        case .rsa(let key):
            let primitives = try key.publicKey.getKeyPrimitives()
            value = [
                "kty": "RSA", "n": .string(base64url(primitives.modulus)), "e": .string(base64url(primitives.publicExponent)),
            ]
        case .p256(let key): value = Self.ec("P-256", key.publicKey.rawRepresentation)
        case .p384(let key): value = Self.ec("P-384", key.publicKey.rawRepresentation)
        case .p521(let key): value = Self.ec("P-521", key.publicKey.rawRepresentation)
        case .ed25519(let key):
            value = ["kty": "OKP", "crv": "Ed25519", "x": .string(base64url(key.publicKey.rawRepresentation))]
        }
        if let kid { value["kid"] = .string(kid) }
        return value
    }

    func jwk(_ change: (inout JSONValue) -> Void) throws -> JSONValue {
        var value = try jwk()
        change(&value)
        return value
    }

    private static func ec(_ curve: String, _ point: Data) -> JSONValue {
        let half = point.count / 2
        return [
            "kty": "EC", "crv": .string(curve),
            "x": .string(base64url(point.prefix(half))), "y": .string(base64url(point.suffix(half))),
        ]
    }
}

// MARK: - Signing

struct WrongKey: Error {}

extension TestKey {
    func signature(of text: String, by algorithm: String) throws -> Data {
        let data = Data(text.utf8)
        switch (material, algorithm) {
        case (.rsa(let key), "RS256"):
            return try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.rsa(let key), "RS384"):
            return try key.signature(for: SHA384.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.rsa(let key), "RS512"):
            return try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.rsa(let key), "PS256"): return try key.signature(for: SHA256.hash(data: data), padding: .PSS).rawRepresentation
        case (.rsa(let key), "PS384"): return try key.signature(for: SHA384.hash(data: data), padding: .PSS).rawRepresentation
        case (.rsa(let key), "PS512"): return try key.signature(for: SHA512.hash(data: data), padding: .PSS).rawRepresentation
        case (.p256(let key), "ES256"): return try key.signature(for: SHA256.hash(data: data)).rawRepresentation
        case (.p384(let key), "ES384"): return try key.signature(for: SHA384.hash(data: data)).rawRepresentation
        case (.p521(let key), "ES512"): return try key.signature(for: SHA512.hash(data: data)).rawRepresentation
        case (.ed25519(let key), "EdDSA"), (.ed25519(let key), "Ed25519"): return try key.signature(for: data)
        default: throw WrongKey()
        }
    }
}

/// Foundation's base64, respelled: the module's own coder is under test.
func base64url(_ data: some Sequence<UInt8>) -> String {
    Data(data).base64EncodedString()
        .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(
            of: "=",
            with: ""
        )
}
