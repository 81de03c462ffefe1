import SwiftASN1
import X509

/// Who a client certificate speaks for: its common name is the user, its organizations are the groups.
package struct CertificateSubject: Hashable, Sendable {
    package let commonName: String
    package let organizations: [String]
    /// Tells the certificate from others that its authority has made for the same user: in hex, without leading zeros.
    package let serialNumber: String

    package init(commonName: String, organizations: [String], serialNumber: String = "") {
        self.commonName = commonName
        self.organizations = organizations
        self.serialNumber = serialNumber
    }

    /// Why a certificate that TLS accepted names nobody.
    package enum Problem: Error, Hashable, Sendable {
        case notACertificate
        /// The subject must have exactly one common name, and it must not be empty.
        case noSingleCommonName
    }

    /// Reads the subject of a certificate that the TLS layer has verified already.
    package init(der: [UInt8]) throws(Problem) {
        let certificate: Certificate
        do {
            certificate = try Certificate(derEncoded: der)
        } catch {
            throw .notACertificate
        }
        let attributes = certificate.subject.flatMap { Array($0) }
        let names = attributes.filter { $0.type == .RDNAttributeType.commonName }.compactMap { String($0.value) }
        guard names.count == 1, let name = names.first, !name.isEmpty else { throw .noSingleCommonName }
        commonName = name
        organizations = attributes.filter { $0.type == .RDNAttributeType.organizationName }.compactMap { String($0.value) }
        let digits: String = certificate.serialNumber.bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            .joined()
        serialNumber = String(digits.drop { $0 == "0" })
    }
}
