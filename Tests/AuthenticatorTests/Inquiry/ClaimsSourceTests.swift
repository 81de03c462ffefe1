import JSON
import Snapshot
import Testing

@testable import Authenticator

/// `externalClaimsSources`: when a source is asked, what for, and what its answer does.
struct ClaimsSourceTests {
    static func source(
        path: String = #"["users", string(claims.sub)]"#,
        proof: ExternalClaimsSource.Proof = .requestProvidedToken,
        mappings: [ExternalClaimsSource.Mapping] = [.init(name: "groups", expression: "response.groups")],
        predicates: [String] = []
    ) -> ExternalClaimsSource {
        ExternalClaimsSource(
            hostname: "graph.example:8443",
            pathExpression: path,
            proof: proof,
            mappings: mappings,
            predicates: predicates
        )
    }

    static func bench(_ sources: ExternalClaimsSource...) throws -> Bench { try Bench { $0.externalClaimsSources = sources } }

    static func urls(_ rounds: [[Question]]) -> [[String]] {
        rounds.map { $0.compactMap { if case .claimsSource(let question) = $0 { question.url } else { nil } } }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: Answer
        let verdict: AuthenticatorTests.Verdict
        var groups: [String]?
        var proof = ExternalClaimsSource.Proof.requestProvidedToken
    }

    static let client = ExternalClaimsSource.Proof.clientCredential(
        .init(
            clientID: "postern",
            secret: .init(name: "s", key: "clientSecret", version: "1"),
            tokenEndpoint: "https://idp.example/token"
        )
    )

