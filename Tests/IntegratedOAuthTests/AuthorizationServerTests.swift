import Synchronization
import Testing

@testable import IntegratedOAuth

/// The objects as a table; `removeCode` and the records behave as the API does.
private final class TableOfObjects: OAuthObjects {
    struct State {
        var users: [String: OAuthUser] = [:]
        var codes: [String: AuthorizationCode] = [:]
        var tokens: [String: AccessToken] = [:]
    }

    let state = Mutex(State())
    let method: PasswordProvider.MappingMethod

    init(method: PasswordProvider.MappingMethod = .claim, users: [OAuthUser] = []) {
        self.method = method
        state.withLock { state in for user in users { state.users[user.name] = user } }
    }

    func client(named name: String) async throws -> RegisteredClient? {
        let known = [
            RegisteredClient(name: "challenging", redirectURIs: ["https://o.example/implicit"], respondWithChallenges: true),
            RegisteredClient(name: "confidential", secrets: ["s3cret"], redirectURIs: ["https://c.example/cb"]),
        ]
        return known.first { $0.name == name }
    }

    func passwordProviders() async throws -> [PasswordProvider] {
        [PasswordProvider(name: "local", mappingMethod: method, users: Htpasswd("bob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A="))]
    }

    func accessTokenMaxAgeSeconds() async throws -> Int64? { nil }
    func user(named name: String) async throws -> OAuthUser? { state.withLock { $0.users[name] } }
    func user(ofIdentity identity: String) async throws -> OAuthUser? {
        state.withLock { $0.users.values.first { $0.identities.contains(identity) } }
    }

    func claim(userNamed name: String, identity: String, provider: String, providerUserName: String) async throws -> OAuthUser {
        state.withLock { state in
            let before = state.users[name]
            let user = OAuthUser(
                name: name,
                uid: before?.uid ?? "uid-\(name)",
                identities: (before?.identities ?? []) + [identity]
            )
            state.users[name] = user
            return user
        }
    }

    func record(_ code: AuthorizationCode) async throws { state.withLock { $0.codes[code.objectName] = code } }
    func code(named objectName: String) async throws -> AuthorizationCode? { state.withLock { $0.codes[objectName] } }
    func removeCode(named objectName: String) async throws -> Bool {
        state.withLock { $0.codes.removeValue(forKey: objectName) != nil }
    }
    func record(_ token: AccessToken) async throws { state.withLock { $0.tokens[token.objectName] = token } }
}

struct AuthorizationServerTests {
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    private func code(from objects: TableOfObjects, client: String = "challenging", at now: Int64 = 1_000) async throws
        -> OAuthSecret
    {
        let server = AuthorizationServer(objects: objects) { now }
        let parameters = try FormParameters(
            parsing: "response_type=code&client_id=\(client)&code_challenge=\(Self.challenge)&code_challenge_method=S256"
        )
        let request = try AuthorizeRequest(parameters, client: try await server.client(named: client))
        guard case .granted(let code) = try await server.logIn(user: "bob", password: "correct horse", for: request) else {
            throw OAuthError(.accessDenied, "not granted")
        }
        return code
    }

    private func tokenRequest(
        _ code: OAuthSecret,
        client: String = "challenging",
        verifier: String = verifier,
        secret: String? = nil
    ) throws -> TokenRequest {
        let form = "grant_type=authorization_code&code=\(code.expose())&client_id=\(client)&code_verifier=\(verifier)"
        return try TokenRequest(
            try FormParameters(parsing: form + (secret.map { "&client_secret=\($0)" } ?? "")),
            credentials: nil
        )
    }

    private func refusal(_ objects: TableOfObjects, _ request: TokenRequest, at now: Int64) async throws -> OAuthError.Code? {
        do {
            _ = try await AuthorizationServer(objects: objects) { now }.exchange(request)
            return nil
        } catch let error as OAuthError {
            return error.code
        }
    }

