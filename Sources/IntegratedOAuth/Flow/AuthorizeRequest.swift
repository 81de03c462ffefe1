/// A request to `/oauth/authorize`, parsed once; no later step sees the raw parameters.
package struct AuthorizeRequest: Hashable, Sendable {
    package let client: RegisteredClient
    package let redirectURI: String
    /// What `redirect_uri` said; the token request must repeat it.
    package let requestedRedirectURI: String?
    package let state: String?
    package let scopes: [String]
    package let challenge: CodeChallenge

    /// Where the answer to a bad request goes: to the user, or to the client at an address that is known to be the client's.
    package enum Refusal: Error, Hashable, Sendable {
        /// Client or redirect address are not ours: never redirect (RFC 6749, section 4.1.2.1).
        case show(OAuthError)
        case redirect(to: String, OAuthError, state: String?)
    }

    package init(_ parameters: FormParameters, client: RegisteredClient?) throws(Refusal) {
        guard let client else { throw .show(OAuthError(.unauthorizedClient, "the client is not known")) }
        guard let redirectURI = client.redirectURI(requested: parameters["redirect_uri"]) else {
            throw .show(OAuthError(.invalidRequest, "the redirect_uri is not registered for this client"))
        }
        self.client = client
        self.redirectURI = redirectURI
        self.requestedRedirectURI = parameters["redirect_uri"]
        self.state = parameters["state"]
        do throws(OAuthError) {
            guard try parameters.required("response_type") == "code" else {
                throw OAuthError(.unsupportedResponseType, "response_type must be code")
            }
            scopes = try Self.scopes(parameters["scope"])
            challenge = try Self.challenge(parameters)
        } catch {
            throw .redirect(to: redirectURI, error, state: parameters["state"])
        }
    }

    private static let knownScopes: Set<String> = [
        "user:full", "user:info", "user:check-access", "user:list-scoped-projects", "user:list-projects",
    ]

    private static func scopes(_ text: String?) throws(OAuthError) -> [String] {
        guard let text else { return ["user:full"] }
        let scopes = text.split(separator: " ").map(String.init)
        guard scopes.allSatisfy(knownScopes.contains) else { throw OAuthError(.invalidScope, "a scope is not known") }
        return scopes
    }

    /// `plain` would hand the verifier to whoever reads the redirect, so only S256 is taken (RFC 9700, section 2.1.1).
    private static func challenge(_ parameters: FormParameters) throws(OAuthError) -> CodeChallenge {
        let text = try parameters.required("code_challenge")
        guard parameters["code_challenge_method"] == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256")
        }
        guard let challenge = CodeChallenge(text) else {
            throw OAuthError(.invalidRequest, "code_challenge is not a SHA-256 in base64url")
        }
        return challenge
    }
}
