package import AsyncHTTPClient
package import Authenticator
import JSON
import NIOCore
import NIOHTTP1
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

    private let client: HTTPClient
    private let limits: Limits

    package init(client: HTTPClient, limits: Limits = Limits()) {
        self.client = client
        self.limits = limits
    }

    package func fetch(_ issuer: Issuer) async throws(ProviderFailure) -> ProviderMaterial {
        let documentURL = Self.documentURL(of: issuer)
        let trust = try Self.trust(issuer, url: documentURL)
        let document = try DiscoveryDocument(
            try await get(documentURL, trust).body,
            from: documentURL,
            issuerURL: issuer.issuerURL
        )
        let answer = try await get(document.keySetURL, trust)
        guard let keys = try? JSONParser.parse(answer.body, limits: .init(bytes: limits.size, depth: 32)),
            keys["keys"]?.arrayValue != nil,
            let jwks = String(validating: answer.body, as: UTF8.self)
        else { throw .malformed(url: document.keySetURL, "not a JWK Set: a JSON object with an array \"keys\" is expected") }
        return ProviderMaterial(
            jwks: jwks,
            maxAge: CacheControl.maxAge(answer.headers[canonicalForm: "Cache-Control"].map { String($0) }),
            signingAlgorithms: document.signingAlgorithms
        )
    }

    /// The well-known place below the issuer, unless the configuration names another.
    static func documentURL(of issuer: Issuer) -> String {
        if let url = issuer.discoveryURL { return url }
        let base = issuer.issuerURL.hasSuffix("/") ? String(issuer.issuerURL.dropLast()) : issuer.issuerURL
        return base + "/.well-known/openid-configuration"
    }

    private static func trust(_ issuer: Issuer, url: String) throws(ProviderFailure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard let authority = issuer.certificateAuthority else { return configuration }
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8))
        } catch {
            throw .untrusted(url: url, "the configured certificate authority is not PEM")
        }
        guard !certificates.isEmpty else {
            throw .untrusted(url: url, "the configured certificate authority holds no certificate")
        }
        configuration.trustRoots = .certificates(certificates)
        return configuration
    }
}

// MARK: - One request

extension HTTPSProviderSource {
    private struct Answer: Sendable {
        let body: [UInt8]
        let headers: HTTPHeaders
    }

    private func get(_ url: String, _ trust: TLSConfiguration) async throws(ProviderFailure) -> Answer {
        guard url.lowercased().hasPrefix("https://") else { throw .malformed(url: url, "not an https URL") }
        let outcome = await withTaskGroup(of: Result<Answer, ProviderFailure>?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await exchange(url, trust) }
            group.addTask {
                // The client's own deadline ends with the head of the answer; this one also bounds a body that trickles.
                do { try await Task.sleep(for: limits.time) } catch { return nil }
                return .failure(.unreachable(url: url, "no whole answer within \(limits.time.secondsText)"))
            }
            // nil is only the timer being cancelled, and then the exchange has its own word about it.
            while let outcome = await group.next() { if let outcome { return outcome } }
            return .failure(.unreachable(url: url, "cancelled"))
        }
        return try outcome.get()
    }

    private func exchange(_ url: String, _ trust: TLSConfiguration) async -> Result<Answer, ProviderFailure> {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "postern")
        request.tlsConfiguration = trust
        do {
            let response = try await client.execute(request, timeout: TimeAmount(limits.time))
            guard response.status == .ok else { return .failure(.unexpectedStatus(url: url, Int(response.status.code))) }
            if let length = response.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > limits.size {
                return .failure(.tooLarge(url: url))
            }
            let body = try await response.body.collect(upTo: limits.size)
            return .success(Answer(body: Array(body.readableBytesView), headers: response.headers))
        } catch {
            return .failure(ProviderFailure(error, url: url, time: limits.time))
        }
    }
}

extension Duration {
    /// `5 s`, `250 ms`
    var secondsText: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
