import Crypto
import SwiftASN1
import X509

/// A new P-256 key and a signed request for its certificate. The key stays with whoever made it, and is never printed.
package struct KeyAndRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package let keyPEM: String
    /// PKCS#10 as PEM.
    package let requestPEM: String

    /// - Parameter commonName: for people who read the request; who signs it decides what the certificate says.
    package static func make(commonName: String) throws -> KeyAndRequest {
        try KeyAndRequest(P256.Signing.PrivateKey(), commonName: commonName)
    }

    /// A request for a key that is there already.
    package init(keyPEM: String, commonName: String) throws {
        try self.init(P256.Signing.PrivateKey(pemRepresentation: keyPEM), commonName: commonName)
    }

    private init(_ privateKey: P256.Signing.PrivateKey, commonName: String) throws {
        let request = try CertificateSigningRequest(
            version: .v1,
            subject: try DistinguishedName { CommonName(commonName) },
            privateKey: Certificate.PrivateKey(privateKey),
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: .ecdsaWithSHA256
        )
        keyPEM = privateKey.pemRepresentation + "\n"
        requestPEM = try request.serializeAsPEM().pemString + "\n"
    }

    package var description: String { "<key and certificate request>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
