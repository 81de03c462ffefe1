import Foundation
import NIOSSL

/// How a worker shows itself, and whose client certificates it believes.
enum ServingTLS {
    /// Reads `serving.crt`, `serving.key` and `ca.crt` of a worker's folder.
    ///
    /// Clients need no certificate; one that is shown must be signed by the authority, or there is no connection.
    static func context(folder: String) throws -> NIOSSLContext {
        let read = { (name: String) in [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))) }
        return try context(certificateChain: read("serving.crt"), privateKey: read("serving.key"), authority: read("ca.crt"))
    }

    /// All three are PEM.
    static func context(certificateChain: [UInt8], privateKey: [UInt8], authority: [UInt8]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificateChain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: privateKey, format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        configuration.sendCANameList = true
        return try NIOSSLContext(configuration: configuration)
    }
}
