package import AsyncHTTPClient
package import Authenticator
import Foundation
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
        // How many are asked at once is the callers' to bound. A smaller number here would let the realms of a server that hang keep its
        // other realms from being asked.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
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

    package func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial {
        try await fetch(issuer, last: last) { _ throws(ProviderFailure) in }
    }

    /// - Parameter check: what the caller has against the place of the keys.
    func fetch(
        _ issuer: Issuer,
        last: ProviderMaterial?,
        check: (_ keySetURL: String) throws(ProviderFailure) -> Void
    ) async throws(ProviderFailure) -> ProviderMaterial {
        let documentURL = Self.documentURL(of: issuer)
        let trust = try TLSConfiguration.trusting(issuer.certificateAuthority, url: documentURL)
        let known = last?.validators
        let documentMarks = known?.document ?? .init()
        let document = try await get(documentURL, trust, documentMarks)
        let keySetURL: String
        var material = last ?? ProviderMaterial(jwks: "")
        switch document {
        case .changed(let body, _):
            let metadata = try DiscoveryDocument(body, from: documentURL, issuerURL: issuer.issuerURL)
            keySetURL = metadata.keySetURL
            material.signingAlgorithms = metadata.signingAlgorithms
            let host = URLHost.of(keySetURL)
            material.foreignKeyHost = host == URLHost.of(documentURL) ? nil : host
        case .unchanged: keySetURL = known?.keySetURL ?? ""
        }
        let isSamePlace = known?.keySetURL.utf8.elementsEqual(keySetURL.utf8) == true
        let keySetMarks = isSamePlace ? known?.keySet ?? .init() : .init()
        try check(keySetURL)
        let keySet = try await get(keySetURL, trust, keySetMarks)
        if case .changed(let body, _) = keySet { material.jwks = try keySetText(body, url: keySetURL) }
        material.maxAge = Freshness.lifetime(keySet.headers, now: Int64(Date().timeIntervalSince1970))
        let validators = ProviderValidators(
            document: documentMarks.updated(by: document),
            keySet: keySetMarks.updated(by: keySet),
            keySetURL: keySetURL
        )
        material.validators = validators.document.isEmpty && validators.keySet.isEmpty ? nil : validators
        return material
    }

    private func get(
        _ url: String,
        _ trust: TLSConfiguration,
        _ marks: ProviderValidators.Marks
    ) async throws(ProviderFailure) -> ProviderRequest.Answer {
        try await ProviderRequest(url: url, trust: trust, marks: marks, limits: limits).answer(by: client)
    }

    private func keySetText(_ body: [UInt8], url: String) throws(ProviderFailure) -> String {
        let document: JSONValue
        do {
            document = try JSONParser.parse(body, limits: .init(bytes: limits.size, depth: 32))
        } catch {
            throw .malformed(url: url, "not a JWK Set: \(error)")
        }
        guard document["keys"]?.arrayValue != nil, let text = String(validating: body, as: UTF8.self) else {
            throw .malformed(url: url, "not a JWK Set: a JSON object with an array \"keys\" is expected")
        }
        return text
    }

    /// The well-known place below the issuer, unless the configuration names another.
    static func documentURL(of issuer: Issuer) -> String {
        if let url = issuer.discoveryURL { return url }
        let base = issuer.issuerURL.hasSuffix("/") ? String(issuer.issuerURL.dropLast()) : issuer.issuerURL
        return base + "/.well-known/openid-configuration"
    }
}
