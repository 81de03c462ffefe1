package import Snapshot

/// Where discovery documents and key sets come from: the network in programs, a table in tests.
package protocol ProviderSource: Sendable {
    /// Fetches the issuer's discovery document, checks that it names the issuer byte for byte, and fetches its key set.
    ///
    /// Bounded in size and time; follows no redirect. `certificateAuthority` of the issuer replaces the system's trust.
    func fetch(_ issuer: Issuer) async throws(ProviderFailure) -> ProviderMaterial
}

/// What a provider published, as it was when it was fetched.
package struct ProviderMaterial: Sendable, Hashable {
    /// The JWK Set's JSON text.
    package var jwks: String
    /// Seconds that the provider allows the key set to be kept (`Cache-Control: max-age`); nil: it says nothing.
    package var maxAge: Int64?
    /// `id_token_signing_alg_values_supported`; empty when the document has none.
    package var signingAlgorithms: [String]
    /// Seconds since 1970 when the certificate that the provider showed ends; nil: not known.
    package var certificateExpiry: Int64?

    package init(jwks: String, maxAge: Int64? = nil, signingAlgorithms: [String] = [], certificateExpiry: Int64? = nil) {
        self.jwks = jwks
        self.maxAge = maxAge
        self.signingAlgorithms = signingAlgorithms
        self.certificateExpiry = certificateExpiry
    }
}

/// Why a provider could not be used.
package enum ProviderFailure: Error, Hashable, Sendable {
    /// No connection, no answer in time, or a name that does not resolve; the text says which.
    case unreachable(url: String, String)
    /// The certificate is not trusted, is for another name, or the given authority is not PEM.
    case untrusted(url: String, String)
    case unexpectedStatus(url: String, Int)
    case tooLarge(url: String)
    /// The document is not the JSON that it should be.
    case malformed(url: String, String)
    case issuerMismatch(expected: String, found: String)
    /// The key set has no key that this build can verify with.
    case noUsableKey(url: String)
}
