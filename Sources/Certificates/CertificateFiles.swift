import Durable
package import Foundation
import SwiftASN1
import X509

/// A certificate and key that are kept as two files, and made anew when they are missing, wrong or near their end.
package struct CertificateFiles: Sendable {
    /// A certificate is replaced when it has less than this left.
    package static let renewBefore: TimeInterval = 30 * 86_400

    package let certificatePath: String
    package let keyPath: String

    /// `FOLDER/NAME.crt` and `FOLDER/NAME.key`.
    package init(folder: String, name: String) {
        certificatePath = "\(folder)/\(name).crt"
        keyPath = "\(folder)/\(name).key"
    }

    /// Leaves files alone that still say what is asked for; returns whether they were written.
    @discardableResult
    package func ensure(_ request: CertificateRequest, by authority: CertificateAuthority, now: Date) throws -> Bool {
        if try isCurrent(request, authority: authority, now: now) { return false }
        let issued = try authority.issue(request, now: now)
        // Both or neither after a crash: a certificate beside another one's key is found by `isCurrent` and replaced.
        try DurableFile.write(Array(issued.keyPEM.utf8), to: keyPath, permissions: 0o600)
        try DurableFile.write(Array(issued.certificatePEM.utf8), to: certificatePath)
        return true
    }

    private func isCurrent(_ request: CertificateRequest, authority: CertificateAuthority, now: Date) throws -> Bool {
        guard FileManager.default.fileExists(atPath: certificatePath), FileManager.default.fileExists(atPath: keyPath) else {
            return false
        }
        let text = try String(contentsOfFile: certificatePath, encoding: .utf8)
        let keyText = try String(contentsOfFile: keyPath, encoding: .utf8)
        // Damaged files are no reason to stop: the authority can make others.
        guard let certificate = try? Certificate(pemEncoded: text), let key = try? Certificate.PrivateKey(pemEncoded: keyText)
        else {
            return false
        }
        let wanted = try request.extensions(publicKey: certificate.publicKey, authority: authority.certificate.publicKey)
        let subject = try request.distinguishedName
        return certificate.publicKey == key.publicKey
            && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
            && certificate.subject == subject
            && certificate.extensions == wanted
            && now.addingTimeInterval(Self.renewBefore) < certificate.notValidAfter
    }
}
