import JSON
import Listening
import NIOHTTP1
import Testing

@testable import Worker

struct TokenReviewTests {
    let provider = TestProvider()

    @Test(arguments: ["v1", "v1beta1"])
    func saysWhoItIs(version: String) throws {
        let response = try TestRoutes(provider.state()).review(try provider.token(), version: version)
        #expect(response.status == .created)
        let review = try response.json
        #expect(review["apiVersion"] == .string("authentication.k8s.io/\(version)"))
        let status: JSONValue = [
            "authenticated": true,
            "user": [
                "username": "idp:jane", "uid": "u-1", "groups": ["g:dev", "g:ops"], "extra": ["example.com/team": ["u-1"]],
            ],
        ]
        #expect(review["status"] == status)
        #expect(review.value(at: "spec", "token") == nil)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: String
        let change: @Sendable (inout JSONValue) -> Void
    }

    static let refused = [
        Refused(testDescription: "expired", code: "expired") { $0["exp"] = .integer(TestProvider.now - 1) },
        Refused(testDescription: "another audience", code: "audience_mismatch") { $0["aud"] = "else" },
        Refused(testDescription: "another issuer", code: "issuer_unknown") { $0["iss"] = "https://evil.example" },
        Refused(testDescription: "no username", code: "claim_missing") { $0["name"] = nil },
    ]

    @Test(arguments: refused)
    func refusesWithACodeAndAnID(_ c: Refused) throws {
        let response = try TestRoutes(provider.state()).review(try provider.token(c.change))
        #expect(response.status == .created)
        let status = try #require(try response.json["status"])
        let id = try #require(response.headers.first(name: "X-Postern-Decision"))
        #expect(id.utf8.count == 16)
        #expect(status == ["authenticated": false, "error": .string("\(c.code) id=\(id)")])
    }

    @Test(arguments: ["", "x", "a.b.c", "sha256~abc"])
    func refusesWhatIsNoTokenOfAProvider(token: String) throws {
        let response = try TestRoutes(provider.state()).review(token)
        #expect(response.status == .created)
        #expect(try response.json.value(at: "status", "authenticated") == false)
    }

    @Test func answersBeforeThereIsARevision() throws {
        let response = try TestRoutes().review(try provider.token())
        #expect(response.status == .created)
        let error = try #require(try response.json.value(at: "status", "error")?.stringValue)
        #expect(error.hasPrefix("provider_unavailable id="))
    }

    @Test func asksForFresherKeysAfterAForgery() throws {
        let routes = TestRoutes(try provider.state())
        let response = try routes.review(try TestProvider().token())
        #expect(try response.json.value(at: "status", "error")?.stringValue?.hasPrefix("signature_invalid ") == true)
        #expect(routes.unknownKeys.all == [TestProvider.issuerURL])
        _ = try routes.review(try provider.token { $0["exp"] = 1 })
        #expect(routes.unknownKeys.all.count == 1)
    }

