import Crypto
import Foundation
import SwiftASN1
import X509

/// What an administrator gives to a worker on another host: whom to trust, and a client certificate with its key, as one line of text.
///
/// `postern-join.AUTHORITY.CERTIFICATE.KEY`: two certificates in DER and a P-256 key's 32 bytes, each in base64url. With it even the first
/// connection is mutual TLS: nobody is trusted unseen.
package struct WorkerJoinToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// Why a text is no token.
    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case notAToken
        case damaged

        package var description: String {
            switch self {
            case .notAToken: "it is not a worker token: one line that begins with postern-join. (ctl worker token makes one)"
            case .damaged: "the worker token is damaged: a part of it is missing or was changed; copy it whole"
            }
        }
    }

    /// No real token comes near it.
    package static let longestText = 16_384
    private static let prefix = "postern-join"

    package let authorityPEM: String
    package let certificatePEM: String
    package let keyPEM: String

    package init(authorityPEM: String, certificatePEM: String, keyPEM: String) {
        (self.authorityPEM, self.certificatePEM, self.keyPEM) = (authorityPEM, certificatePEM, keyPEM)
    }

    /// - Parameter text: with white space around it, perhaps.
    package init(parsing text: String) throws(Problem) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longestText, parts.first.map(String.init) == Self.prefix else { throw .notAToken }
        guard parts.count == 4, let authority = Self.bytes(parts[1]), let certificate = Self.bytes(parts[2]),
            let secret = Self.bytes(parts[3])
        else { throw .damaged }
        do {
            let key = try P256.Signing.PrivateKey(rawRepresentation: secret)
            let own = try Certificate(derEncoded: Array(certificate))
            guard own.publicKey == Certificate.PrivateKey(key).publicKey else { throw Problem.damaged }
            authorityPEM = try Certificate(derEncoded: Array(authority)).serializeAsPEM().pemString + "\n"
            certificatePEM = try own.serializeAsPEM().pemString + "\n"
            keyPEM = key.pemRepresentation + "\n"
        } catch {
            throw .damaged
        }
    }

    /// The secret line itself.
    package func text() throws -> String {
        let authority = try PEMDocument(pemString: authorityPEM.trimmingCharacters(in: .whitespacesAndNewlines)).derBytes
        let certificate = try PEMDocument(pemString: certificatePEM.trimmingCharacters(in: .whitespacesAndNewlines)).derBytes
        let key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM).rawRepresentation
        return ([Self.prefix] + [Data(authority), Data(certificate), key].map(Self.text)).joined(separator: ".")
    }

    package var description: String { "<worker token>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    // MARK: - base64url

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func bytes(_ text: Substring) -> Data? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding)
    }
}
