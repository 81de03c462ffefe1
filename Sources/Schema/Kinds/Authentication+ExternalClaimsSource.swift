extension Authentication {
    /// A service that is asked for claims which the token does not carry.
    package struct ExternalClaimsSource: Codable, Hashable, Sendable {
        package var url: URL
        package var authentication: Proof?
        package var tls: TLS?
        package var mappings: [Mapping]
        package var predicates: [Predicate]?

        package struct URL: Codable, Hashable, Sendable {
            package var hostname: String
            package var pathExpression: String
        }

        package struct TLS: Codable, Hashable, Sendable {
            package var certificateAuthority: NameReference
        }

        package struct Mapping: Codable, Hashable, Sendable {
            package var name: String
            package var expression: String
        }

        package struct Predicate: Codable, Hashable, Sendable {
            package var expression: String
        }

        /// How the service learns who is asking.
        package struct Proof: Codable, Hashable, Sendable {
            package enum Kind: String, Codable, Sendable {
                case requestProvidedToken = "RequestProvidedToken"
                case clientCredential = "ClientCredential"
            }

            package var type: Kind
            package var clientCredential: ClientCredential?
        }

        package struct ClientCredential: Codable, Hashable, Sendable {
            package var clientID: String
            package var clientSecret: NameReference
            package var tokenEndpoint: String
            package var scopes: [String]?
            package var tls: TLS?
        }
    }
}
