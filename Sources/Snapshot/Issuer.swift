/// One OIDC provider as a worker sees it: whose tokens to take, and what to make of their claims.
package struct Issuer: Codable, Hashable, Sendable {
    /// `oidcProviders[].name`, for logs and metrics.
    package var name: String
    /// Must equal the token's `iss` byte for byte.
    package var issuerURL: String
    /// Where the discovery document is when it is not at the well-known place below `issuerURL`.
    package var discoveryURL: String?
    /// A token must be meant for at least one of these.
    package var audiences: [String]
    /// PEM text of the certificates to trust instead of the system's; nil: the system's.
    package var certificateAuthority: String?
    package var claimMappings: ClaimMappings
    package var claimValidationRules: [ClaimValidationRule]
    package var userValidationRules: [UserValidationRule]
    /// Whether names that begin with `system:` may come from this provider. Those are the platform's own; true only where
    /// the configuration says so explicitly.
    package var allowsReservedNames: Bool
    /// The JWK Set's JSON text where the configuration itself holds the keys: then nothing is ever fetched, and these keys are
    /// good until another revision has others. nil: the provider publishes them.
    package var staticKeys: String?
    /// nil and empty are the same; revisions of earlier versions do not have it.
    package var externalClaimsSources: [ExternalClaimsSource]?
    /// The key set as preflight saw it, so that a worker can start judging without a network.
    package var seed: KeySeed?

    package init(
        name: String,
        issuerURL: String,
        discoveryURL: String? = nil,
        audiences: [String],
        certificateAuthority: String? = nil,
        claimMappings: ClaimMappings,
        claimValidationRules: [ClaimValidationRule] = [],
        userValidationRules: [UserValidationRule] = [],
        allowsReservedNames: Bool = false,
        staticKeys: String? = nil,
        externalClaimsSources: [ExternalClaimsSource]? = nil,
        seed: KeySeed? = nil
    ) {
        self.name = name
        self.issuerURL = issuerURL
        self.discoveryURL = discoveryURL
        self.audiences = audiences
        self.certificateAuthority = certificateAuthority
        self.claimMappings = claimMappings
        self.claimValidationRules = claimValidationRules
        self.userValidationRules = userValidationRules
        self.allowsReservedNames = allowsReservedNames
        self.staticKeys = staticKeys
        self.externalClaimsSources = externalClaimsSources
        self.seed = seed
    }
}

/// A JWK Set (RFC 7517) as it was fetched, and when.
package struct KeySeed: Codable, Hashable, Sendable {
    /// The set's JSON text.
    package var jwks: String
    /// Seconds since 1970.
    package var fetchedAt: Int64

    package init(jwks: String, fetchedAt: Int64) {
        self.jwks = jwks
        self.fetchedAt = fetchedAt
    }
}
