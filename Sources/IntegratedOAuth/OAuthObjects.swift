/// The objects that the flow reads and writes: the controller's API in the program, a table in tests.
package protocol OAuthObjects: Sendable {
    func client(named name: String) async throws -> RegisteredClient?
    /// The password providers of `OAuth/cluster`, in their order, with their files read now.
    func passwordProviders() async throws -> [PasswordProvider]
    /// `OAuth/cluster`'s `tokenConfig.accessTokenMaxAgeSeconds`; nil when it says nothing.
    func accessTokenMaxAgeSeconds() async throws -> Int64?

    func user(named name: String) async throws -> OAuthUser?
    /// The user that an identity belongs to; nil when the identity is not there.
    func user(ofIdentity identity: String) async throws -> OAuthUser?
    /// Makes a user, or adds the identity to one that has none; returns the user as it is now.
    func claim(userNamed name: String, identity: String, provider: String, providerUserName: String) async throws -> OAuthUser

    func record(_ code: AuthorizationCode) async throws
    func code(named objectName: String) async throws -> AuthorizationCode?
    /// Removes a code; false when somebody else did it first, which makes a code good for one exchange only.
    func removeCode(named objectName: String) async throws -> Bool
    func record(_ token: AccessToken) async throws
}

/// An entry of `OAuth.spec.identityProviders` that checks passwords.
package struct PasswordProvider: Sendable {
    package enum MappingMethod: String, Sendable { case claim, lookup, add }

    package let name: String
    package let mappingMethod: MappingMethod
    package let users: Htpasswd

    package init(name: String, mappingMethod: MappingMethod, users: Htpasswd) {
        self.name = name
        self.mappingMethod = mappingMethod
        self.users = users
    }
}

/// A `User` object as the flow needs it.
package struct OAuthUser: Hashable, Sendable {
    package let name: String
    package let uid: String
    /// Names of `Identity` objects.
    package let identities: [String]

    package init(name: String, uid: String, identities: [String]) {
        self.name = name
        self.uid = uid
        self.identities = identities
    }
}
