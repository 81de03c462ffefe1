import Foundation

/// A request to `/oauth/token`: a code to be exchanged (RFC 6749, section 4.1.3).
package struct TokenRequest: Sendable {
    package let clientID: String
    package let clientSecret: String?
    package let code: OAuthSecret
    package let redirectURI: String?
    package let verifier: String

    package init(_ parameters: FormParameters, credentials: BasicCredentials?) throws(OAuthError) {
        guard try parameters.required("grant_type") == "authorization_code" else {
            throw OAuthError(.unsupportedGrantType, "grant_type must be authorization_code")
        }
        if let credentials {
            // RFC 6749, section 2.3.1: both halves are form-encoded inside the header.
            guard let name = credentials.name.removingPercentEncoding, let secret = credentials.password.removingPercentEncoding
            else { throw OAuthError(.invalidClient, "the client's credentials are not valid") }
            clientID = name
            clientSecret = secret.isEmpty ? nil : secret
        } else {
            clientID = try parameters.required("client_id")
            clientSecret = parameters["client_secret"]
        }
        guard let code = OAuthSecret(received: try parameters.required("code")) else {
            throw OAuthError(.invalidGrant, "the code is not valid")
        }
        self.code = code
        redirectURI = parameters["redirect_uri"]
        verifier = try parameters.required("code_verifier")
    }
}

/// Checks everything about a code but whether it was used before; the store decides that by removing it.
package func checkGrant(
    _ request: TokenRequest,
    client: RegisteredClient?,
    code: AuthorizationCode,
    now: Int64
) throws(OAuthError) {
    guard let client else { throw OAuthError(.invalidClient, "the client is not known") }
    if !client.isPublic {
        guard let secret = request.clientSecret, client.accepts(secret: secret) else {
            throw OAuthError(.invalidClient, "the client's credentials are not valid")
        }
    }
    guard code.clientName.utf8.elementsEqual(client.name.utf8) else {
        throw OAuthError(.invalidGrant, "the code was given to another client")
    }
    guard now < code.expiresAt else { throw OAuthError(.invalidGrant, "the code is expired") }
    guard (code.redirectURI ?? "").utf8.elementsEqual((request.redirectURI ?? "").utf8) else {
        throw OAuthError(.invalidGrant, "the redirect_uri differs from the one the code was asked with")
    }
    guard code.challenge.isAnswered(by: request.verifier) else {
        throw OAuthError(.invalidGrant, "the code_verifier does not answer the code_challenge")
    }
}
