import Crypto
import Foundation
import SwiftASN1
import X509

/// What a certificate says of itself.
package struct CertificateFacts: Hashable, Sendable {
    package let commonName: String
    /// In hex, without leading zeros.
    package let serialNumber: String
    /// SHA-256 of the public key, in hex.
    package let keyDigest: String
    /// Seconds since 1970.
    package let expiration: Int64

    /// - Parameter pem: of one certificate.
    package init(pem: String) throws {
        let certificate = try Certificate(pemEncoded: pem)
        let names = certificate.subject.flatMap { Array($0) }.filter { $0.type == .RDNAttributeType.commonName }
        commonName = names.first.flatMap { String($0.value) } ?? ""
        serialNumber = certificate.serialNumber.hex
        var key = DER.Serializer()
        try key.serialize(certificate.publicKey)
        keyDigest = SHA256.hash(data: key.serializedBytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        expiration = Int64(certificate.notValidAfter.timeIntervalSince1970)
    }
}

extension Certificate.SerialNumber {
    var hex: String {
        let digits: String = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return String(digits.drop { $0 == "0" })
    }
}
