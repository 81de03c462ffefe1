/// A User of user.openshift.io/v1: somebody who has logged in at the built-in OAuth server.
package struct User: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var fullName: String?
    package var identities: [String]?
    package var groups: [String]?
}

/// An Identity of user.openshift.io/v1, under a longer name because `Authenticator.Identity` is another thing.
package struct UserIdentity: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var providerName: String
    package var providerUserName: String
    package var user: ObjectReference?
    package var extra: [String: String]?
}

/// A Group of user.openshift.io/v1.
package struct Group: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var users: [String]?
}
