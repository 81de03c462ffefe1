package import JSON

/// A token of the built-in OAuth server as its store knows it, with the user's present groups.
package struct OpaqueToken: Hashable, Sendable {
    package var userName: String
    package var userUID: String
    package var groups: [String]
    package var scopes: [String]
    /// Seconds since 1970; nil: it does not expire.
    package var expiresAt: Int64?
    package var clientName: String

    package init(userName: String, userUID: String, groups: [String], scopes: [String], expiresAt: Int64?, clientName: String) {
        self.userName = userName
        self.userUID = userUID
        self.groups = groups
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.clientName = clientName
    }

    /// When an `OAuthAccessToken` object's token expires, in seconds since 1970; nil: it does not.
    package static func expiry(of object: JSONValue) -> Int64? {
        let lifetime = object["expiresIn"]?.integerValue ?? 0
        guard lifetime != 0 else { return nil }
        // Without a readable beginning there is no end that could be trusted: such a token is expired.
        let created = object.value(at: "metadata", "creationTimestamp")?.stringValue.flatMap(Timestamp.seconds)
        return created.map { $0.addingReportingOverflow(lifetime) }.map { $0.overflow ? 0 : $0.partialValue } ?? 0
    }
}

/// Where tokens of the built-in OAuth server are looked up: a synced table in a worker. Must not block.
package protocol OpaqueTokenLookup: Sendable {
    /// Finds a token by its object name, `sha256~` and a hash, so that the table need not hold a token that could be used.
    ///
    /// Throws while the table is not complete yet: a token that is missing then may still be good.
    func find(hashName: String) throws(OpaqueTokensUnavailable) -> OpaqueToken?
}

/// The table of opaque tokens was not filled yet.
package struct OpaqueTokensUnavailable: Error, Hashable, Sendable {
    package init() {}
}

/// The table of a worker that has none.
package struct NoOpaqueTokens: OpaqueTokenLookup {
    package init() {}
    package func find(hashName: String) -> OpaqueToken? { nil }
}
