package import Snapshot

/// Where discovery documents and key sets come from: the network in programs, a table in tests.
package protocol ProviderSource: Sendable {
    /// Fetches the issuer's discovery document, checks that it names the issuer byte for byte, and fetches its key set.
    ///
    /// Bounded in size and time; follows no redirect. `certificateAuthority` of the issuer replaces the system's trust.
    ///
    /// - Parameter last: what the same source answered before, as long as its keys are still held: what has not changed since
    ///   is not sent again. nil: everything is asked for.
    func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial
}

/// What a provider published, as it was when it was fetched.
package struct ProviderMaterial: Sendable, Hashable {
    /// The JWK Set's JSON text.
    package var jwks: String
    /// Seconds that the provider allows the key set to be kept (`Cache-Control`, `Expires`, `Age`); nil: it says nothing.
    package var maxAge: Int64?
    /// `id_token_signing_alg_values_supported`; empty when the document has none.
    package var signingAlgorithms: [String]
    /// Seconds since 1970 when the certificate that the provider showed ends; nil: not known.
    package var certificateExpiry: Int64?
    /// The host of the key set where it is another than that of the discovery document; nil: the same.
    package var foreignKeyHost: String?
    /// How to ask whether anything has changed since; nil: the provider gave nothing to ask with.
    package var validators: ProviderValidators?

    package init(
        jwks: String,
        maxAge: Int64? = nil,
        signingAlgorithms: [String] = [],
        certificateExpiry: Int64? = nil,
        foreignKeyHost: String? = nil,
        validators: ProviderValidators? = nil
    ) {
        self.jwks = jwks
        self.maxAge = maxAge
        self.signingAlgorithms = signingAlgorithms
        self.certificateExpiry = certificateExpiry
        self.foreignKeyHost = foreignKeyHost
        self.validators = validators
    }
}

/// The marks of a provider's two documents by which it recognises them (RFC 9110 section 8.8).
package struct ProviderValidators: Sendable, Hashable {
    package struct Marks: Sendable, Hashable {
        /// As it came, with its quotation marks.
        package var entityTag: String?
        /// As it came: it is only ever sent back.
        package var lastModified: String?

        package var isEmpty: Bool { entityTag == nil && lastModified == nil }

        package init(entityTag: String? = nil, lastModified: String? = nil) {
            self.entityTag = entityTag
            self.lastModified = lastModified
        }
    }

    package var document: Marks
    package var keySet: Marks
    /// Where the marked key set was; at another place its marks mean nothing.
    package var keySetURL: String

    package init(document: Marks, keySet: Marks, keySetURL: String) {
        self.document = document
        self.keySet = keySet
        self.keySetURL = keySetURL
    }
}

/// Why a provider could not be used.
package enum ProviderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection, no answer in time, or a name that does not resolve; the text says which.
    case unreachable(url: String, String)
    /// The certificate is not trusted, is for another name, or the given authority is not PEM.
    case untrusted(url: String, String)
    case unexpectedStatus(url: String, Int)
    /// It points elsewhere, and is not followed.
    case redirected(url: String, Int, target: String)
    case tooLarge(url: String)
    /// The document is not the JSON that it should be.
    case malformed(url: String, String)
    case issuerMismatch(expected: String, found: String)
    /// The key set has no key that this build can verify with.
    case noUsableKey(url: String)

    /// For logs and statuses.
    package var description: String {
        switch self {
        case .unreachable(let url, let why): "\(url) cannot be reached: \(why)"
        case .untrusted(let url, let why): "\(url) is not trusted: \(why)"
        case .unexpectedStatus(let url, let status): "\(url) answers with status \(status)"
        case .redirected(let url, let status, let target):
            "\(url) answers with a redirect (\(status)) to \(target), which is not followed"
        case .tooLarge(let url): "the answer of \(url) is too large"
        case .malformed(let url, let why): "the answer of \(url) cannot be read: \(why)"
        case .issuerMismatch(let expected, let found): "the provider calls itself \"\(found)\", not \"\(expected)\""
        case .noUsableKey(let url): "\(url) has no key that tokens can be verified with"
        }
    }
}
