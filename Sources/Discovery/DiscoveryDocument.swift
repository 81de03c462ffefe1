import Authenticator
import JSON

/// What is needed of an OpenID Provider's metadata (OpenID Connect Discovery 1.0, section 3).
struct DiscoveryDocument: Hashable, Sendable {
    let keySetURL: String
    /// `id_token_signing_alg_values_supported`; empty when it is missing.
    let signingAlgorithms: [String]

    /// - Parameter issuerURL: the document must name it byte for byte, or it is somebody else's.
    init(_ bytes: [UInt8], from url: String, issuerURL: String) throws(ProviderFailure) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(bytes, limits: .init(bytes: 1 << 20, depth: 32))
        } catch {
            throw .malformed(url: url, "\(error)")
        }
        guard document.objectValue != nil else { throw .malformed(url: url, "not a JSON object") }
        guard let issuer = document["issuer"]?.stringValue else { throw .malformed(url: url, "it has no string \"issuer\"") }
        guard issuer.utf8.elementsEqual(issuerURL.utf8) else {
            throw .issuerMismatch(expected: issuerURL, found: issuer.onOneLine)
        }
        guard let keySetURL = document["jwks_uri"]?.stringValue else {
            throw .malformed(url: url, "it has no string \"jwks_uri\"")
        }
        guard keySetURL.lowercased().hasPrefix("https://"), let host = URLHost.of(keySetURL) else {
            throw .malformed(url: url, "its \"jwks_uri\" is not an https URL with a host")
        }
        // Log lines and statuses name the URL; a password must not get there.
        guard !host.contains("@"), keySetURL.utf8.count <= 2048, keySetURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .malformed(url: url, "its \"jwks_uri\" has user info, or is no URL")
        }
        self.keySetURL = keySetURL
        signingAlgorithms = document["id_token_signing_alg_values_supported"].stringValues
    }
}
