package import JSON

/// The document that tells clients where to log in (RFC 8414).
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String

    /// - Parameter issuer: the server's address, without a slash at the end.
    package init(issuer: String) { self.issuer = issuer }

    package var document: JSONValue {
        [
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + "/oauth/authorize"),
            "token_endpoint": .string(issuer + "/oauth/token"),
            "scopes_supported": [
                "user:check-access", "user:full", "user:info", "user:list-projects", "user:list-scoped-projects",
            ],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
        ]
    }
}
