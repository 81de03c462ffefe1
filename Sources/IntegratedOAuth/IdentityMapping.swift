/// Which user a verified identity becomes, by the provider's `mappingMethod`.
package enum IdentityMapping: Hashable, Sendable {
    case existing(OAuthUser)
    /// Make the user, or give it the identity.
    case claim(userName: String)
    /// The text is for the log; the client only hears that it may not.
    case refused(String)
}

/// - Parameters:
///   - owner: the user that the identity already belongs to.
///   - namesake: the user that has the preferred name.
package func mapIdentity(
    _ identity: String,
    preferredName: String,
    method: PasswordProvider.MappingMethod,
    owner: OAuthUser?,
    namesake: OAuthUser?
) -> IdentityMapping {
    if let owner { return .existing(owner) }
    switch method {
    case .lookup:
        return .refused("identity \"\(identity)\" is mapped to no user, and mappingMethod is lookup")
    case .add:
        return .claim(userName: preferredName)
    case .claim:
        guard let namesake, !namesake.identities.isEmpty else { return .claim(userName: preferredName) }
        return .refused(
            "user \"\(preferredName)\" cannot be claimed by identity \"\(identity)\" because it is already mapped to \(namesake.identities)"
        )
    }
}
