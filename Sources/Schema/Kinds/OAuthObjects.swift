/// An OAuthClient of oauth.openshift.io/v1.
package struct OAuthClient: Codable, Sendable {
    package var metadata: ObjectMeta
    package var secret: String?
    package var additionalSecrets: [String]?
    package var respondWithChallenges: Bool?
    package var redirectURIs: [String]?
    package var grantMethod: String?
    package var accessTokenMaxAgeSeconds: Int32?
    package var accessTokenInactivityTimeoutSeconds: Int32?
}

extension OAuthClient: CustomStringConvertible, CustomReflectable {
    package var description: String { "<OAuth client \(metadata.name ?? "")>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An OAuthAccessToken of oauth.openshift.io/v1; the name is a hash of the token.
package struct OAuthAccessToken: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var clientName: String?
    /// Seconds from creation.
    package var expiresIn: Int64?
    package var scopes: [String]?
    package var redirectURI: String?
    package var userName: String?
    package var userUID: String?
    package var authorizeToken: String?
    package var inactivityTimeoutSeconds: Int32?
}

/// An OAuthAuthorizeToken of oauth.openshift.io/v1; the name is a hash of the code.
package struct OAuthAuthorizeToken: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var clientName: String?
    /// Seconds from creation.
    package var expiresIn: Int64?
    package var scopes: [String]?
    package var redirectURI: String?
    package var state: String?
    package var userName: String?
    package var userUID: String?
    package var codeChallenge: String?
    package var codeChallengeMethod: String?
}
