import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority that lives as long as a test.
struct TestAuthority {
    let certificatePEM: String
    private let key = P256.Signing.PrivateKey()
    private let name: DistinguishedName

    init(name: String = "Test CA") throws {
        let subject = try DistinguishedName { CommonName(name) }
        self.name = subject
        let privateKey = Certificate.PrivateKey(key)
        certificatePEM = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: privateKey.publicKey,
            notValidBefore: Date() - 60,
            notValidAfter: Date() + 3600,
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            },
            issuerPrivateKey: privateKey
        ).serializeAsPEM().pemString
    }

    /// A serving certificate for `host`, which is a DNS name or nothing but 127.0.0.1; good for some seconds around now.
    func certificate(for host: String = "127.0.0.1", validFrom start: Double = -60, to end: Double = 3600) throws -> (
        certificatePEM: String, keyPEM: String
    ) {
        let leaf = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name: GeneralName =
            host == "127.0.0.1" ? .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])) : .dnsName(host)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: leaf.publicKey,
            notValidBefore: Date() + start,
            notValidAfter: Date() + end,
            issuer: self.name,
            subject: try DistinguishedName { CommonName(host) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([name])
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        return (try certificate.serializeAsPEM().pemString, try leaf.serializeAsPEM().pemString)
    }
}
