import Durable
import Foundation
import NIOSSL

/// The PEM files that a worker shows itself with, and by which it believes client certificates.
struct ServingFiles: Hashable, Sendable {
    let certificateChain: String
    let privateKey: String
    /// Clients need no certificate; one that is shown must be signed by this authority. nil: none is asked for.
    let clientAuthority: String?

    init(certificateChain: String, privateKey: String, clientAuthority: String?) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientAuthority = clientAuthority
    }

    /// `serving.crt`, `serving.key` and `ca.crt` of a worker's folder.
    init(folder: String) {
        self.init(
            certificateChain: "\(folder)/serving.crt",
            privateKey: "\(folder)/serving.key",
            clientAuthority: "\(folder)/ca.crt"
        )
    }

    /// Why a worker cannot serve with these files.
    struct Problem: LocalizedError, Hashable, CustomStringConvertible {
        let file: String
        let why: String

        var description: String { "\(file): \(why)" }
        var errorDescription: String? { description }
    }

    func context() throws(Problem) -> NIOSSLContext {
        let chain = try certificates(certificateChain)
        let key: NIOSSLPrivateKey
        let keyBytes = try bytes(privateKey)
        do {
            key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem)
        } catch {
            throw Problem(file: privateKey, why: "it holds no private key in PEM (one with a passphrase cannot be used)")
        }
        var authority: [NIOSSLCertificate]?
        if let clientAuthority { authority = try certificates(clientAuthority) }
        do {
            return try ServingTLS.context(certificateChain: chain, privateKey: key, authority: authority)
        } catch {
            throw Problem(file: privateKey, why: "it does not belong to the certificate in \(certificateChain)")
        }
    }

    private func certificates(_ path: String) throws(Problem) -> [NIOSSLCertificate] {
        let bytes = try bytes(path)
        let found: [NIOSSLCertificate]
        do {
            found = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw Problem(file: path, why: "it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
        }
        guard !found.isEmpty else { throw Problem(file: path, why: "it holds no certificate") }
        return found
    }

    private func bytes(_ path: String) throws(Problem) -> [UInt8] {
        do {
            return try BoundedFile(path: path, limit: 1 << 20).read()
        } catch {
            throw Problem(file: path, why: error.why)
        }
    }
}
