import AsyncHTTPClient
import Authenticator
import Discovery
import NIOCore
import Snapshot
import Testing

@Suite(.timeLimit(.minutes(3)))
struct HTTPSProviderSourceTests {
    typealias Answer = TestProvider.Answer

    static let wellKnown = "/.well-known/openid-configuration"
    static let keys = #"{"keys":[]}"#

    static func document(_ url: String, issuer: String? = nil, jwks: String? = nil) -> String {
        """
        {"issuer":"\(issuer ?? url)","jwks_uri":"\(jwks ?? url + "/keys")","id_token_signing_alg_values_supported":["RS256","ES256"]}
        """
    }

    static func good(_ url: String) -> [String: Answer] {
        [
            wellKnown: Answer(body: document(url)),
            "/keys": Answer(headers: [("Cache-Control", "public, max-age=300")], body: keys),
        ]
    }

    static func issuer(_ url: String, discoveryURL: String? = nil, authority: String?) -> Issuer {
        Issuer(
            name: "test",
            issuerURL: url,
            discoveryURL: discoveryURL,
            audiences: ["a"],
            certificateAuthority: authority,
            claimMappings: ClaimMappings(username: .claim("sub", prefix: ""))
        )
    }

    /// One fetch with a client of its own.
    static func fetch(
        _ issuer: Issuer,
        last: ProviderMaterial? = nil,
        limits: HTTPSProviderSource.Limits = .init()
    ) async throws -> Result<ProviderMaterial, ProviderFailure> {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPSProviderSource.clientConfiguration)
        let result: Result<ProviderMaterial, ProviderFailure>
        do throws(ProviderFailure) {
            result = .success(try await HTTPSProviderSource(client: client, limits: limits).fetch(issuer, last: last))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return result
    }

    // MARK: The good case

