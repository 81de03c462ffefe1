import AsyncHTTPClient
import Foundation
import JSON
import Snapshot
import Synchronization
import Testing

@testable import Authenticator
@testable import Discovery

/// Questions over real HTTPS: who is asked, with which credential, and what is not taken for an answer.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSQuestionSourceTests {
    typealias Answer = TestProvider.Answer

    static let secret = SecretReference(name: "s", key: "k", version: "1")

    static func ask(
        _ questions: Question...,
        secret: String? = "top-secret",
        limits: HTTPSProviderSource.Limits = .init()
    ) async throws -> [Reply] {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPSProviderSource.clientConfiguration)
        let source = HTTPSQuestionSource(
            client: client,
            limits: limits,
            kubeconfig: { try? JSONParser.parse($0) },
            now: { 1_700_000_000 }
        )
        var replies: [Reply] = []
        for question in questions {
            replies.append(await source.ask(question) { _ in secret.map { Secret(Array($0.utf8)) } })
        }
        try await client.shutdown()
        return replies
    }

    /// A provider that records what it was asked.
    static func with(
        _ answers: @escaping @Sendable (_ url: String) -> [String: Answer],
        _ body: (TestProvider, _ authority: String, TestProvider.Journal) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
            try await body(provider, authority.certificatePEM, provider.journal)
        }
    }

    // MARK: Distributed claims

    static func claim(_ url: String, _ authority: String?, token: String? = nil) -> Question {
        .distributedClaim(
            .init(
                endpoint: url,
                accessToken: token.map { Secret(Array($0.utf8)) },
                certificateAuthority: authority,
                provider: "idp"
            )
        )
    }

    @Test func showsTheAccessTokenBesideTheEndpoint() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { _ in
            ["/groups": Answer(headers: [("Cache-Control", "max-age=7")], body: "a.b.c")]
        }
        try await Self.with(answers) { provider, authority, record in
            let url = provider.url + "/groups"
            let replies = try await Self.ask(Self.claim(url, authority, token: "t-1"), Self.claim(url, authority))
            #expect(replies == Array(repeating: Reply(.body(Array("a.b.c".utf8)), maxAge: 7), count: 2))
            #expect(record.all.map(\.authorization) == ["Bearer t-1", nil])
        }
    }

    /// Attacks 24 and 43: a redirect is an answer like any other, and nobody follows it.
    @Test func followsNoRedirect() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { url in
            ["/groups": Answer(status: 302, headers: [("Location", url + "/elsewhere")]), "/elsewhere": Answer(body: "x")]
        }
        try await Self.with(answers) { provider, authority, record in
            let replies = try await Self.ask(Self.claim(provider.url + "/groups", authority, token: "t-1"))
            #expect(replies == [Reply(.status(302))])
            #expect(record.all.map(\.path) == ["/groups"])
        }
    }

    @Test func trustsNobodyElsesCertificate() async throws {
        try await Self.with({ _ in ["/groups": Answer(body: "x")] }) { provider, _, record in
            let replies = try await Self.ask(
                Self.claim(provider.url + "/groups", nil, token: "t-1"),
                Self.claim(provider.url + "/groups", try TestAuthority().certificatePEM, token: "t-1")
            )
            for reply in replies {
                guard case .none(let why) = reply.answer else { throw TestFailure() }
                #expect(why.contains("certificate"))
            }
            #expect(record.all.isEmpty)
        }
    }

    @Test func isBoundedInTimeAndSize() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { _ in
            ["/slow": Answer(body: "x", hangs: true), "/large": Answer(body: String(repeating: "x", count: 2000))]
        }
        try await Self.with(answers) { provider, authority, _ in
            let large = try await Self.ask(Self.claim(provider.url + "/large", authority), limits: .init(size: 1000))
            #expect(large == [Reply(.none("the answer is too large"))])
            // On a busy machine even the head may come too late, which is another story: it is asked until the head came in time.
            var slow = Reply(.none("no answer within 300 ms"))
            for _ in 1...100 where slow == Reply(.none("no answer within 300 ms")) {
                let question = Self.claim(provider.url + "/slow", authority)
                slow = try #require(try await Self.ask(question, limits: .init(time: .milliseconds(300))).first)
            }
            #expect(slow == Reply(.none("no whole answer within 300 ms")))
        }
    }

    // MARK: Keys of other issuers

    @Test func fetchesKeysAndNotFromWhereTheIssuerIsNot() async throws {
        let keys = #"{"keys":[]}"#
        let answers: @Sendable (String) -> [String: Answer] = { url in
            [
                "/.well-known/openid-configuration": Answer(body: #"{"issuer":"\#(url)","jwks_uri":"\#(url)/keys"}"#),
                "/keys": Answer(body: keys),
                "/b/.well-known/openid-configuration": Answer(
                    body: #"{"issuer":"\#(url)/b","jwks_uri":"https://169.254.169.254/keys"}"#
                ),
            ]
        }
        try await Self.with(answers) { provider, authority, _ in
            let question = { (url: String) in
                Question.keySet(.init(issuerURL: url, certificateAuthority: authority, provider: "idp"))
            }
            let replies = try await Self.ask(question(provider.url), question(provider.url + "/b"))
            #expect(replies.first == Reply(.body(Array(keys.utf8))))
            #expect(
                replies.last == Reply(.none("its \"jwks_uri\" is not asked: 169.254.169.254 is this machine or its own link"))
            )
        }
    }

    // MARK: Sources of claims

    static func source(_ provider: TestProvider, _ authority: String, clientCredential: Bool) -> Question {
        let credential = ExternalClaimsSource.ClientCredential(
            clientID: "my client",
            secret: secret,
            tokenEndpoint: provider.url + "/token",
            scopes: ["a", "b:c"],
            certificateAuthority: authority
        )
        let source = ExternalClaimsSource(
            hostname: "127.0.0.1:\(provider.port)",
            pathExpression: "['me']",
            proof: clientCredential ? .clientCredential(credential) : .requestProvidedToken,
            certificateAuthority: authority,
            mappings: []
        )
        return .claimsSource(
            .init(
                url: provider.url + "/me",
                source: source,
                userToken: clientCredential ? nil : Secret(Array("user-token".utf8)),
                provider: "idp",
                index: 0
            )
        )
    }

    @Test func showsTheUsersTokenWhereItIsConfiguredTo() async throws {
        try await Self.with({ _ in ["/me": Answer(body: "{}")] }) { provider, authority, record in
            let replies = try await Self.ask(Self.source(provider, authority, clientCredential: false))
            #expect(replies == [Reply(.body(Array("{}".utf8)))])
            #expect(record.all.map(\.authorization) == ["Bearer user-token"])
        }
    }

    @Test func getsAnAccessTokenOnceAndUsesItAgain() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { _ in
            [
                "/token": Answer(body: #"{"access_token":"at-1","token_type":"Bearer","expires_in":3600}"#),
                "/me": Answer(body: "{}"),
            ]
        }
        try await Self.with(answers) { provider, authority, record in
            let question = Self.source(provider, authority, clientCredential: true)
            let replies = try await Self.ask(question, question, secret: "s:1\n")
            #expect(replies == [Reply(.body(Array("{}".utf8))), Reply(.body(Array("{}".utf8)))])
            #expect(record.all.map(\.path) == ["/token", "/me", "/me"])
            let pair = Data("my+client:s%3A1".utf8).base64EncodedString()
            #expect(record.all.map(\.authorization) == ["Basic \(pair)", "Bearer at-1", "Bearer at-1"])
            #expect(record.all.first?.body == "grant_type=client_credentials&scope=a+b%3Ac")
        }
    }

    @Test func getsAnotherAccessTokenWhenTheOldOneIsRefused() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { _ in
            ["/token": Answer(body: #"{"access_token":"at","expires_in":3600}"#), "/me": Answer(status: 401)]
        }
        try await Self.with(answers) { provider, authority, record in
            let question = Self.source(provider, authority, clientCredential: true)
            let replies = try await Self.ask(question, question)
            #expect(replies == [Reply(.status(401)), Reply(.status(401))])
            #expect(record.all.map(\.path) == ["/token", "/me", "/me", "/token", "/me"])
        }
    }

    @Test(arguments: [
        (Answer(status: 400), "the token endpoint answers with status 400"),
        (Answer(body: "{}"), "the token endpoint's answer holds no bearer token"),
        (Answer(body: #"{"access_token":"a\r\nb"}"#), "the token endpoint's answer holds no bearer token"),
        (Answer(body: #"{"access_token":"a","token_type":"mac"}"#), "the token endpoint's answer holds no bearer token"),
    ])
    func asksNothingWithoutAnAccessToken(_ answer: Answer, _ why: String) async throws {
        try await Self.with({ _ in ["/token": answer, "/me": Answer(body: "{}")] }) { provider, authority, record in
            let replies = try await Self.ask(Self.source(provider, authority, clientCredential: true))
            #expect(replies == [Reply(.none(why))])
            #expect(record.all.map(\.path) == ["/token"])
        }
    }

    @Test func asksNothingWithoutTheSecret() async throws {
        try await Self.with({ _ in [:] }) { provider, authority, record in
            let replies = try await Self.ask(
                Self.source(provider, authority, clientCredential: true),
                .tokenReview(.init(token: Secret([1]), reviewer: Self.secret)),
                secret: nil
            )
            #expect(replies == Array(repeating: Reply(.none("the secret s is not here")), count: 2))
            #expect(record.all.isEmpty)
        }
    }

    // MARK: The webhook

    static func kubeconfig(_ url: String, _ authority: String) -> String {
        let ca = Data(authority.utf8).base64EncodedString()
        let document: JSONValue = [
            "clusters": [["name": "c", "cluster": ["server": .string(url), "certificate-authority-data": .string(ca)]]],
            "users": [["name": "u", "user": ["token": "ours"]]],
            "contexts": [["name": "x", "context": ["cluster": "c", "user": "u"]]], "current-context": "x",
        ]
        return JSONWriter.text(of: document)
    }

    static let review = Question.tokenReview(.init(token: Secret(Array("theirs".utf8)), reviewer: secret))

    @Test func postsATokenReview() async throws {
        try await Self.with({ _ in ["/review": Answer(status: 201, body: "{}")] }) { provider, authority, record in
            let kubeconfig = Self.kubeconfig(provider.url + "/review", authority)
            #expect(try await Self.ask(Self.review, secret: kubeconfig) == [Reply(.body(Array("{}".utf8)))])
            let request = try #require(record.all.first)
            #expect(request.method == "POST")
            #expect(request.authorization == "Bearer ours")
            let body = try JSONParser.parse(request.body)
            #expect(body["apiVersion"] == "authentication.k8s.io/v1")
            #expect(body["kind"] == "TokenReview")
            #expect(body["spec"] == ["token": "theirs"])
        }
    }

    @Test func asksInTheOlderVersionWhereTheNewOneIsNotKnownAndRemembers() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { _ in ["/review": Answer(body: "{}", refusesUnless: "v1beta1")] }
        try await Self.with(answers) { provider, authority, record in
            let kubeconfig = Self.kubeconfig(provider.url + "/review", authority)
            let replies = try await Self.ask(Self.review, Self.review, secret: kubeconfig)
            #expect(replies == Array(repeating: Reply(.body(Array("{}".utf8))), count: 2))
            #expect(record.all.map { $0.body.contains("v1beta1") } == [false, true, true])
        }
    }

    /// What was remembered is not for ever: a reviewer may be replaced by a newer one at the same address.
    @Test func asksInTheNewVersionAgainWhereTheOldOneIsNotKnownAnyMore() async throws {
        let version = Mutex("v1beta1")
        let answers: @Sendable (String) -> [String: Answer] = { _ in
            ["/review": Answer(body: "{}", refusesUnless: "authentication.k8s.io/\(version.withLock { $0 })\"")]
        }
        try await Self.with(answers) { provider, authority, record in
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPSProviderSource.clientConfiguration)
            let source = HTTPSQuestionSource(client: client, kubeconfig: { try? JSONParser.parse($0) }, now: { 1_700_000_000 })
            let secret = Secret(Array(Self.kubeconfig(provider.url + "/review", authority).utf8))
            for next in ["v1beta1", "v1", "v1beta1"] {
                version.withLock { $0 = next }
                for _ in 1...2 {
                    let reply = await source.ask(Self.review) { _ in secret }
                    #expect(reply == Reply(.body(Array("{}".utf8))), "\(next)")
                }
            }
            try await client.shutdown()
            // Each change costs one question more.
            #expect(record.all.count == 9)
        }
    }

    @Test func namesTheTokenEndpointWhereItCannotBeReached() async throws {
        try await Self.with({ _ in [:] }) { provider, _, _ in
            let replies = try await Self.ask(Self.source(provider, try TestAuthority().certificatePEM, clientCredential: true))
            guard case .some(.none(let why)) = replies.first?.answer else { throw TestFailure() }
            #expect(why.hasPrefix("the token endpoint: ") && why.contains("certificate"))
        }
    }

    @Test func saysThatTheKubeconfigIsBadAndNotWhatIsInIt() async throws {
        let replies = try await Self.ask(Self.review, secret: #"{"clusters":"very-secret"}"#)
        guard case .some(.none(let why)) = replies.first?.answer else { throw TestFailure() }
        #expect(why.hasPrefix("the kubeconfig in secret s cannot be used: "))
        #expect(!why.contains("very-secret"))
    }

    struct TestFailure: Error {}
}
