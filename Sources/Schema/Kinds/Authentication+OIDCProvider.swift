extension Authentication {
    /// One entry of `spec.oidcProviders`.
    package struct OIDCProvider: Codable, Hashable, Sendable {
        package var name: String
        package var issuer: Issuer
        package var claimMappings: ClaimMappings
        package var claimValidationRules: [ClaimValidationRule]?
        package var userValidationRules: [UserValidationRule]?
        package var oidcClients: [OIDCClient]?
        package var externalClaimsSources: [ExternalClaimsSource]?
    }

    package struct Issuer: Codable, Hashable, Sendable {
        package var issuerURL: String
        package var discoveryURL: String?
        package var audiences: [String]
        package var issuerCertificateAuthority: NameReference?
        /// Postern's own: the config map with the provider's keys, for sites that cannot reach it.
        package var staticKeys: NameReference?
    }

    package struct ClaimMappings: Codable, Hashable, Sendable {
        /// Postern's own: `Allow` lets names that begin with `system:` pass; `Refuse`, empty and nil do not.
        package var reservedNamePolicy: String?
        package var username: Username
        package var groups: Groups?
        package var uid: ClaimOrExpression?
        package var extra: [Extra]?

        package struct Username: Codable, Hashable, Sendable {
            package var claim: String?
            package var expression: String?
            /// `Prefix`, `NoPrefix`, or empty for no opinion.
            package var prefixPolicy: String?
            package var prefix: Prefix?

            package struct Prefix: Codable, Hashable, Sendable {
                package var prefixString: String
            }
        }

        package struct Groups: Codable, Hashable, Sendable {
            package var claim: String?
            package var expression: String?
            package var prefix: String?
        }

        package struct ClaimOrExpression: Codable, Hashable, Sendable {
            package var claim: String?
            package var expression: String?
        }

        package struct Extra: Codable, Hashable, Sendable {
            package var key: String
            package var valueExpression: String
        }
    }

    package struct ClaimValidationRule: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Sendable {
            case requiredClaim = "RequiredClaim"
            case cel = "CEL"
        }

        package var type: Kind
        package var requiredClaim: RequiredClaim?
        package var cel: Rule?

        package struct RequiredClaim: Codable, Hashable, Sendable {
            package var claim: String
            package var requiredValue: String
        }

        package struct Rule: Codable, Hashable, Sendable {
            package var expression: String
            package var message: String
        }
    }

    package struct UserValidationRule: Codable, Hashable, Sendable {
        package var expression: String
        package var message: String
    }

    package struct OIDCClient: Codable, Hashable, Sendable {
        package var componentName: String
        package var componentNamespace: String
        package var clientID: String
        package var clientSecret: NameReference?
        package var extraScopes: [String]?
    }
}
