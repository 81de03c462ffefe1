/// What a client that answers challenges gets next, before a password is looked at.
package enum ChallengeStep: Hashable, Sendable {
    /// 401 with `WWW-Authenticate: Basic`.
    case challenge
    /// 401 without a challenge, so that a page in a browser cannot make it ask for a password.
    case missingCSRFHeader
    case notAllowed
    case checkPassword(user: String, password: String)
}

/// Decides by the headers of a request to `/oauth/authorize`; `hasCSRFHeader`: a non-empty `X-CSRF-Token` came with it.
package func challengeStep(client: RegisteredClient, hasCSRFHeader: Bool, credentials: BasicCredentials?) -> ChallengeStep {
    guard client.respondWithChallenges else { return .notAllowed }
    guard hasCSRFHeader else { return .missingCSRFHeader }
    guard let credentials else { return .challenge }
    return .checkPassword(user: credentials.name, password: credentials.password)
}
