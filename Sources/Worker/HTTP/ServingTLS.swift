import NIOSSL

/// How a worker shows itself, and whose client certificates it believes.
enum ServingTLS {
    /// - Parameter authority: of client certificates. Clients need none; without an authority none is asked for.
    static func context(
        certificateChain: [NIOSSLCertificate],
        privateKey: NIOSSLPrivateKey,
        authority: [NIOSSLCertificate]?
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificateChain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let authority {
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .certificates(authority)
            configuration.sendCANameList = true
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
