import NIOSSL

/// The certificate a listener shows, and what it asks of its clients.
package struct ServerTLS: Sendable {
    package enum ClientCertificates: Sendable {
        case ignored
        /// A client may show a certificate; if it does, it must be signed by this authority (PEM).
        case optional(authority: [UInt8])
        /// No handshake without a certificate signed by this authority (PEM).
        case required(authority: [UInt8])
    }

    private let configuration: TLSConfiguration

    /// - Parameters:
    ///   - certificateChain: PEM, the server's own certificate first.
    ///   - privateKey: PEM.
    /// - Throws: what NIOSSL has to say about bytes it cannot read.
    package init(certificateChain: [UInt8], privateKey: [UInt8], clients: ClientCertificates) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificateChain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: privateKey, format: .pem))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        switch clients {
        case .ignored:
            configuration.certificateVerification = .none
        case .optional(let authority):
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
            configuration.sendCANameList = true
        case .required(let authority):
            // Host names are a matter of servers; a client is who its certificate says.
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
            configuration.sendCANameList = true
        }
        self.configuration = configuration
    }

    var tlsConfiguration: TLSConfiguration { configuration }
}
