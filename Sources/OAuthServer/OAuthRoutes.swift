import Client
import HTTPTypes
import Hummingbird
import IntegratedOAuth
import JSON
import Logging
import NIOCore
import Web

/// The OAuth server's routes: they unpack requests, ask the authorization server, and pack its answers.
struct OAuthRoutes: Sendable {
    let server: AuthorizationServer
    let metadata: AuthorizationServerMetadata
    let throttle: LoginThrottle

    func add(to router: Router<WebContext>) {
        router.get("/.well-known/oauth-authorization-server") { _, _ in Self.json(metadata.document) }
        router.get("/oauth/authorize") { request, context in try await authorize(request, logger: context.logger) }
        router.post("/oauth/token") { request, context in try await token(request, logger: context.logger) }
    }

    // MARK: - /oauth/authorize

    private func authorize(_ request: Request, logger: Logger) async throws -> Response {
        do {
            let parameters = try FormParameters(parsing: request.uri.query ?? "")
            let client = try await server.client(named: parameters["client_id"])
            let authorize = try AuthorizeRequest(parameters, client: client)
            let headers = request.headers
            let step = challengeStep(
                client: authorize.client,
                hasCSRFHeader: HTTPField.Name("X-CSRF-Token").flatMap { headers[$0] }.map { !$0.isEmpty } ?? false,
                credentials: headers[.authorization].flatMap(BasicCredentials.init(header:))
            )
            return try await answer(step, to: authorize, logger: logger)
        } catch let error as OAuthError {
            return Self.page(.badRequest, error.description)
        } catch let refusal as AuthorizeRequest.Refusal {
            return Self.answer(refusal)
        }
    }

    private func answer(_ step: ChallengeStep, to request: AuthorizeRequest, logger: Logger) async throws -> Response {
        switch step {
        case .notAllowed:
            return Self.page(.unauthorized, "This client does not answer challenges; log in with a client that does.")
        case .missingCSRFHeader:
            let text = "A non-empty X-CSRF-Token header is required to receive basic-auth challenges"
            return Self.page(.unauthorized, text, headers: [("Warning", "199 Origin \"\(text)\"")])
        case .challenge:
            return Self.page(.unauthorized, "Unauthorized", headers: [("WWW-Authenticate", "Basic realm=\"openshift\"")])
        case .checkPassword(let user, let password):
            return try await logIn(user: user, password: password, for: request, logger: logger)
        }
    }

    private func logIn(user: String, password: String, for request: AuthorizeRequest, logger: Logger) async throws -> Response {
        guard await throttle.begin(user) else {
            logger.notice("login held back", metadata: ["user": "\(user.debugDescription)", "reason": "too_many_failures"])
            return Self.page(.tooManyRequests, "Too many failed logins; wait a moment.", headers: [("Retry-After", "30")])
        }
        switch try await server.logIn(user: user, password: password, for: request) {
        case .granted(let code):
            await throttle.succeeded(user)
            logger.info("login", metadata: ["user": "\(user.debugDescription)", "client": "\(request.client.name)"])
            return Self.redirect(to: request.redirectURI, [("code", code.expose()), ("state", request.state)])
        case .refused(let reason):
            logger.notice("login refused", metadata: ["user": "\(user.debugDescription)", "reason": "\(reason)"])
            return Self.page(.unauthorized, "Unauthorized", headers: [("WWW-Authenticate", "Basic realm=\"openshift\"")])
        }
    }

    // MARK: - /oauth/token

    private func token(_ request: Request, logger: Logger) async throws -> Response {
        do {
            let body = try await request.body.collect(upTo: FormParameters.maximumBytes)
            let parameters = try FormParameters(parsing: String(buffer: body))
            let credentials = request.headers[.authorization].flatMap(BasicCredentials.init(header:))
            let (token, record) = try await server.exchange(try TokenRequest(parameters, credentials: credentials))
            logger.info(
                "token issued",
                metadata: ["user": "\(record.userName.debugDescription)", "client": "\(record.clientName)"]
            )
            return Self.json([
                "access_token": .string(token.expose()),
                "token_type": "Bearer",
                "expires_in": .integer(record.expiresIn),
                "scope": .string(record.scopes.joined(separator: " ")),
            ])
        } catch let error as OAuthError {
            logger.notice("token refused", metadata: ["error": "\(error.code.rawValue)", "reason": "\(error.description)"])
            let document: JSONValue = ["error": .string(error.code.rawValue), "error_description": .string(error.description)]
            return Self.json(document, status: error.code == .invalidClient ? .unauthorized : .badRequest)
        }
    }

    // MARK: - Answers

    private static func answer(_ refusal: AuthorizeRequest.Refusal) -> Response {
        switch refusal {
        case .show(let error): page(.badRequest, error.description)
        case .redirect(let address, let error, let state):
            redirect(
                to: address,
                [("error", error.code.rawValue), ("error_description", error.description), ("state", state)]
            )
        }
    }

    /// Adds parameters to a registered address; each value is percent-encoded, so none can add a parameter or a header.
    private static func redirect(to address: String, _ parameters: [(String, String?)]) -> Response {
        let query = PercentEncoding.form(parameters.compactMap { name, value in value.map { (name, $0) } })
        let location = address + (address.contains("?") ? "&" : "?") + query
        return Response(status: .found, headers: [.location: location, .cacheControl: "no-store"])
    }

    private static func page(_ status: HTTPResponse.Status, _ text: String, headers: [(String, String)] = []) -> Response {
        var fields: HTTPFields = [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }

    private static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(of: value)))
        )
    }
}
