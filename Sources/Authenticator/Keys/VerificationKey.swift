import Crypto
import CryptoExtras
import Foundation

/// One public key of a provider, ready to verify with.
///
/// A class, so that looking for the right one copies references only.
package final class VerificationKey: Sendable {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    package let keyID: String?
    /// The JWK's `alg`: if it is there, the key serves no other algorithm (RFC 8725 section 3.1).
    let algorithm: SignatureAlgorithm?
    let material: Material

    init(keyID: String?, algorithm: SignatureAlgorithm?, material: Material) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.material = material
    }

    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        if let own = self.algorithm, own.canonical != algorithm.canonical { return false }
        return material.fits(algorithm)
    }

    /// False for every signature that does not belong to `text`, whatever its form, and for every algorithm that the key is not for.
    func verifies(_ signature: [UInt8], of text: ArraySlice<UInt8>, by algorithm: SignatureAlgorithm) -> Bool {
        guard fits(algorithm) else { return false }
        return switch (material, algorithm.digest) {
        case (.rsa(let key), let digest?): Self.verifies(key, signature, text, algorithm, digest)
        case (.p256(let key), .sha256): Self.verifies(key, signature, text)
        case (.p384(let key), .sha384): Self.verifies(key, signature, text)
        case (.p521(let key), .sha512): Self.verifies(key, signature, text)
        case (.ed25519(let key), nil): signature.count == 64 && key.isValidSignature(signature, for: text)
        default: false
        }
    }
}

extension VerificationKey.Material {
    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch (self, algorithm) {
        case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.rsa, .ps256), (.rsa, .ps384), (.rsa, .ps512): true
        case (.p256, .es256), (.p384, .es384), (.p521, .es512): true
        case (.ed25519, .edDSA), (.ed25519, .ed25519): true
        default: false
        }
    }
}

extension SignatureAlgorithm {
    /// One of the two names of the same algorithm.
    fileprivate var canonical: SignatureAlgorithm { self == .ed25519 ? .edDSA : self }
}

// MARK: - The primitives

extension VerificationKey {
    private static func verifies(
        _ key: _RSA.Signing.PublicKey,
        _ signature: [UInt8],
        _ text: ArraySlice<UInt8>,
        _ algorithm: SignatureAlgorithm,
        _ digest: SignatureAlgorithm.Digest
    ) -> Bool {
        guard let padding = algorithm.rsaPadding, signature.count == (key.keySizeInBits + 7) / 8 else { return false }
        let form: _RSA.Signing.Padding = padding == .pss ? .PSS : .insecurePKCS1v1_5
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return switch digest {
        case .sha256: key.isValidSignature(signature, for: SHA256.hash(data: text), padding: form)
        case .sha384: key.isValidSignature(signature, for: SHA384.hash(data: text), padding: form)
        case .sha512: key.isValidSignature(signature, for: SHA512.hash(data: text), padding: form)
        }
    }

    // A raw signature is r and s, each in full length (RFC 7518 section 3.4): DER and short forms are refused by its initialiser.

    private static func verifies(_ key: P256.Signing.PublicKey, _ signature: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: SHA256.hash(data: text))
    }

    private static func verifies(_ key: P384.Signing.PublicKey, _ signature: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: SHA384.hash(data: text))
    }

    private static func verifies(_ key: P521.Signing.PublicKey, _ signature: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: SHA512.hash(data: text))
    }
}
