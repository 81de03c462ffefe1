/// What an `OAuthAuthorizeToken` object records of a code; the code itself is nowhere.
package struct AuthorizationCode: Hashable, Sendable {
    package static let lifetimeSeconds: Int64 = 300

    package var objectName: String
    package var clientName: String
    package var userName: String
    package var userUID: String
    package var scopes: [String]
    /// What the authorize request said, nil when it said nothing.
    package var redirectURI: String?
    package var challenge: CodeChallenge
    package var state: String?
    /// Seconds since 1970; the first second at which it is no longer good.
    package var expiresAt: Int64

    package init(
        objectName: String,
        clientName: String,
        userName: String,
        userUID: String,
        scopes: [String],
        redirectURI: String?,
        challenge: CodeChallenge,
        state: String?,
        expiresAt: Int64
    ) {
        self.objectName = objectName
        self.clientName = clientName
        self.userName = userName
        self.userUID = userUID
        self.scopes = scopes
        self.redirectURI = redirectURI
        self.challenge = challenge
        self.state = state
        self.expiresAt = expiresAt
    }
}

/// What an `OAuthAccessToken` object records of a token.
package struct AccessToken: Hashable, Sendable {
    package static let defaultLifetimeSeconds: Int64 = 86_400

    package var objectName: String
    package var clientName: String
    package var userName: String
    package var userUID: String
    package var scopes: [String]
    package var redirectURI: String?
    /// The object name of the code it was given for.
    package var authorizeToken: String
    /// Seconds from creation; 0 means never.
    package var expiresIn: Int64
    package var inactivityTimeoutSeconds: Int64?
}
