import JSON
import Snapshot
import Testing

@testable import Authenticator

/// What people are told about a token. That each explanation tells the judge's own decision is checked by `Bench` for every token of
/// these tests; here is what it tells beyond that.
struct ExplanationTests {
    private func explain(
        _ token: TestToken,
        issuer: (inout Issuer) -> Void = { _ in },
        bench change: (inout Bench) throws -> Void = { _ in }
    ) throws -> TokenExplanation {
        var bench = try Bench(issuer)
        try change(&bench)
        let keySets = bench.keySets
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot))
        return authenticator.explain(
            try token.signed(by: bench.keys.fitting(token.header["alg"]?.stringValue ?? "")),
            keys: { keySets[$0] },
            now: TestToken.now
        )
    }

    @Test func tellsEverythingAboutAGoodToken() throws {
        let explanation = try explain(TestToken.claims { $0["groups"] = ["dev"] }) {
            $0.claimValidationRules = [.cel(expression: "claims.sub != ''", message: "")]
            $0.userValidationRules = [.init(expression: "user.username != ''", message: "")]
        }
        #expect(explanation.decision.identity != nil)
        #expect(explanation.provider == "idp")
        #expect(explanation.keyID == "p256")
        #expect(explanation.header?["alg"] == "ES256")
        #expect(explanation.user == .init(username: "idp:u-1", uid: "u-1", groups: ["g:dev"], extra: [:]))
        #expect(explanation.advice == [])
        #expect(explanation.checks.allSatisfy { $0.verdict == .passed })
        let names = explanation.checks.map(\.name)
        for name in ["form", "iss", "signature", "exp", "aud", "username", "claimValidationRules[0]", "userValidationRules[0]"]
        {
            #expect(names.contains(name))
        }
    }

    /// One mistake must not hide the next: who corrects the audience wants to know about the rule as well.
    @Test func goesOnAfterTheFirstFailure() throws {
        let explanation = try explain(TestToken.claims { $0["aud"] = "other" }) {
            $0.claimValidationRules = [.cel(expression: "claims.sub == 'x'", message: "only x")]
        }
        let failed = explanation.checks.filter { if case .failed = $0.verdict { true } else { false } }
        #expect(failed.map(\.name) == ["aud", "claimValidationRules[0]"])
        #expect(explanation.user?.username == "idp:u-1")
    }

    @Test func tellsWhoElseWouldTakeIt() throws {
        let explanation = try explain(TestToken.claims { $0["iss"] = "https://idp.example/" })
        #expect(explanation.decision.refusal?.reason == .issuerUnknown)
        #expect(explanation.otherProviders == ["idp"])
    }

    struct Advice: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let words: String
        let issuerURL: String
        let change: @Sendable (inout JSONValue) -> Void
    }

    static let advice = [
        Advice(
            testDescription: "a slash too many",
            words: "they must be the same byte for byte",
            issuerURL: "https://idp.example"
        ) {
            $0["iss"] = "https://idp.example/"
        },
        Advice(
            testDescription: "http for https",
            words: "they must be the same byte for byte",
            issuerURL: "https://idp.example"
        ) {
            $0["iss"] = "http://IDP.example"
        },
        Advice(
            testDescription: "another issuer",
            words: "Configured are: \"https://idp.example\"",
            issuerURL: "https://idp.example"
        ) {
            $0["iss"] = "https://elsewhere.example"
        },
        Advice(
            testDescription: "Keycloak's audience",
            words: "mapper of the type Audience with \"client\"",
            issuerURL: "https://idp.example/realms/main"
        ) { $0["aud"] = "account" },
        Advice(testDescription: "account", words: "Do not configure `account`", issuerURL: "https://idp.example") {
            $0["aud"] = ["account"]
        },
        Advice(testDescription: "azp", words: "azp is no audience", issuerURL: "https://idp.example") {
            $0["aud"] = "api"
            $0["azp"] = "client"
        },
        Advice(testDescription: "expired", words: "ended 61 seconds ago", issuerURL: "https://idp.example") {
            $0["exp"] = .integer(TestToken.now - 61)
        },
        Advice(testDescription: "expired long ago", words: "ended 3 days ago", issuerURL: "https://idp.example") {
            $0["exp"] = .integer(TestToken.now - 3 * 86_400 - 7)
        },
        Advice(
            testDescription: "a claim that is not there",
            words: "has these claims: \"aud\"",
            issuerURL: "https://idp.example"
        ) {
            $0["sub"] = nil
        },
    ]

    @Test(arguments: advice) func advises(_ advice: Advice) throws {
        let token = TestToken.claims {
            $0["iss"] = .string(advice.issuerURL)
            advice.change(&$0)
        }
        let explanation = try explain(token) {
            $0.issuerURL = advice.issuerURL
        } bench: {
            $0.keySets[advice.issuerURL] = $0.keySets[TestToken.issuerURL]
        }
        #expect(explanation.advice.contains { $0.contains(advice.words) }, "\(explanation.advice)")
        #expect(explanation.advice.last == explanation.decision.refusal?.reason.explanation.whatToDo)
    }

    @Test(arguments: [("opaque", "send the ID token"), ("e30.AAAA.AAAA.AAAA.AAAA", "The token is encrypted")])
    func tellsWhatOtherTokensAre(_ token: String, _ words: String) throws {
        let explanation = TokenAuthenticator(try .compile(WorkerSnapshot(revision: 1, mode: .oidc)))
            .explain(token, keys: { _ in nil }, now: TestToken.now)
        #expect(explanation.decision.refusal?.reason == .malformed)
        #expect(explanation.advice.first?.contains(words) == true)
    }

    @Test func staysShortAboutHostileTokens() throws {
        let explanation = try explain(
            TestToken.claims {
                for index in 0..<200 { $0["claim \(index)\r\n\u{1B}[31m"] = "x" }
                $0["sub"] = nil
            }
        )
        let text = explanation.advice.joined() + explanation.checks.map { $0.name + $0.value }.joined()
        #expect(text.count < 10_000)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    }
}
