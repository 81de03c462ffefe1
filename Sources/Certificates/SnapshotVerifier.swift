import Crypto
import Foundation
import SwiftASN1
import X509

/// Believes signatures of the cluster's signer and of nobody else.
///
/// The signer's certificate may be past its end: what a worker keeps on disk must not stop working on a day on which the controller cannot be
/// reached.
package struct SnapshotVerifier: Sendable {
    /// Why a signature is not believed.
    package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case unreadableCertificate
        /// The certificate is of this authority's making, but not for signing snapshots.
        case notTheSigner
        case anotherAuthority
        case wrongSignature

        package var description: String {
            switch self {
            case .unreadableCertificate: "the signer's certificate cannot be read"
            case .notTheSigner: "its signer's certificate is not one for signing snapshots"
            case .anotherAuthority: "its signer is not vouched for by this cluster's authority"
            case .wrongSignature: "its signature is wrong"
            }
        }
    }

    private let authority: Certificate.PublicKey

    /// - Parameter authorityPEM: the cluster's authority.
    package init(authorityPEM: String) throws { authority = try Certificate(pemEncoded: authorityPEM).publicKey }

    /// - Parameters:
    ///   - signature: ECDSA with SHA-256, as DER in base64.
    ///   - certificatePEM: the signer's.
    package func check(_ signature: String, over statement: [UInt8], certificatePEM: String) throws(Refusal) {
        let signer = try signer(certificatePEM)
        guard let data = Data(base64Encoded: signature), let key = P256.Signing.PublicKey(signer.publicKey) else {
            throw .wrongSignature
        }
        do {
            guard key.isValidSignature(try P256.Signing.ECDSASignature(derRepresentation: data), for: statement) else {
                throw Refusal.wrongSignature
            }
        } catch {
            throw .wrongSignature
        }
    }

    private func signer(_ pem: String) throws(Refusal) -> Certificate {
        let certificate: Certificate
        let usage: ExtendedKeyUsage?
        do {
            certificate = try Certificate(pemEncoded: pem)
            usage = try certificate.extensions.extendedKeyUsage
        } catch {
            throw .unreadableCertificate
        }
        guard authority.isValidSignature(certificate.signature, for: certificate) else { throw .anotherAuthority }
        guard let usage, Array(usage) == [.codeSigning] else { throw .notTheSigner }
        return certificate
    }
}