    /// The provider has a new key, and this worker does not know it yet: that is no "no".
    @Test func whatMayBeSignedByANewKeyIsNotKnownNow() throws {
        let header = base64url(#"{"alg":"ES256","kid":"k2"}"#.utf8)
        let stranger = header + (try provider.token().drop { $0 != "." })
        for (mayCome, status) in [(true, HTTPResponseStatus.serviceUnavailable), (false, .unauthorized)] {
            var routes = TestRoutes(try provider.state())
            routes.mayHaveMoreKeys = mayCome
            #expect(try routes.get("/auth", token: stranger).status == status)
            let review = try routes.review(stranger).json
            #expect(review.value(at: "status", "error")?.stringValue?.hasPrefix("key_unknown id=") == true)
            #expect(routes.counters.all.map(\.labels.result) == [mayCome ? .unknowable : .refused])
            // A known key did not sign this one; what other keys there are says nothing about it.
            #expect(try routes.get("/auth", token: try TestProvider().token()).status == .unauthorized)
        }
    }

    // MARK: Who may ask

    struct Asker: CustomTestStringConvertible, Sendable {
        let subject: CertificateSubject?
        let isAllowed: Bool
        var testDescription: String { subject.map { "\($0.commonName) \($0.organizations)" } ?? "nobody" }
    }

    static let askers = [
        Asker(subject: nil, isAllowed: false),
        Asker(subject: CertificateSubject(commonName: "joe", organizations: ["dev"]), isAllowed: false),
        Asker(subject: CertificateSubject(commonName: "system:masters", organizations: []), isAllowed: false),
        Asker(subject: CertificateSubject(commonName: "system:admin", organizations: ["system:masters"]), isAllowed: true),
        // Whether it has been revoked is known to the controller only.
        Asker(
            subject: CertificateSubject(commonName: "break-glass:alice", organizations: ["system:masters"]),
            isAllowed: false
        ),
        Asker(
            subject: CertificateSubject(commonName: "system:node:worker-0", organizations: ["system:nodes"]),
            isAllowed: false
        ),
        Asker(subject: CertificateSubject(commonName: "system:authenticators", organizations: []), isAllowed: true),
        Asker(subject: CertificateSubject(commonName: "api", organizations: ["a", "system:authenticators"]), isAllowed: true),
    ]

    @Test(arguments: askers)
    func answersOnlyTrustedCertificates(_ asker: Asker) throws {
        let routes = TestRoutes(try provider.state())
        let response = try routes.review(try provider.token(), certificate: asker.subject)
        #expect(response.status == (asker.isAllowed ? .created : .forbidden))
        #expect(routes.counters.authenticated == (asker.isAllowed ? 1 : 0))
        if !asker.isAllowed { #expect(try response.json["kind"] == "Status") }
    }

    // MARK: Audiences

    struct Audiences: CustomTestStringConvertible, Sendable {
        let asked: [String]
        let served: [String]?
        var testDescription: String { asked.description }
    }

    static let audiences = [
        Audiences(asked: ["client"], served: ["client"]),
        Audiences(asked: ["x", "other", "client"], served: ["other", "client"]),
        Audiences(asked: ["https://kubernetes.default.svc"], served: ["https://kubernetes.default.svc"]),
        Audiences(asked: ["x"], served: nil),
        Audiences(asked: ["Client"], served: nil),
        Audiences(asked: [""], served: nil),
    ]

    @Test(arguments: audiences)
    func honoursAudiences(_ c: Audiences) throws {
        let routes = TestRoutes(try provider.state())
        let review = try routes.review(try provider.token(), audiences: c.asked).json
        #expect(review.value(at: "status", "authenticated") == .bool(c.served != nil))
        #expect(review.value(at: "status", "audiences")?.arrayValue?.compactMap(\.stringValue) == c.served)
        if c.served == nil {
            #expect(review.value(at: "status", "error")?.stringValue?.hasPrefix("audience_mismatch id=") == true)
            #expect(review.value(at: "status", "user") == nil)
            #expect((routes.counters.authenticated, routes.counters.refused) == (0, 1))
        }
    }

    // MARK: Bad reviews

    static let bad = [
        "", "[]", "{", #"{"kind":"Pod"}"#, #"{"apiVersion":"authentication.k8s.io/v2"}"#, #"{"spec":{"token":1}}"#,
        #"{"spec":{"audiences":"a"}}"#, #"{"spec":{"audiences":[1]}}"#, #"{"spec":{"token":"a","token":"b"}}"#,
        String(repeating: "[", count: 1000),
    ]

    @Test(arguments: bad)
    func refusesWhatIsNoReview(body: String) throws {
        let response = try TestRoutes(provider.state()).send(
            .POST,
            "/apis/authentication.k8s.io/v1/tokenreviews",
            body: body,
            certificate: TestRoutes.apiServer
        )
        #expect(response.status == .badRequest)
        #expect(try response.json["reason"] == "BadRequest")
    }
}
