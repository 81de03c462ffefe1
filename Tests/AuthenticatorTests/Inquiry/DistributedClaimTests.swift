import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Groups that are kept elsewhere: what is asked, and what becomes of the answer.
struct DistributedClaimTests {
    static let endpoint = "https://claims.example/groups"

    static func token(_ endpoint: String = endpoint, accessToken: JSONValue? = "groups-token") -> TestToken {
        TestToken.claims {
            $0["_claim_names"] = ["groups": "src1"]
            var place: JSONValue = ["endpoint": .string(endpoint)]
            place["access_token"] = accessToken
            $0["_claim_sources"] = ["src1": place]
        }
    }

    /// The token that an endpoint gives, good but for `change`.
    static func answer(_ bench: Bench, _ change: (inout JSONValue) -> Void = { _ in }) throws -> String {
        let token = TestToken.claims {
            $0 = [
                "iss": .string(TestToken.issuerURL), "aud": "client", "exp": .integer(TestToken.now + 60),
                "groups": ["a", "b"],
            ]
            change(&$0)
        }
        return try token.signed(by: bench.keys.p256)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdict: AuthenticatorTests.Verdict
        let answer: @Sendable (Bench) throws -> Answer

        init(_ name: String, _ verdict: AuthenticatorTests.Verdict, _ answer: @escaping @Sendable (Bench) throws -> Answer) {
            (testDescription, self.verdict, self.answer) = (name, verdict, answer)
        }

        static func claims(
            _ name: String,
            _ verdict: AuthenticatorTests.Verdict,
            _ change: @escaping @Sendable (inout JSONValue) -> Void
        ) -> Case {
            Case(name, verdict) { .body(Array(try DistributedClaimTests.answer($0, change).utf8)) }
        }
    }