    @Test func aPasswordBecomesACodeAndTheCodeAToken() async throws {
        let objects = TableOfObjects()
        let code = try await code(from: objects)
        let result = try await AuthorizationServer(objects: objects) { 1_010 }.exchange(tokenRequest(code))
        #expect(result.record.userName == "bob")
        #expect(result.record.expiresIn == 86_400)
        #expect(result.record.scopes == ["user:full"])
        #expect(objects.state.withLock { $0.tokens[result.token.objectName] } == result.record)
        #expect(objects.state.withLock { $0.codes.isEmpty })
        #expect(objects.state.withLock { $0.users["bob"]?.identities } == ["local:bob"])
    }

    @Test func aCodeIsGoodOnce() async throws {
        let objects = TableOfObjects()
        let request = try tokenRequest(await code(from: objects))
        #expect(try await refusal(objects, request, at: 1_001) == nil)
        #expect(try await refusal(objects, request, at: 1_001) == .invalidGrant)
    }

    @Test func aCodeEndsAtItsSecond() async throws {
        let objects = TableOfObjects()
        let request = try tokenRequest(await code(from: objects))
        #expect(try await refusal(objects, request, at: 1_300) == .invalidGrant)
        #expect(try await refusal(objects, request, at: 1_299) == nil)
    }

    @Test func aCodeNeedsItsVerifierAndItsClient() async throws {
        let objects = TableOfObjects()
        let code = try await code(from: objects)
        let wrong = String(Self.verifier.reversed())
        #expect(try await refusal(objects, tokenRequest(code, verifier: wrong), at: 1_001) == .invalidGrant)
        #expect(
            try await refusal(objects, tokenRequest(code, client: "confidential", secret: "s3cret"), at: 1_001) == .invalidGrant
        )
        #expect(try await refusal(objects, tokenRequest(code, client: "nobody"), at: 1_001) == .invalidClient)
        #expect(try await refusal(objects, tokenRequest(code), at: 1_001) == nil)
    }

    @Test func aConfidentialClientNeedsItsSecret() async throws {
        let objects = TableOfObjects()
        let code = try await code(from: objects, client: "confidential")
        #expect(try await refusal(objects, tokenRequest(code, client: "confidential"), at: 1_001) == .invalidClient)
        #expect(
            try await refusal(objects, tokenRequest(code, client: "confidential", secret: "S3cret"), at: 1_001)
                == .invalidClient
        )
        #expect(try await refusal(objects, tokenRequest(code, client: "confidential", secret: "s3cret"), at: 1_001) == nil)
    }

    struct MappingCase: CustomTestStringConvertible, Sendable {
        let name: String
        let method: PasswordProvider.MappingMethod
        var owner: OAuthUser?
        var namesake: OAuthUser?
        let granted: Bool
        var testDescription: String { name }
    }

    static let mappings = [
        MappingCase(name: "claim: nobody has the name", method: .claim, granted: true),
        MappingCase(name: "claim: a user without identity", method: .claim, namesake: user("bob", []), granted: true),
        MappingCase(
            name: "claim: another identity has it",
            method: .claim,
            namesake: user("bob", ["ldap:bob"]),
            granted: false
        ),
        MappingCase(name: "claim: already mapped", method: .claim, owner: user("robert", ["local:bob"]), granted: true),
        MappingCase(name: "lookup: not mapped", method: .lookup, namesake: user("bob", []), granted: false),
        MappingCase(name: "add: another identity has it", method: .add, namesake: user("bob", ["ldap:bob"]), granted: true),
    ]

    private static func user(_ name: String, _ identities: [String]) -> OAuthUser {
        OAuthUser(name: name, uid: "u", identities: identities)
    }

    @Test(arguments: mappings)
    func mapsIdentitiesByTheProvidersMethod(_ c: MappingCase) async throws {
        let objects = TableOfObjects(method: c.method, users: [c.owner, c.namesake].compactMap { $0 })
        let granted = try? await code(from: objects)
        #expect((granted != nil) == c.granted)
    }
}
