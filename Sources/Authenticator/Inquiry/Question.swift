package import Crypto
import Foundation
package import Snapshot

/// What a judgement needs to know from somebody else. A plain value: the same question has the same answer for a while.
///
/// It may hold a user's token, so it is never logged and never kept; caches know a question by its `fingerprint`.
package enum Question: Hashable, Sendable {
    /// A claim that is kept elsewhere (OpenID Connect Core 5.6.2). The answer's body is a compact JWS.
    case distributedClaim(DistributedClaim)
    /// The keys of an issuer that is not configured. The answer's body is a JWK Set.
    case keySet(KeySet)
    /// Claims from a configured service. The answer's body is a JSON object.
    case claimsSource(ClaimsSource)
    /// Whose token this is, by the word of the configured reviewer. The answer's body is a `TokenReview`.
    case tokenReview(TokenReview)

    package struct DistributedClaim: Hashable, Sendable {
        /// Checked by `EndpointURL`.
        package let endpoint: String
        /// The `access_token` beside the endpoint, and never another credential.
        package let accessToken: Secret?
        /// What the provider whose token this is is trusted by.
        package let certificateAuthority: String?
        package let provider: String
    }

    package struct KeySet: Hashable, Sendable {
        package let issuerURL: String
        package let certificateAuthority: String?
        package let provider: String
    }

    package struct ClaimsSource: Hashable, Sendable {
        package let url: String
        package let source: ExternalClaimsSource
        /// The user's token, where the source is configured to get it.
        package let userToken: Secret?
        package let provider: String
        /// Where in the provider's list the source stands.
        package let index: Int
    }

    package struct TokenReview: Hashable, Sendable {
        package let token: Secret
        package let reviewer: SecretReference
    }
}

extension Question {
    /// Who is asked, for bounds and circuit breakers: one that fails or hangs must not harm the others.
    package var destination: String {
        switch self {
        case .distributedClaim(let question): "claim endpoint of \(question.provider): \(Self.origin(question.endpoint))"
        case .keySet(let question): "issuer of distributed claims of \(question.provider): \(Self.origin(question.issuerURL))"
        case .claimsSource(let question):
            "externalClaimsSources[\(question.index)] of \(question.provider): \(question.source.hostname)"
        case .tokenReview(let question): "webhook \(question.reviewer.name)"
        }
    }

    /// How long a good answer may be used, in seconds, whatever the answer itself says.
    package var longestUse: Int64 {
        switch self {
        case .distributedClaim, .keySet, .claimsSource: 60
        case .tokenReview: 120
        }
    }

    private static func origin(_ url: String) -> String { url.split(separator: "/").prefix(2).joined(separator: "//") }

    /// A key for `fingerprint`, another one each time.
    package static func fingerprintKey() -> SymmetricKey { SymmetricKey(size: .bits256) }

    /// What caches know the question by. The key is made anew at each start, so that a copy of memory gives no token away.
    package func fingerprint(_ key: SymmetricKey) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        func add(_ bytes: some Collection<UInt8>) {
            var count = UInt64(bytes.count).littleEndian
            withUnsafeBytes(of: &count) { code.update(data: Data($0)) }
            code.update(data: Data(bytes))
        }
        func add(_ text: String?) { add(Array((text.map { "+\($0)" } ?? "").utf8)) }
        switch self {
        case .distributedClaim(let question):
            add("distributedClaim")
            add(question.endpoint)
            add(question.accessToken?.expose() ?? [])
            add(question.certificateAuthority)
        case .keySet(let question):
            add("keySet")
            add(question.issuerURL)
            add(question.certificateAuthority)
        case .claimsSource(let question):
            add("claimsSource")
            add(question.url)
            add(question.userToken?.expose() ?? [])
            question.source.describeTrust(to: add)
        case .tokenReview(let question):
            add("tokenReview")
            add(question.token.expose())
            for part in [question.reviewer.name, question.reviewer.key, question.reviewer.version] { add(part) }
        }
        return Array(code.finalize())
    }
}

extension ExternalClaimsSource {
    /// What decides, besides the address, whose answer one gets.
    fileprivate func describeTrust(to add: (String?) -> Void) {
        add(certificateAuthority)
        switch proof {
        case .none: add("none")
        case .requestProvidedToken: add("requestProvidedToken")
        case .clientCredential(let credential):
            for part in [
                credential.clientID, credential.tokenEndpoint, credential.certificateAuthority, credential.secret.name,
                credential.secret.version,
            ] { add(part) }
            for scope in credential.scopes { add(scope) }
        }
    }
}