    static let cases: [Case] = [
        .claims("a list", .accepted) { _ in },
        .claims("one string", .accepted) { $0["groups"] = "a,b" },
        .claims("for another client", .refused(.distributedClaims)) { $0["aud"] = "other" },
        .claims("expired", .refused(.distributedClaims)) { $0["exp"] = .integer(TestToken.now - 1) },
        .claims("without the claim", .refused(.distributedClaims)) { $0["groups"] = nil },
        .claims("of a wrong type", .refused(.claimType)) { $0["groups"] = 5 },
        .claims("without an issuer", .refused(.distributedClaims)) { $0["iss"] = nil },
        .claims("from an issuer at our own address", .refused(.distributedClaims)) { $0["iss"] = "https://127.0.0.1/" },
        Case("a line break at the end", .accepted) { .body(Array((try DistributedClaimTests.answer($0) + "\r\n").utf8)) },
        Case("signed by nobody we know", .refused(.distributedClaims)) {
            .body(Array(try TestToken(alg: "RS256").signed(by: $0.keys.otherRSA).utf8))
        },
        Case("not signed", .refused(.distributedClaims)) { _ in .body(Array("eyJhbGciOiJub25lIn0.e30.".utf8)) },
        Case("no token", .unknowable(.claimsSourceUnavailable)) { _ in .body(Array(#"{"groups":["a"]}"#.utf8)) },
        Case("a page", .unknowable(.claimsSourceUnavailable)) { _ in .body(Array("<html>back soon</html>".utf8)) },
        Case("nothing", .unknowable(.claimsSourceUnavailable)) { _ in .body([]) },
        Case("a refusal of the access token", .refused(.distributedClaims)) { _ in .status(401) },
        Case("a redirect", .refused(.distributedClaims)) { _ in .status(302) },
        Case("a server in trouble", .unknowable(.claimsSourceUnavailable)) { _ in .status(503) },
        Case("too many requests", .unknowable(.claimsSourceUnavailable)) { _ in .status(429) },
        Case("no answer", .unknowable(.claimsSourceUnavailable)) { _ in .none("no connection") },
    ]

    @Test(arguments: cases)
    func judgesTheAnswer(_ c: Case) throws {
        let bench = try Bench()
        let answer = try c.answer(bench)
        var inquirer = Inquirer(bench) { _ in answer }
        let decision = try inquirer.judge(Self.token())
        #expect(decision.verdict == c.verdict)
        #expect(inquirer.rounds.count == 1)
        if c.verdict == .accepted { #expect(decision.identity?.groups == ["g:a", "g:b"]) }
        if let refusal = decision.refusal { #expect(refusal.provider == "idp") }
    }

    @Test func asksTheEndpointWithTheTokenBesideItAndNoOther() throws {
        var inquirer = Inquirer(try Bench { $0.certificateAuthority = "PEM" }) { _ in .none("") }
        _ = try inquirer.judge(Self.token())
        let expected = Question.distributedClaim(
            .init(
                endpoint: Self.endpoint,
                accessToken: Secret(Array("groups-token".utf8)),
                certificateAuthority: "PEM",
                provider: "idp"
            )
        )
        #expect(inquirer.rounds == [[expected]])
    }

    @Test func asksWithoutACredentialWhenThereIsNone() throws {
        var inquirer = Inquirer(try Bench()) { _ in .none("") }
        _ = try inquirer.judge(Self.token(accessToken: nil))
        guard case .distributedClaim(let question) = inquirer.rounds.first?.first else { throw WrongKey() }
        #expect(question.accessToken == nil)
    }

    @Test(arguments: ["a b", "a\r\nX-Remote-User: root", "ä"])
    func sendsNoCredentialThatCouldBeginAHeader(_ text: String) throws {
        var inquirer = Inquirer(try Bench()) { _ in .none("") }
        #expect(try inquirer.judge(Self.token(accessToken: .string(text))).verdict == .refused(.distributedClaims))
        #expect(inquirer.rounds.isEmpty)
    }

    /// Attack 43.
    @Test(arguments: [
        "http://claims.example/", "https://user@claims.example/", "https://127.0.0.1/", "https://127.1/", "https://[::1]:8443/",
        "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://0.0.0.0/", "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/", "https://localhost/", "https://x.localhost/", "https://localhost./",
        "https://2130706433/",
        "https://0x7f000001/", "https://0177.0.0.1/", "https://[::]/", "https://255.255.255.255/", "file:///etc/passwd",
        "https://claims.example\\@127.0.0.1/", "https:///groups", "https://a.example/#x", "https://a.example:0/",
        "https://a.example:65536/", "https://%31%32%37.0.0.1/", "https://a.example/\r\nX: y", "https://ａ.example/",
    ])
    func asksNoEndpointThatIsNotOnePublicAddress(_ endpoint: String) throws {
        var inquirer = Inquirer(try Bench()) { _ in .status(200) }
        #expect(try inquirer.judge(Self.token(endpoint)).verdict == .refused(.distributedClaims))
        #expect(inquirer.rounds.isEmpty)
    }

    @Test func asksAProviderOnThisMachineOnThisMachine() throws {
        #expect((try? EndpointURL("https://127.0.0.1:8443/groups", namedBy: "https://localhost:9443")) != nil)
        #expect((try? EndpointURL("https://169.254.1.1/", namedBy: "https://localhost:9443")) == nil)
        #expect((try? EndpointURL("https://10.0.0.1/", namedBy: "https://idp.example")) != nil)
    }

    @Test func fetchesTheKeysOfASignerThatIsNotConfigured() throws {
        let bench = try Bench { $0.certificateAuthority = "PEM" }
        let jws = try TestToken.claims {
            $0["iss"] = "https://claims.example"
            $0["groups"] = ["x"]
        }.signed(by: bench.keys.p256)
        let keys = JSONWriter.bytes(of: ["keys": [try bench.keys.p256.jwk()]])
        var inquirer = Inquirer(bench) { if case .keySet = $0 { .body(keys) } else { .body(Array(jws.utf8)) } }
        #expect(try inquirer.judge(Self.token()).identity?.groups == ["g:x"])
        let signer = Question.keySet(.init(issuerURL: "https://claims.example", certificateAuthority: "PEM", provider: "idp"))
        #expect(inquirer.rounds.count == 2)
        #expect(inquirer.rounds.last == [signer])

        let others = JSONWriter.bytes(of: ["keys": [try bench.keys.p384.jwk()]])
        inquirer.answer = { if case .keySet = $0 { .body(others) } else { .body(Array(jws.utf8)) } }
        #expect(try inquirer.judge(Self.token()).verdict == .refused(.distributedClaims))
        inquirer.answer = { if case .keySet = $0 { .status(200) } else { .body(Array(jws.utf8)) } }
        #expect(try inquirer.judge(Self.token()).verdict == .unknowable(.claimsSourceUnavailable))
    }

    @Test func asksNothingBeforeTheTokenIsProven() throws {
        let bench = try Bench()
        var inquirer = Inquirer(bench) { _ in .none("") }
        #expect(
            try inquirer.judge(try Self.token().signed(by: TestKey.makeP256("p256"))).verdict == .refused(.signatureInvalid)
        )
        #expect(try inquirer.judge(Self.token(), now: Bench.now + 7200).verdict == .refused(.expired))
        #expect(inquirer.rounds.isEmpty)
    }

    @Test func isNotGoodForLongerThanAMinute() throws {
        let bench = try Bench()
        let answer = Answer.body(Array(try Self.answer(bench).utf8))
        var inquirer = Inquirer(bench) { _ in answer }
        #expect(try inquirer.judge(Self.token()).identity?.expiry == Bench.now + 60)
    }

    @Test func anAnswerOfManyGroupsMayBeLargerThanAToken() throws {
        let bench = try Bench()
        let groups = JSONValue.array((0..<1500).map { .string("group-number-\($0)") })
        let answer = Answer.body(Array(try Self.answer(bench) { $0["groups"] = groups }.utf8))
        var inquirer = Inquirer(bench) { _ in answer }
        #expect(try inquirer.judge(Self.token()).identity?.groups.count == 1500)
    }
}
