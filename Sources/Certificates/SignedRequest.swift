import Crypto
import CryptoExtras
package import Foundation
import SwiftASN1
import X509

/// Why a certificate request is not signed.
package enum RequestRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    /// Whoever asks has not shown that the key is theirs.
    case wrongSignature
    case weakKey
    case unsupportedKey

    /// A word for programs.
    package var reason: String {
        switch self {
        case .unreadable: "UnreadableRequest"
        case .wrongSignature: "WrongSignature"
        case .weakKey: "WeakKey"
        case .unsupportedKey: "UnsupportedKey"
        }
    }

    package var description: String {
        switch self {
        case .unreadable: "the request is not one PKCS#10 certificate request as PEM"
        case .wrongSignature: "the request is not signed with the key that it is for"
        case .weakKey: "the key is too weak: an RSA key must have 2048 bits at least"
        case .unsupportedKey: "the key must be P-256, P-384, or RSA of 2048 to 8192 bits"
        }
    }
}

/// What a certificate says of itself.
package struct CertificateFacts: Hashable, Sendable {
    package let commonName: String
    /// In hex, without leading zeros.
    package let serialNumber: String
    /// Seconds since 1970.
    package let expiration: Int64

    /// - Parameter pem: of one certificate.
    package init(pem: String) throws {
        let certificate = try Certificate(pemEncoded: pem)
        let names = certificate.subject.flatMap { Array($0) }.filter { $0.type == .RDNAttributeType.commonName }
        commonName = names.first.flatMap { String($0.value) } ?? ""
        serialNumber = certificate.serialNumber.hex
        expiration = Int64(certificate.notValidAfter.timeIntervalSince1970)
    }
}

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

extension Certificate.SerialNumber {
    var hex: String {
        let digits: String = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return String(digits.drop { $0 == "0" })
    }
}
