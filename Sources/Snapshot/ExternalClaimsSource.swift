/// A service that is asked for claims which a token does not carry.
package struct ExternalClaimsSource: Codable, Hashable, Sendable {
    /// One claim that is made of the service's answer.
    package struct Mapping: Codable, Hashable, Sendable {
        package var name: String
        /// A CEL expression over `response`, the answer's JSON object.
        package var expression: String

        package init(name: String, expression: String) {
            self.name = name
            self.expression = expression
        }
    }

    /// How the service learns who is asking.
    package enum Proof: Codable, Hashable, Sendable {
        case none
        /// By the user's own token.
        case requestProvidedToken
        /// By an access token that we get for ourselves (RFC 6749 section 4.4).
        case clientCredential(ClientCredential)
    }

    package struct ClientCredential: Codable, Hashable, Sendable {
        package var clientID: String
        package var secret: SecretReference
        package var tokenEndpoint: String
        package var scopes: [String]
        /// PEM text of the certificates to trust instead of the system's; nil: the system's.
        package var certificateAuthority: String?

        package init(
            clientID: String,
            secret: SecretReference,
            tokenEndpoint: String,
            scopes: [String] = [],
            certificateAuthority: String? = nil
        ) {
            self.clientID = clientID
            self.secret = secret
            self.tokenEndpoint = tokenEndpoint
            self.scopes = scopes
            self.certificateAuthority = certificateAuthority
        }
    }

    /// With the port, if it is not 443.
    package var hostname: String
    /// A CEL expression over `claims` that gives the parts of the path as a list of strings.
    package var pathExpression: String
    package var proof: Proof
    /// PEM text of the certificates to trust instead of the system's; nil: the system's.
    package var certificateAuthority: String?
    package var mappings: [Mapping]
    /// CEL expressions over `claims`; the service is asked only if all are true.
    package var predicates: [String]

    package init(
        hostname: String,
        pathExpression: String,
        proof: Proof = .none,
        certificateAuthority: String? = nil,
        mappings: [Mapping],
        predicates: [String] = []
    ) {
        self.hostname = hostname
        self.pathExpression = pathExpression
        self.proof = proof
        self.certificateAuthority = certificateAuthority
        self.mappings = mappings
        self.predicates = predicates
    }
}
