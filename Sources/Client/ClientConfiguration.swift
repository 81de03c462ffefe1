import Foundation

/// Which server to talk to, whom to trust there, and who we are.
package struct ClientConfiguration: Sendable {
    /// Whose certificates the server may show.
    package enum Trust: Sendable {
        /// The roots of this machine.
        case system
        /// These roots and no others, as PEM.
        case roots(pem: [UInt8])
        /// Anybody. Only a person may ask for it, by flag or in a kubeconfig.
        case anyone
    }

    /// What we show to the server.
    package enum Credential: Sendable {
        case none
        /// A certificate chain and its key, both as PEM.
        case certificate(chain: [UInt8], key: SecretBytes)
        case token(SecretText)
        /// What a program gives that the kubeconfig names.
        case plugin(PluginCredentials)
    }

    /// Key material that never prints.
    package struct SecretBytes: Sendable, CustomStringConvertible, CustomReflectable {
        package let bytes: [UInt8]

        package init(_ bytes: [UInt8]) { self.bytes = bytes }

        package var description: String { "<secret>" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// The address without a path, such as `https://127.0.0.1:6443`.
    package var server: String
    package var trust: Trust
    package var credential: Credential
    /// The name that the server's certificate must have, where that is not the address's.
    package var serverName: String?
    /// As whom the request shall be judged, where that is not the caller.
    package var impersonation: Impersonation?
    /// Sent as `User-Agent`; the API records its first word with each change.
    package var userAgent: String
    /// How long one request may take, from the first byte sent to the last received. A watch has its own bound.
    package var requestTimeout: Duration = .seconds(30)
    /// How long the server is asked to keep a watch open. A watch without a word for somewhat longer counts as ended.
    package var watchTimeout: Duration = .seconds(300)
    package var responseLimit = 64 << 20

    package init(server: String, trust: Trust = .system, credential: Credential = .none, userAgent: String = "postern") {
        self.server = server
        self.trust = trust
        self.credential = credential
        self.userAgent = userAgent
    }

    /// For processes that were given their certificates as files.
    package init(
        server: String,
        certificateAuthority: String,
        clientCertificate: String,
        clientKey: String,
        userAgent: String
    ) throws {
        let chain = try Self.read(clientCertificate)
        let key = SecretBytes(try Self.read(clientKey))
        self.init(
            server: server,
            trust: .roots(pem: try Self.read(certificateAuthority)),
            credential: .certificate(chain: chain, key: key),
            userAgent: userAgent
        )
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
