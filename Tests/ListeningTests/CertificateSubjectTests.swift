import Crypto
import Foundation
import Listening
import SwiftASN1
import Testing
import X509

struct CertificateSubjectTests {
    private static func certificate(_ subject: DistinguishedName) throws -> [UInt8] {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(bytes: [0x0A, 0x00, 0xFF]),
            publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSince1970: 0),
            notValidAfter: Date(timeIntervalSince1970: 4_000_000_000),
            issuer: subject,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: .init(),
            issuerPrivateKey: key
        )
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    @Test func namesTheUserAndTheGroups() throws {
        let der = try Self.certificate(
            DistinguishedName {
                OrganizationName("system:masters")
                OrganizationName("ops")
                CommonName("system:admin")
            }
        )
        let expected = CertificateSubject(
            commonName: "system:admin",
            organizations: ["system:masters", "ops"],
            serialNumber: "a00ff"
        )
        #expect(try CertificateSubject(der: der) == expected)
    }

    @Test func refusesACertificateWithoutASingleName() throws {
        let nobody = try Self.certificate(DistinguishedName { OrganizationName("system:masters") })
        let empty = try Self.certificate(DistinguishedName { CommonName("") })
        let two = try Self.certificate(
            DistinguishedName {
                CommonName("alice")
                CommonName("system:admin")
            }
        )
        for der in [nobody, empty, two] {
            #expect(throws: CertificateSubject.Problem.noSingleCommonName) { try CertificateSubject(der: der) }
        }
    }

    @Test func refusesWhatIsNoCertificate() {
        #expect(throws: CertificateSubject.Problem.notACertificate) {
            try CertificateSubject(der: [0x30, 0x03, 0x02, 0x01, 0x00])
        }
    }
}
