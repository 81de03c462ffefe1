import Crypto
import CryptoExtras
package import Foundation
import SwiftASN1
import X509

extension CertificateAuthority {
    /// Signs a client certificate for the key of a request that somebody else made. Nothing but the key is taken from it.
    ///
    /// - Parameter pem: PKCS#10.
    /// - Returns: the certificate as PEM.
    package func sign(request pem: String, as wanted: CertificateRequest, now: Date) throws -> String {
        try certificate(for: try Self.provenKey(of: pem), wanted, now: now).serializeAsPEM().pemString + "\n"
    }

    /// The key of a request, once it is known that the request was made with it and that it is worth anything.
    private static func provenKey(of pem: String) throws(RequestRefusal) -> Certificate.PublicKey {
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
        } catch CryptoKitError.incorrectParameterSize {
            // Keys that are too short are not even read.
            throw .weakKey
        } catch let error as CertificateError where error.code == .unsupportedPublicKeyAlgorithm {
            throw .unsupportedKey
        } catch {
            throw .unreadable
        }
        let key = request.publicKey
        if P256.Signing.PublicKey(key) == nil, P384.Signing.PublicKey(key) == nil {
            guard let rsa = _RSA.Signing.PublicKey(key) else { throw .unsupportedKey }
            guard rsa.keySizeInBits >= 2048 else { throw .weakKey }
            guard rsa.keySizeInBits <= 8192 else { throw .unsupportedKey }
        }
        guard key.isValidSignature(request.signature, for: request) else { throw .wrongSignature }
        return key
    }
}