    @Test func fetchesDocumentAndKeys() async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: Self.good) { provider in
            let material = try await Self.fetch(Self.issuer(provider.url, authority: authority.certificatePEM)).get()
            #expect(material == ProviderMaterial(jwks: Self.keys, maxAge: 300, signingAlgorithms: ["RS256", "ES256"]))
        }
    }

    /// Realms of one server that do not answer take nothing from the others there.
    @Test func asksWhileManyOthersOfTheSameHostHang() async throws {
        let authority = try TestAuthority()
        let answers: @Sendable (String) -> [String: Answer] = { url in
            let hanging = (0..<32).map { ("/h\($0)/.well-known/openid-configuration", Answer(hangs: true)) }
            return Self.good(url).merging(hanging) { $1 }
        }
        try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
            var configuration = HTTPSProviderSource.clientConfiguration
            // They hang for as long as the test lasts.
            configuration.timeout.read = .seconds(600)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let patient = HTTPSProviderSource(client: client, limits: .init(time: .seconds(600)))
            let issuer = { @Sendable (path: String) in Self.issuer(provider.url + path, authority: authority.certificatePEM) }
            let keys = await withTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                for realm in 0..<32 { group.addTask { _ = try? await patient.fetch(issuer("/h\(realm)"), last: nil) } }
                let deadline = ContinuousClock.now + .seconds(120)
                while provider.journal.all.count < 32, ContinuousClock.now < deadline {
                    // Ends early only when the test is over.
                    try? await Task.sleep(for: .milliseconds(20))
                }
                #expect(provider.journal.all.count == 32, "all of them hang")
                return try? await HTTPSProviderSource(client: client, limits: .init(time: .seconds(30))).fetch(
                    issuer(""),
                    last: nil
                ).jwks
            }
            #expect(keys == Self.keys)
            try await client.shutdown()
        }
    }

    @Test func takesOneSlashFromTheIssuersEnd() async throws {
        let authority = try TestAuthority()
        let answers: @Sendable (String) -> [String: Answer] = { url in
            var answers = Self.good(url)
            answers[Self.wellKnown] = Answer(body: Self.document(url, issuer: url + "/"))
            return answers
        }
        try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
            _ = try await Self.fetch(Self.issuer(provider.url + "/", authority: authority.certificatePEM)).get()
        }
    }

    @Test func looksWhereDiscoveryURLPoints() async throws {
        let authority = try TestAuthority()
        let answers: @Sendable (String) -> [String: Answer] = { url in
            ["/elsewhere": Answer(body: Self.document(url, issuer: "https://idp.example")), "/keys": Answer(body: Self.keys)]
        }
        try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
            let issuer = Self.issuer(
                "https://idp.example",
                discoveryURL: provider.url + "/elsewhere",
                authority: authority.certificatePEM
            )
            let material = try await Self.fetch(issuer).get()
            #expect(material.maxAge == nil)
        }
    }

    // MARK: Bad answers

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var isEndless = false
        let answers: @Sendable (String) -> [String: Answer]
        let isExpected: @Sendable (ProviderFailure, _ url: String) -> Bool

        init(
            _ name: String,
            document: @escaping @Sendable (String) -> Answer,
            keys: Answer = Answer(body: HTTPSProviderSourceTests.keys),
            isEndless: Bool = false,
            _ isExpected: @escaping @Sendable (ProviderFailure, String) -> Bool
        ) {
            testDescription = name
            self.isEndless = isEndless
            answers = { [wellKnown: document($0), "/keys": keys] }
            self.isExpected = isExpected
        }
    }

    static let cases = [
        Case("another issuer", document: { Answer(body: document($0, issuer: $0 + "/x")) }) {
            $0 == .issuerMismatch(expected: $1, found: $1 + "/x")
        },
        Case("issuer with a slash more", document: { Answer(body: document($0, issuer: $0 + "/")) }) {
            $0 == .issuerMismatch(expected: $1, found: $1 + "/")
        },
        Case("redirect", document: { Answer(status: 302, headers: [("Location", $0 + "/keys")]) }) {
            $0 == .redirected(url: $1 + wellKnown, 302, target: $1 + "/keys")
        },
        Case("server error", document: { _ in Answer(status: 500) }) { $0 == .unexpectedStatus(url: $1 + wellKnown, 500) },
        Case("no JSON", document: { _ in Answer(body: "<html>") }) { isMalformed($0, $1 + wellKnown) },
        Case("no jwks_uri", document: { Answer(body: #"{"issuer":"\#($0)"}"#) }) { isMalformed($0, $1 + wellKnown) },
        Case("jwks_uri without TLS", document: { Answer(body: document($0, jwks: "http://127.0.0.1/keys")) }) {
            isMalformed($0, $1 + wellKnown)
        },
        Case("two issuers in one document", document: { Answer(body: #"{"issuer":"\#($0)","issuer":"x"}"#) }) {
            isMalformed($0, $1 + wellKnown)
        },
        Case(
            "announced too large",
            document: { _ in Answer(headers: [("Content-Length", "5000")], body: String(repeating: " ", count: 5000)) }
        ) { $0 == .tooLarge(url: $1 + wellKnown) },
        Case("too large in chunks", document: { _ in Answer(body: String(repeating: " ", count: 5000)) }) {
            $0 == .tooLarge(url: $1 + wellKnown)
        },
        Case("body that never ends", document: { _ in Answer(body: "{", hangs: true) }, isEndless: true) {
            isUnreachable($0, $1 + wellKnown)
        },
        Case("keys are missing", document: { Answer(body: document($0)) }, keys: Answer(status: 404)) {
            $0 == .unexpectedStatus(url: $1 + "/keys", 404)
        },
        Case("keys are no key set", document: { Answer(body: document($0)) }, keys: Answer(body: "[]")) {
            isMalformed($0, $1 + "/keys")
        },
    ]

    static func isMalformed(_ failure: ProviderFailure, _ url: String) -> Bool {
        if case .malformed(url, _) = failure { true } else { false }
    }

    static func isUnreachable(_ failure: ProviderFailure, _ url: String) -> Bool {
        if case .unreachable(url, _) = failure { true } else { false }
    }

    @Test(arguments: cases)
    func refuses(_ c: Case) async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: c.answers) { provider in
            let limits = HTTPSProviderSource.Limits(time: c.isEndless ? .milliseconds(1500) : .seconds(60), size: 4096)
            let result = try await Self.fetch(Self.issuer(provider.url, authority: authority.certificatePEM), limits: limits)
            guard case .failure(let failure) = result else {
                Issue.record("it was accepted")
                return
            }
            #expect(c.isExpected(failure, provider.url), "\(failure)")
        }
    }

    // MARK: Trust and reach

    @Test func refusesACertificateOfAnotherAuthority() async throws {
        let authority = try TestAuthority()
        let other = try TestAuthority(name: "Other CA")
        try await TestProvider.with(certificate: authority.certificate(), answers: Self.good) { provider in
            for trusted in [other.certificatePEM, nil] {
                let result = try await Self.fetch(Self.issuer(provider.url, authority: trusted))
                guard case .failure(.untrusted(provider.url + Self.wellKnown, _)) = result else {
                    Issue.record("\(result)")
                    continue
                }
            }
        }
    }

    @Test func refusesACertificateForAnotherName() async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(for: "idp.example"), answers: Self.good) { provider in
            let result = try await Self.fetch(Self.issuer(provider.url, authority: authority.certificatePEM))
            #expect(
                result == .failure(.untrusted(url: provider.url + Self.wellKnown, "the certificate is for another name"))
            )
        }
    }

    @Test(arguments: ["not PEM", "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func refusesAnAuthorityThatIsNone(pem: String) async throws {
        let result = try await Self.fetch(Self.issuer("https://127.0.0.1:1", authority: pem))
        guard case .failure(.untrusted) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func saysThatNobodyListens() async throws {
        // Port 1 is for a service that no machine runs.
        let result = try await Self.fetch(Self.issuer("https://127.0.0.1:1", authority: nil))
        #expect(result == .failure(.unreachable(url: "https://127.0.0.1:1" + Self.wellKnown, "connection refused")))
    }

    @Test func saysThatANameDoesNotResolve() async throws {
        let result = try await Self.fetch(Self.issuer("https://idp.invalid", authority: nil))
        guard case .failure(.unreachable(_, let text)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(text.contains("idp.invalid"))
    }

    @Test func readsNothingWithoutTLS() async throws {
        let result = try await Self.fetch(Self.issuer("http://127.0.0.1:1", authority: nil))
        guard case .failure(.malformed) = result else {
            Issue.record("\(result)")
            return
        }
    }
}
