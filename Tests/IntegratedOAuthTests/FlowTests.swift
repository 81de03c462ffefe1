import Testing

@testable import IntegratedOAuth

private let challengingClient = RegisteredClient(
    name: "openshift-challenging-client",
    redirectURIs: ["https://oauth.example/oauth/token/implicit"],
    respondWithChallenges: true
)
private let cliClient = RegisteredClient(
    name: "openshift-cli-client",
    redirectURIs: ["http://127.0.0.1/callback", "http://[::1]/callback"]
)
/// The pair of RFC 7636, appendix B.
private let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
private let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

struct AuthorizeRequestTests {
    static func query(_ changes: [String: String?] = [:]) -> String {
        var values: [String: String?] = [
            "response_type": "code", "client_id": "openshift-challenging-client", "code_challenge": challenge,
            "code_challenge_method": "S256", "state": "s1",
        ]
        for (name, value) in changes { values[name] = value }
        return values.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted().joined(separator: "&")
    }

    static func refusal(_ query: String, client: RegisteredClient? = challengingClient) throws -> AuthorizeRequest.Refusal? {
        do throws(AuthorizeRequest.Refusal) {
            let parameters: FormParameters
            do throws(OAuthError) { parameters = try FormParameters(parsing: query) } catch { throw .show(error) }
            _ = try AuthorizeRequest(parameters, client: client)
            return nil
        } catch {
            return error
        }
    }

    @Test func takesWhatOcSends() throws {
        let request = try AuthorizeRequest(try FormParameters(parsing: Self.query()), client: challengingClient)
        #expect(request.redirectURI == "https://oauth.example/oauth/token/implicit")
        #expect(request.requestedRedirectURI == nil)
        #expect(request.scopes == ["user:full"])
        #expect(request.state == "s1")
    }

    @Test(
        arguments: [
            ["code_challenge_method": "plain"], ["code_challenge_method": nil], ["code_challenge": nil],
            ["code_challenge": "short"],
            ["response_type": "token"], ["response_type": nil], ["scope": "user:full+user:everything"],
        ] as [[String: String?]]
    )
    func tellsTheClientAtItsOwnAddress(_ changes: [String: String?]) throws {
        guard case .redirect(let address, _, let state)? = try Self.refusal(Self.query(changes)) else {
            Issue.record("not refused")
            return
        }
        #expect(address == "https://oauth.example/oauth/token/implicit")
        #expect(state == "s1")
    }

    @Test(arguments: [
        "https://oauth.example/oauth/token/implicit/", "https://oauth.example.evil/oauth/token/implicit",
        "https://user@oauth.example/oauth/token/implicit", "http://oauth.example/oauth/token/implicit",
        "https://oauth.example/oauth/token/implicit%23x", "https://oauth.example/oauth/../oauth/token/implicit",
    ])
    func neverRedirectsToAnAddressThatIsNotRegistered(_ address: String) throws {
        guard case .show? = try Self.refusal(Self.query(["redirect_uri": address])) else {
            Issue.record("not shown")
            return
        }
    }

    @Test func refusesAParameterThatComesTwice() throws {
        #expect(try Self.refusal(Self.query() + "&client_id=other") != nil)
    }

    @Test func anUnknownClientIsShownAndNotRedirected() throws {
        #expect(
            try Self.refusal(Self.query(), client: nil) == .show(OAuthError(.unauthorizedClient, "the client is not known"))
        )
    }
}

struct RegisteredClientTests {
    @Test(arguments: [
        ("http://127.0.0.1:41234/callback", true), ("http://[::1]:8080/callback", true), ("http://127.0.0.1/callback", true),
        ("http://127.0.0.1:41234/other", false), ("http://localhost:41234/callback", false),
        ("http://127.0.0.1:/callback", false),
        ("http://127.0.0.1:99999/callback", false), ("http://127.0.0.1.evil.example:1/callback", false),
        ("http://127.0.0.1:1@evil.example/callback", false), ("https://127.0.0.1:1/callback", false),
    ])
    func takesAnyPortOfALoopbackAddressOnly(_ address: String, allowed: Bool) {
        #expect((cliClient.redirectURI(requested: address) != nil) == allowed)
    }
}

struct ChallengeStepTests {
    @Test func asksInTheOrderThatProtectsBrowsers() {
        let credentials = BasicCredentials(header: "Basic Ym9iOmNvcnJlY3Q6aG9yc2U=")
        #expect(credentials?.password == "correct:horse")
        #expect(challengeStep(client: cliClient, hasCSRFHeader: true, credentials: credentials) == .notAllowed)
        #expect(challengeStep(client: challengingClient, hasCSRFHeader: false, credentials: credentials) == .missingCSRFHeader)
        #expect(challengeStep(client: challengingClient, hasCSRFHeader: true, credentials: nil) == .challenge)
        #expect(
            challengeStep(client: challengingClient, hasCSRFHeader: true, credentials: credentials)
                == .checkPassword(user: "bob", password: "correct:horse")
        )
    }

    @Test(arguments: ["", "Basic", "Bearer abc", "Basic !!!", "Basic Ym9i", "Basic gIA6"])
    func readsNoDamagedHeader(_ header: String) {
        #expect(BasicCredentials(header: header) == nil)
    }
}

struct OAuthSecretTests {
    @Test func isNamedByTheHashOfWhatFollowsThePrefix() throws {
        // printf hello | sha256sum, in base64url
        let secret = try #require(OAuthSecret(received: "sha256~hello"))
        #expect(secret.objectName == "sha256~LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ")
    }

    @Test func isLongRandomAndNeverPrinted() throws {
        let (one, two) = (OAuthSecret.generate(), OAuthSecret.generate())
        #expect(one.expose().utf8.count == 50)
        #expect(one.expose() != two.expose())
        #expect("\(one) \(String(reflecting: one))".contains("sha256") == false)
        #expect(OAuthSecret(received: one.expose())?.objectName == one.objectName)
    }

    @Test(arguments: ["", "sha256~", "abc", "SHA256~abc", "sha256~" + String(repeating: "a", count: 300)])
    func refusesOtherForms(_ text: String) {
        #expect(OAuthSecret(received: text) == nil)
    }
}

struct CodeChallengeTests {
    @Test func answersToTheRFCsPair() throws {
        let c = try #require(CodeChallenge(challenge))
        #expect(c.isAnswered(by: verifier))
        #expect(!c.isAnswered(by: verifier + "x"))
        #expect(!c.isAnswered(by: challenge))
        #expect(!c.isAnswered(by: ""))
    }
}
