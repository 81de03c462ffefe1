import Client
import Foundation
import JSON
import Synchronization
import Testing

@testable import ctl

struct LoginTests {
    private static let server = "https://worker:9443"
    private static let issuer = "https://oauth:9444"

    /// An OAuth server as a table; `change` spoils one of its answers.
    private func login(
        password: String = "right",
        change: @escaping (HTTPTransport.Request) -> HTTPTransport.Reply? = { _ in nil }
    ) async throws -> (token: String, requests: [HTTPTransport.Request]) {
        var requests: [HTTPTransport.Request] = []
        let flow = PasswordLogin(server: Self.server) { request in
            requests.append(request)
            return change(request) ?? Self.answer(request)
        }
        let token = try await flow.token(username: "bob", password: SecretText(password))
        return (token.expose(), requests)
    }

    private static func answer(_ request: HTTPTransport.Request) -> HTTPTransport.Reply {
        let header = { (name: String) in request.headers.first { $0.name == name }?.value }
        let url = URLComponents(string: request.url)
        switch url?.path {
        case "/.well-known/oauth-authorization-server":
            return reply(
                200,
                body:
                    #"{"issuer":"\#(issuer)","authorization_endpoint":"\#(issuer)/oauth/authorize","token_endpoint":"\#(issuer)/oauth/token"}"#
            )
        case "/oauth/authorize":
            let isRight = header("Authorization") == "Basic " + Data("bob:right".utf8).base64EncodedString()
            guard isRight else { return reply(401, [("WWW-Authenticate", "Basic realm=\"openshift\"")]) }
            let state = url?.queryItems?.first { $0.name == "state" }?.value ?? ""
            return reply(302, [("Location", "\(issuer)/oauth/token/implicit?code=sha256~code&state=\(state)")])
        case "/oauth/token": return reply(200, body: #"{"access_token":"sha256~token","token_type":"Bearer"}"#)
        default: return reply(404)
        }
    }

    private static func reply(_ status: Int, _ headers: [(String, String)] = [], body: String = "") -> HTTPTransport.Reply {
        HTTPTransport.Reply(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    }

    @Test func exchangesAPasswordForAToken() async throws {
        let (token, requests) = try await login()
        #expect(token == "sha256~token")
        let addresses = requests.map { $0.url.components(separatedBy: "?")[0] }
        #expect(
            addresses == [
                "\(Self.server)/.well-known/oauth-authorization-server", "\(Self.issuer)/oauth/authorize",
                "\(Self.issuer)/oauth/authorize",
                "\(Self.issuer)/oauth/token",
            ]
        )
        #expect(
            requests[1].headers.contains { $0.name == "X-CSRF-Token" }
                && !requests[1].headers.contains { $0.name == "Authorization" }
        )
        let query = URLComponents(string: requests[2].url)?.queryItems ?? []
        #expect(query.first { $0.name == "code_challenge_method" }?.value == "S256")
        #expect(query.first { $0.name == "client_id" }?.value == "openshift-challenging-client")
        let form = String(decoding: requests[3].body ?? [], as: UTF8.self)
        #expect(form.hasPrefix("grant_type=authorization_code&code=sha256~code&code_verifier="))
        #expect(!requests.contains { $0.url.contains("right") })
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let path: String
        let status: Int
        var headers: [(String, String)] = []
        var body = ""
        let says: String
    }

    static let refusals = [
        Refusal(
            testDescription: "no built-in server",
            path: "oauth-authorization-server",
            status: 404,
            says: "in OIDC mode the identity provider gives the tokens"
        ),
        Refusal(
            testDescription: "http endpoints",
            path: "oauth-authorization-server",
            status: 200,
            body: #"{"issuer":"http://x","authorization_endpoint":"http://x","token_endpoint":"http://x"}"#,
            says: "does not say where"
        ),
        Refusal(testDescription: "no challenge", path: "oauth/authorize", status: 200, says: "does not ask for a password"),
        Refusal(
            testDescription: "no token",
            path: "oauth/token",
            status: 400,
            body: #"{"error":"invalid_grant"}"#,
            says: "invalid_grant"
        ),
    ]

    @Test(arguments: refusals)
    func saysWhyItFailed(_ refusal: Refusal) async {
        let failure = await #expect(throws: CommandFailure.self) {
            _ = try await login { request in
                guard request.url.components(separatedBy: "?")[0].hasSuffix(refusal.path) else { return nil }
                return Self.reply(refusal.status, refusal.headers, body: refusal.body)
            }
        }
        #expect(failure?.message.contains(refusal.says) == true, "\(failure?.message ?? "")")
    }

    @Test func aWrongPasswordSaysSoAndNotWhatItWas() async {
        let failure = await #expect(throws: CommandFailure.self) { _ = try await login(password: "hunter2") }
        #expect(failure?.message == "Login failed (401 Unauthorized)\nVerify you have provided the correct credentials.")
    }

    @Test func aCodeMustComeBackToUs() throws {
        #expect(try PasswordLogin.code(in: "https://x/y?code=c&state=s", state: "s") == "c")
        for location in [
            "https://x/y?code=c&state=other", "https://x/y?state=s", "https://x/y", "https://x/y?error=access_denied&state=s",
        ] {
            #expect(throws: CommandFailure.self) { try PasswordLogin.code(in: location, state: "s") }
        }
    }

    @Test func remembersTheLoginAsOCDoes() throws {
        let trust = ClientConfiguration.Trust.roots(pem: Array("ABC".utf8))
        let edits = LoginContext.edits(
            server: "https://api.my.example:6443",
            user: "bob",
            token: SecretText("t"),
            trust: trust,
            namespace: nil
        )
        var kubeconfig = Kubeconfig()
        for edit in edits {
            switch edit {
            case .set(let section, let name, let value): kubeconfig[section, name] = value
            case .remove(let section, let name): kubeconfig[section, name] = nil
            case .currentContext(let name): kubeconfig.currentContext = name
            case .rename: Issue.record("a login renames nothing")
            }
        }
        #expect(kubeconfig.currentContext == "default/api-my-example:6443/bob")
        #expect(kubeconfig[.users, "bob/api-my-example:6443"] == ["token": "t"])
        #expect(kubeconfig[.clusters, "api-my-example:6443"]?["certificate-authority-data"] == "QUJD")
        // A second login there needs no authority.
        let place = try LoginPlace(url: "api.my.example:6443/", kubeconfig: kubeconfig, overrides: .init())
        guard case .roots(let pem) = place.trust else {
            Issue.record("the authority was forgotten")
            return
        }
        #expect(pem == Array("ABC".utf8) && place.server == "https://api.my.example:6443")
    }

    @Test(arguments: ["http://x", "ftp://x", "https://", ""])
    func sendsNoPasswordWithoutTLS(_ url: String) {
        #expect(throws: CommandFailure.self) { try LoginPlace(url: url, kubeconfig: Kubeconfig(), overrides: .init()) }
    }

    @Test func namesATokenByItsHash() {
        #expect(LoginContext.tokenName("sha256~abc") == "sha256~ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
        #expect(LoginContext.tokenName("eyJhbGciOi") == nil)
    }
}
