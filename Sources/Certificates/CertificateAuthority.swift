import Crypto
import Durable
package import Foundation
import SwiftASN1
import X509

/// The controller's own authority: made on the first start, kept in `pki/`, trusted by everything that Postern starts.
package struct CertificateAuthority: Sendable {
    private static let lifetime: TimeInterval = 3650 * 86_400

    /// The authority's certificate as PEM.
    package let pem: String
    let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// Reads the authority from a folder (`ca.crt`, `ca.key`), or makes it when neither file is there.
    ///
    /// Throws when only one of them is: making a new authority would shut everybody out who trusts the old one.
    package static func open(folder: String, now: Date) throws -> CertificateAuthority {
        let (certificatePath, keyPath) = ("\(folder)/ca.crt", "\(folder)/ca.key")
        let present = [certificatePath, keyPath].filter(FileManager.default.fileExists)
        switch present.count {
        case 0: return try make(certificatePath: certificatePath, keyPath: keyPath, now: now)
        case 2:
            let pem = try String(contentsOfFile: certificatePath, encoding: .utf8)
            return CertificateAuthority(
                pem: pem,
                certificate: try Certificate(pemEncoded: pem),
                key: try Certificate.PrivateKey(pemEncoded: String(contentsOfFile: keyPath, encoding: .utf8))
            )
        default: throw CertificateProblem.halfAnAuthority(present: present[0])
        }
    }

    private static func make(certificatePath: String, keyPath: String, now: Date) throws -> CertificateAuthority {
        let privateKey = P256.Signing.PrivateKey()
        let key = Certificate.PrivateKey(privateKey)
        let name = try DistinguishedName { CommonName("postern-ca-\(UInt32.random(in: 0 ... .max))") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(lifetime),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key
        )
        let pem = try certificate.serializeAsPEM().pemString + "\n"
        // The key first: a certificate without its key could never be completed after a crash.
        try DurableFile.write(Array((privateKey.pemRepresentation + "\n").utf8), to: keyPath, permissions: 0o600)
        try DurableFile.write(Array(pem.utf8), to: certificatePath)
        return CertificateAuthority(pem: pem, certificate: certificate, key: key)
    }

    /// Signs a certificate for a new key.
    package func issue(_ request: CertificateRequest, now: Date) throws -> IssuedCertificate {
        let privateKey = P256.Signing.PrivateKey()
        let certificate = try certificate(for: Certificate.PrivateKey(privateKey).publicKey, request, now: now)
        return IssuedCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString + "\n",
            keyPEM: privateKey.pemRepresentation + "\n"
        )
    }

    func certificate(for publicKey: Certificate.PublicKey, _ request: CertificateRequest, now: Date) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            // Clocks of machines differ by a little.
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: min(now.addingTimeInterval(request.lifetime), self.certificate.notValidAfter),
            issuer: self.certificate.subject,
            subject: try request.distinguishedName,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try request.extensions(publicKey: publicKey, authority: self.certificate.publicKey),
            issuerPrivateKey: key
        )
    }
}

/// A certificate and its private key as PEM. It never prints the key.
package struct IssuedCertificate: Sendable, CustomStringConvertible, CustomReflectable {
    package let certificatePEM: String
    package let keyPEM: String

    package var description: String { "<certificate and key>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why the controller's certificates cannot be used.
package enum CertificateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case halfAnAuthority(present: String)

    package var description: String {
        switch self {
        case .halfAnAuthority(let present):
            """
            only \(present) is there, of the authority's certificate and key; restore the other one from a backup. \
            (To begin anew with another authority, which shuts out every client of the old one, remove it.)
            """
        }
    }
}