    static let cases = [
        Case(testDescription: "a list", answer: .text(#"{"groups":["a","b"]}"#), verdict: .accepted, groups: ["g:a", "g:b"]),
        Case(testDescription: "one string", answer: .text(#"{"groups":"a,b"}"#), verdict: .accepted, groups: ["g:a", "g:b"]),
        Case(
            testDescription: "null leaves the token's own",
            answer: .text(#"{"groups":null}"#),
            verdict: .accepted,
            groups: ["g:own"]
        ),
        Case(testDescription: "a claim of the wrong type", answer: .text(#"{"groups":{}}"#), verdict: .refused(.claimType)),
        Case(testDescription: "nothing to map", answer: .text("{}"), verdict: .refused(.expressionFailed)),
        Case(testDescription: "no object", answer: .text("[]"), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "no JSON", answer: .text("<html>"), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "no answer", answer: .none("timed out"), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "500", answer: .status(500), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "302", answer: .status(302), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "429", answer: .status(429), verdict: .unknowable(.claimsSourceUnavailable)),
        Case(testDescription: "404: nobody", answer: .status(404), verdict: .refused(.claimsSourceRefused)),
        Case(testDescription: "401 to the user's token", answer: .status(401), verdict: .refused(.claimsSourceRefused)),
        Case(testDescription: "401 to us", answer: .status(401), verdict: .unknowable(.claimsSourceUnavailable), proof: client),
        Case(
            testDescription: "403 to nobody",
            answer: .status(403),
            verdict: .unknowable(.claimsSourceUnavailable),
            proof: .none
        ),
    ]

    @Test(arguments: cases)
    func judgesTheAnswer(_ c: Case) throws {
        var inquirer = Inquirer(try Self.bench(Self.source(proof: c.proof))) { _ in c.answer }
        let decision = try inquirer.judge(TestToken.claims { $0["groups"] = ["own"] })
        #expect(decision.verdict == c.verdict)
        #expect(decision.identity?.groups == c.groups)
        #expect(inquirer.rounds.count == 1)
    }

    @Test func theUsersTokenGoesOnlyWhereItIsConfiguredTo() throws {
        for (proof, isSent) in [(ExternalClaimsSource.Proof.none, false), (.requestProvidedToken, true), (Self.client, false)] {
            var inquirer = Inquirer(try Self.bench(Self.source(proof: proof))) { _ in .status(500) }
            _ = try inquirer.judge(TestToken.good())
            guard case .claimsSource(let question) = inquirer.rounds.first?.first else { throw WrongKey() }
            #expect((question.userToken != nil) == isSent)
        }
    }

    @Test(arguments: [
        ("u-1", #"["users", string(claims.sub)]"#, "/users/u-1"),
        ("a/b?c#d", #"["users", string(claims.sub)]"#, "/users/a%2Fb%3Fc%23d"),
        ("jörg %2e", #"[string(claims.sub)]"#, "/j%C3%B6rg%20%252e"), ("x", "['v1', 'me']", "/v1/me"),
    ])
    func escapesEachPartOfThePath(_ sub: String, _ path: String, _ expected: String) throws {
        var inquirer = Inquirer(try Self.bench(Self.source(path: path))) { _ in .text(#"{"groups":[]}"#) }
        _ = try inquirer.judge(TestToken.claims { $0["sub"] = .string(sub) })
        #expect(Self.urls(inquirer.rounds) == [["https://graph.example:8443\(expected)"]])
    }

    @Test(arguments: ["..", ".", ""])
    func refusesPartsThatWouldLeadElsewhere(_ sub: String) throws {
        var inquirer = Inquirer(try Self.bench(Self.source())) { _ in .status(200) }
        #expect(try inquirer.judge(TestToken.claims { $0["sub"] = .string(sub) }).verdict == .refused(.expressionFailed))
        #expect(inquirer.rounds.isEmpty)
    }

    @Test func asksAllSourcesAtOnceAndOnlyThoseWhosePredicatesHold() throws {
        let many = Self.source(path: "['many']", predicates: ["has(claims.overage)", "claims.overage == true"])
        let mail = Self.source(path: "['mail']", mappings: [.init(name: "email", expression: "response.mail")])
        var bench = try Self.bench(many, mail)
        bench.snapshot.issuers[0].claimMappings.username = .claim("email", prefix: "")
        var inquirer = Inquirer(bench) { question in
            guard case .claimsSource(let question) = question else { return .none("") }
            return question.url.hasSuffix("many") ? .text(#"{"groups":["m"]}"#) : .text(#"{"mail":"x@example.com"}"#)
        }
        let first = try inquirer.judge(TestToken.claims { $0["overage"] = true })
        #expect(first.identity?.groups == ["g:m"])
        #expect(first.identity?.username == "x@example.com")
        #expect(inquirer.rounds.map(\.count) == [2])
        _ = try inquirer.judge(TestToken.claims { $0["overage"] = false })
        _ = try inquirer.judge(TestToken.good())
        #expect(inquirer.rounds.map(\.count) == [2, 1, 1])
    }

    @Test func rulesSeeWhatTheSourceSaid() throws {
        var bench = try Self.bench(Self.source(mappings: [.init(name: "department", expression: "response.department")]))
        bench.snapshot.issuers[0].claimValidationRules = [.cel(expression: "claims.department == 'ops'", message: "ops only")]
        var inquirer = Inquirer(bench) { _ in .text(#"{"department":"ops"}"#) }
        #expect(try inquirer.judge(TestToken.good()).verdict == .accepted)
        inquirer.answer = { _ in .text(#"{"department":"sales"}"#) }
        #expect(try inquirer.judge(TestToken.good()).verdict == .refused(.claimRuleFailed))
    }

    @Test func aSourceDoesNotProlongAToken() throws {
        let bench = try Self.bench(Self.source(mappings: [.init(name: "exp", expression: "response.exp")]))
        var inquirer = Inquirer(bench) { _ in .text(#"{"exp":99999999999}"#) }
        #expect(try inquirer.judge(TestToken.claims { $0["exp"] = .integer(Bench.now + 5) }).identity?.expiry == Bench.now + 5)
        #expect(try inquirer.judge(TestToken.good(), now: Bench.now + 3601).verdict == .refused(.expired))
    }

    @Test func saysEverythingThatIsWrongWithASource() throws {
        var source = Self.source(
            path: "claims.(",
            mappings: [.init(name: "a", expression: "claims.x"), .init(name: "a", expression: "1")]
        )
        source.hostname = "a b"
        source.predicates = ["claims.x"]
        let bench = try Self.bench(source)
        do {
            _ = try CompiledSnapshot.compile(bench.snapshot)
            Issue.record("was compiled")
        } catch {
            let place = "issuers[0].externalClaimsSources[0]"
            #expect(
                error.problems.map(\.path) == [
                    "\(place).url.pathExpression", "\(place).predicates[0].expression", "\(place).mappings[0].expression",
                    "\(place).mappings[1].name", "\(place).url.hostname",
                ]
            )
        }
    }

    @Test func aQuestionShowsNoCredential() throws {
        var inquirer = Inquirer(try Self.bench(Self.source())) { _ in .status(500) }
        let token = try TestToken.good().signed(by: inquirer.bench.keys.p256)
        _ = try inquirer.judge(token)
        let question = try #require(inquirer.rounds.first?.first)
        var dumped = ""
        dump(question, to: &dumped)
        for text in ["\(question)", String(reflecting: question), dumped, question.destination] {
            #expect(!text.contains(token))
            #expect(!text.contains(token.suffix(40)))
        }
    }
}

extension Answer {
    static func text(_ text: String) -> Answer { .body(Array(text.utf8)) }
}
