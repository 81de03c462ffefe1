import Crypto
import Foundation
import X509

/// Signs what workers are to run, with a key that the cluster's authority vouches for.
package struct SnapshotSigner: Sendable, CustomStringConvertible, CustomReflectable {
    /// The signer's certificate as PEM.
    package let certificatePEM: String
    private let key: P256.Signing.PrivateKey

    package init(certificatePEM: String, keyPEM: String) throws {
        self.certificatePEM = certificatePEM
        key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM)
    }

    package init(_ files: CertificateFiles) throws {
        try self.init(
            certificatePEM: String(contentsOfFile: files.certificatePath, encoding: .utf8),
            keyPEM: String(contentsOfFile: files.keyPath, encoding: .utf8)
        )
    }

    /// ECDSA with SHA-256, as DER in base64.
    package func signature(over statement: [UInt8]) throws -> String {
        try key.signature(for: statement).derRepresentation.base64EncodedString()
    }

    package var description: String { "<snapshot signer>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
