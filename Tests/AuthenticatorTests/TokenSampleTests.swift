import Authenticator
import JSON
import Snapshot
import Testing

/// Real tokens as samples: judged by the judge, as of when they were issued.
struct TokenSampleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var change: @Sendable (inout TestToken) -> Void = { _ in }
        var isSignedByAnother = false
        var hasKeys = true
        /// Around the token.
        var space = ""
        let outcome: String
    }

    private static let years: Int64 = 10 * 366 * 86_400

    static let cases = [
        Case(testDescription: "as it was issued", outcome: "jane@example.com"),
        Case(testDescription: "with a line end, as files have it", space: "\r\n", outcome: "jane@example.com"),
        Case(
            testDescription: "expired long ago",
            change: {
                $0.claims["iat"] = .integer(TestToken.now - years)
                $0.claims["exp"] = .integer(TestToken.now - years + 300)
            },
            outcome: "jane@example.com"
        ),
        Case(
            testDescription: "expired, and it says only since when it was good",
            change: {
                $0.claims["iat"] = nil
                $0.claims["nbf"] = .integer(TestToken.now - years)
                $0.claims["exp"] = .integer(TestToken.now - years + 300)
            },
            outcome: "jane@example.com"
        ),
        Case(
            testDescription: "expired, and it does not say when it was issued",
            change: {
                $0.claims["iat"] = nil
                $0.claims["exp"] = .integer(TestToken.now - 3_600)
            },
            outcome: "expired"
        ),
        Case(
            testDescription: "never good: it ended before it was issued",
            change: { $0.claims["exp"] = .integer(TestToken.now - 3_600) },
            outcome: "expired"
        ),
        Case(testDescription: "another's signature", isSignedByAnother: true, outcome: "signature_invalid"),
        Case(testDescription: "another audience", change: { $0.claims["aud"] = "other" }, outcome: "audience_mismatch"),
        Case(testDescription: "another issuer", change: { $0.claims["iss"] = "https://x.example" }, outcome: "issuer_unknown"),
        Case(testDescription: "a claim is missing", change: { $0.claims["email"] = nil }, outcome: "claim_missing"),
        Case(testDescription: "no keys", hasKeys: false, outcome: "undecided"),
    ]

    @Test(arguments: cases)
    func judges(_ c: Case) throws {
        let key = TestKey.makeP256("p256")
        let signer = c.isSignedByAnother ? TestKey.makeP256("p256") : key
        let text = try TestToken.good(c.change).signed(by: signer)
        let issuer = Issuer(
            name: "idp",
            issuerURL: TestToken.issuerURL,
            audiences: ["client"],
            claimMappings: ClaimMappings(username: .claim("email", prefix: ""))
        )
        let compiled = try CompiledSnapshot.compile(WorkerSnapshot(revision: 1, mode: .oidc, issuers: [issuer]))
        let keys = try KeySet.parse(JSONWriter.text(of: ["keys": [try key.jwk()]]))
        let outcome = TokenSample(c.space + text + c.space)
            .outcome(in: compiled, keys: { _ in c.hasKeys ? keys : nil }, now: TestToken.now)
        let words =
            switch outcome {
            case .user(let user): user.username
            case .refused(let refusal, let advice): advice.isEmpty ? "no advice" : refusal.code
            case .undecided: "undecided"
            }
        #expect(words == c.outcome)
    }

    @Test func isPrintedNowhere() {
        let sample = TokenSample("a.very.secret")
        var dumped = ""
        dump(sample, to: &dumped)
        for text in ["\(sample)", String(reflecting: sample), "\([sample])", "\(Optional(sample) as Any)", dumped] {
            #expect(!text.contains("secret"), "\(text)")
        }
    }
}
