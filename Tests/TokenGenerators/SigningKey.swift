import Crypto
import CryptoExtras
import Foundation
package import JSON

/// A key that generated tokens are signed with. It also verifies, by the library alone and without the module under test.
package struct SigningKey: Sendable {
    private enum Material: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    package let kid: String
    private let material: Material

    package static func ed25519(_ kid: String) -> SigningKey { SigningKey(kid: kid, material: .ed25519(.init())) }
    package static func p256(_ kid: String) -> SigningKey { SigningKey(kid: kid, material: .p256(.init())) }
    package static func p384(_ kid: String) -> SigningKey { SigningKey(kid: kid, material: .p384(.init())) }
    package static func rsa(_ kid: String) throws -> SigningKey {
        SigningKey(kid: kid, material: .rsa(try .init(keySize: .bits2048)))
    }

    package var algorithms: [String] {
        switch material {
        case .ed25519: ["EdDSA", "Ed25519"]
        case .p256: ["ES256"]
        case .p384: ["ES384"]
        case .rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
        }
    }

    package func jwk() throws -> JSONValue {
        switch material {
        case .ed25519(let key):
            return [
                "kty": "OKP", "crv": "Ed25519", "kid": .string(kid), "x": .string(base64url(key.publicKey.rawRepresentation)),
            ]
        case .p256(let key): return Self.ec("P-256", kid, key.publicKey.rawRepresentation)
        case .p384(let key): return Self.ec("P-384", kid, key.publicKey.rawRepresentation)
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            return [
                "kty": "RSA", "kid": .string(kid), "n": .string(base64url(numbers.modulus)),
                "e": .string(base64url(numbers.publicExponent)),
            ]
        }
    }

    private static func ec(_ curve: String, _ kid: String, _ point: Data) -> JSONValue {
        let half = point.count / 2
        return [
            "kty": "EC", "crv": .string(curve), "kid": .string(kid), "x": .string(base64url(point.prefix(half))),
            "y": .string(base64url(point.suffix(half))),
        ]
    }
}

// MARK: - Signing

extension SigningKey {
    /// The signature by one of `algorithms`; empty for any other.
    package func signature(of text: [UInt8], by algorithm: String) throws -> [UInt8] {
        switch (material, algorithm) {
        case (.ed25519(let key), "EdDSA"), (.ed25519(let key), "Ed25519"): Array(try key.signature(for: text))
        case (.p256(let key), "ES256"): Array(try key.signature(for: SHA256.hash(data: text)).rawRepresentation)
        case (.p384(let key), "ES384"): Array(try key.signature(for: SHA384.hash(data: text)).rawRepresentation)
        case (.rsa(let key), "RS256"): try Self.sign(key, SHA256.hash(data: text), .insecurePKCS1v1_5)
        case (.rsa(let key), "RS384"): try Self.sign(key, SHA384.hash(data: text), .insecurePKCS1v1_5)
        case (.rsa(let key), "RS512"): try Self.sign(key, SHA512.hash(data: text), .insecurePKCS1v1_5)
        case (.rsa(let key), "PS256"): try Self.sign(key, SHA256.hash(data: text), .PSS)
        case (.rsa(let key), "PS384"): try Self.sign(key, SHA384.hash(data: text), .PSS)
        case (.rsa(let key), "PS512"): try Self.sign(key, SHA512.hash(data: text), .PSS)
        default: []
        }
    }

    private static func sign(_ key: _RSA.Signing.PrivateKey, _ digest: some Digest, _ padding: _RSA.Signing.Padding) throws
        -> [UInt8]
    {
        Array(try key.signature(for: digest, padding: padding).rawRepresentation)
    }

    func verifies(_ signature: Data, of text: Data, by algorithm: String) -> Bool {
        switch (material, algorithm) {
        case (.ed25519(let key), "EdDSA"), (.ed25519(let key), "Ed25519"):
            return key.publicKey.isValidSignature(signature, for: text)
        case (.p256(let key), "ES256"):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.publicKey.isValidSignature(signature, for: text)
        case (.p384(let key), "ES384"):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.publicKey.isValidSignature(signature, for: text)
        case (.rsa(let key), _):
            let padding: _RSA.Signing.Padding = algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return switch algorithm {
            case "RS256", "PS256": key.publicKey.isValidSignature(signature, for: SHA256.hash(data: text), padding: padding)
            case "RS384", "PS384": key.publicKey.isValidSignature(signature, for: SHA384.hash(data: text), padding: padding)
            case "RS512", "PS512": key.publicKey.isValidSignature(signature, for: SHA512.hash(data: text), padding: padding)
            default: false
            }
        default: return false
        }
    }
}

/// Foundation's base64, respelled: the module's own coder is under test.
func base64url(_ bytes: some Sequence<UInt8>) -> String {
    String(
        decoding: Data(bytes).base64EncodedData().compactMap { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        },
        as: UTF8.self
    )
}
