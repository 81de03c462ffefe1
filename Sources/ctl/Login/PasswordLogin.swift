import Client
import Crypto
import Foundation
import JSON

/// The built-in OAuth server's password login, as `oc login -u -p` does it: a code by HTTP Basic, with PKCE, and a token for the code.
struct PasswordLogin {
    private static let client = "openshift-challenging-client"

    /// The address that tells where the OAuth server is.
    let server: String
    let send: (HTTPTransport.Request) async throws -> HTTPTransport.Reply

    func token(username: String, password: SecretText) async throws -> SecretText {
        // Basic credentials are cut at the first colon.
        guard !username.contains(":") else { throw CommandFailure("a user name cannot have a colon in it") }
        let endpoints = try await endpoints()
        let verifier = Self.random(bytes: 32)
        let code = try await code(endpoints, verifier, username, password)
        return try await exchange(code, verifier, endpoints)
    }

    private struct Endpoints {
        let authorization: String
        let token: String
        /// Where the code comes back; nothing is ever asked there.
        let redirect: String
    }

    private func endpoints() async throws -> Endpoints {
        let reply = try await send(
            .init(url: "\(server)/.well-known/oauth-authorization-server", headers: [("X-CSRF-Token", "1")])
        )
        guard reply.status == 200 else {
            let hint = "\(server) has no login by password (HTTP \(reply.status)): give a worker's address, or --token"
            throw CommandFailure(reply.status == 404 ? "\(hint); in OIDC mode the identity provider gives the tokens" : hint)
        }
        let document = try? JSONParser.parse(reply.body)
        guard let issuer = document?["issuer"]?.stringValue,
            let authorization = document?["authorization_endpoint"]?.stringValue,
            let token = document?["token_endpoint"]?.stringValue,
            [issuer, authorization, token].allSatisfy({ $0.hasPrefix("https://") })
        else { throw CommandFailure("\(server) does not say where its OAuth server is") }
        return Endpoints(authorization: authorization, token: token, redirect: "\(issuer)/oauth/token/implicit")
    }

    private func code(
        _ endpoints: Endpoints,
        _ verifier: String,
        _ username: String,
        _ password: SecretText
    ) async throws -> String {
        let state = Self.random(bytes: 16)
        let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64URLEncoded
        let query = PercentEncoding.form([
            ("client_id", Self.client), ("response_type", "code"), ("redirect_uri", endpoints.redirect), ("state", state),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ])
        var request = HTTPTransport.Request(url: "\(endpoints.authorization)?\(query)", headers: [("X-CSRF-Token", "1")])
        // The password is sent only to who asks for it.
        let question = try await send(request)
        guard question.status == 401, question.headers(named: "WWW-Authenticate").contains(where: Self.isBasic) else {
            throw CommandFailure("the OAuth server does not ask for a password (HTTP \(question.status))")
        }
        let credentials = Data("\(username):\(password.expose())".utf8).base64EncodedString()
        request.headers.append(("Authorization", "Basic \(credentials)"))
        let answer = try await send(request)
        if answer.status == 401 {
            throw CommandFailure("Login failed (401 Unauthorized)\nVerify you have provided the correct credentials.")
        }
        guard answer.status == 302, let location = answer.header("Location"), location.hasPrefix(endpoints.redirect) else {
            throw CommandFailure("the OAuth server did not answer the login as expected (HTTP \(answer.status))")
        }
        return try Self.code(in: location, state: state)
    }

    private static func isBasic(_ challenge: String) -> Bool { challenge.lowercased().hasPrefix("basic") }

    static func code(in location: String, state: String) throws(CommandFailure) -> String {
        let items = URLComponents(string: location)?.queryItems ?? []
        let value = { (name: String) in items.first { $0.name == name }?.value }
        if let error = value("error") { throw CommandFailure("Login failed: \(value("error_description") ?? error)") }
        guard value("state") == state, let code = value("code"), !code.isEmpty else {
            throw CommandFailure("the OAuth server answered another login than this one")
        }
        return code
    }

    private func exchange(_ code: String, _ verifier: String, _ endpoints: Endpoints) async throws -> SecretText {
        let form = PercentEncoding.form([
            ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier),
            ("redirect_uri", endpoints.redirect),
        ])
        let client = Data("\(Self.client):".utf8).base64EncodedString()
        let headers = [
            ("Authorization", "Basic \(client)"), ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
        ]
        let reply = try await send(
            .init(
                method: "POST",
                url: endpoints.token,
                headers: headers.map { (name: $0.0, value: $0.1) },
                body: Array(form.utf8)
            )
        )
        let document = try? JSONParser.parse(reply.body)
        guard reply.status == 200, let token = document?["access_token"]?.stringValue, !token.isEmpty else {
            let reason =
                document?["error_description"]?.stringValue ?? document?["error"]?.stringValue ?? "HTTP \(reply.status)"
            throw CommandFailure("Login failed: the OAuth server gave no token (\(reason))")
        }
        return SecretText(token)
    }

    private static func random(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }).base64URLEncoded
    }
}
