/// A user whose token was verified. Only this module can make one, and no HTTP surface can say "allow" without one.
package struct Identity: Hashable, Sendable {
    package let username: String
    package let uid: String
    package let groups: [String]
    package let extra: [String: [String]]
    /// The provider that vouches: `oidcProviders[].name`, or `IntegratedOAuth`.
    package let provider: String
    /// The `kid` of the key that verified the token, if it has one: for the log, and to forget users when a key is withdrawn.
    package let keyID: String?
    /// Seconds since 1970 after which the token says nothing any more.
    package let expiry: Int64

    init(
        username: String,
        uid: String,
        groups: [String],
        extra: [String: [String]],
        provider: String,
        keyID: String?,
        expiry: Int64
    ) {
        self.username = username
        self.uid = uid
        self.groups = groups
        self.extra = extra
        self.provider = provider
        self.keyID = keyID
        self.expiry = expiry
    }
}
