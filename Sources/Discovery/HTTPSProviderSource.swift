package import AsyncHTTPClient
package import Authenticator
import JSON
import NIOCore
import NIOSSL
package import Snapshot

/// Fetches discovery documents and key sets over HTTPS: bounded in size and time, no redirects, trust per issuer.
///
/// It uses a client that its owner made with `clientConfiguration` and shuts down in the end.
package struct HTTPSProviderSource: ProviderSource {
    package struct Limits: Sendable {
        /// For one request, from connecting to the last byte; one fetch makes two.
        package var time: Duration
        /// Of one body, in bytes.
        package var size: Int

        package init(time: Duration = .seconds(5), size: Int = 1 << 20) {
            self.time = time
            self.size = size
        }
    }

    /// What a client must be made with for the promises of this type to hold.
    package static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5))
        configuration.connectionPool.idleTimeout = .seconds(10)
        // Retrying hides why a connection failed until the whole connect timeout is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private let exchange: HTTPSExchange

    package init(client: HTTPClient, limits: Limits = Limits()) {
        exchange = HTTPSExchange(client: client, limits: limits)
    }

    package func fetch(_ issuer: Issuer) async throws(ProviderFailure) -> ProviderMaterial {
        try await fetch(issuer) { _ throws(ProviderFailure) in }
    }

    /// - Parameter check: what the caller has against the place of the keys.
    func fetch(
        _ issuer: Issuer,
        check: (_ keySetURL: String) throws(ProviderFailure) -> Void
    ) async throws(ProviderFailure) -> ProviderMaterial {
        let documentURL = Self.documentURL(of: issuer)
        let trust = try TLSConfiguration.trusting(issuer.certificateAuthority, url: documentURL)
        let document = try DiscoveryDocument(
            try await get(documentURL, trust).body,
            from: documentURL,
            issuerURL: issuer.issuerURL
        )
        try check(document.keySetURL)
        let answer = try await get(document.keySetURL, trust)
        guard let keys = try? JSONParser.parse(answer.body, limits: .init(bytes: exchange.limits.size, depth: 32)),
            keys["keys"]?.arrayValue != nil,
            let jwks = String(validating: answer.body, as: UTF8.self)
        else { throw .malformed(url: document.keySetURL, "not a JWK Set: a JSON object with an array \"keys\" is expected") }
        return ProviderMaterial(
            jwks: jwks,
            maxAge: answer.maxAge,
            signingAlgorithms: document.signingAlgorithms
        )
    }

    /// The well-known place below the issuer, unless the configuration names another.
    static func documentURL(of issuer: Issuer) -> String {
        if let url = issuer.discoveryURL { return url }
        let base = issuer.issuerURL.hasSuffix("/") ? String(issuer.issuerURL.dropLast()) : issuer.issuerURL
        return base + "/.well-known/openid-configuration"
    }

    private func get(_ url: String, _ trust: TLSConfiguration) async throws(ProviderFailure) -> HTTPSExchange.Answer {
        let answer = try await exchange.send(HTTPClientRequest(url: url), trust)
        guard answer.status == 200 else { throw .unexpectedStatus(url: url, answer.status) }
        return answer
    }
}

extension Duration {
    /// `5 s`, `250 ms`
    var secondsText: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
