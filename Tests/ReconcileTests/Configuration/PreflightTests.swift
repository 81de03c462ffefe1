import Authenticator
import Resolve
import Snapshot
import Testing

@testable import Reconcile

/// What providers answer, and what is made of it before a worker is bothered.
struct PreflightTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let answer: Result<ProviderMaterial, ProviderFailure>
        var authority: String?
        /// nil: no problem.
        let message: String?
        var warnings: [String] = []
        var testDescription: String { name }
    }

    static let url = "https://idp.test"
    static let good = ProviderMaterial(jwks: FakeProviders.keys, signingAlgorithms: ["HS256", "ES256"])

    static let cases = [
        Case(name: "all is well", answer: .success(good), message: nil),
        Case(name: "says nothing about algorithms", answer: .success(ProviderMaterial(jwks: FakeProviders.keys)), message: nil),
        Case(
            name: "certificate ends in three days",
            answer: .success(ProviderMaterial(jwks: FakeProviders.keys, certificateExpiry: noon + 3 * 86_400 + 5)),
            message: nil,
            warnings: ["the certificate of provider \"keycloak\" ends in 3 days; renew it"]
        ),
        Case(
            name: "certificate ends in a month",
            answer: .success(ProviderMaterial(jwks: FakeProviders.keys, certificateExpiry: noon + 30 * 86_400)),
            message: nil
        ),
        Case(
            name: "unreachable, system's trust",
            answer: .failure(.unreachable(url: Self.url, "connection refused")),
            message:
                "could not validate IDP URL using the system CAs: persistent well-known GET error: Get \"https://idp.test\": "
                + "connection refused"
        ),
        Case(
            name: "untrusted, own trust",
            answer: .failure(.untrusted(url: Self.url, "unknown authority")),
            authority: Certificates.authority,
            message: "could not validate IDP URL using the specified CA cert: persistent well-known GET error: Get "
                + "\"https://idp.test\": unknown authority"
        ),
        Case(
            name: "404",
            answer: .failure(.unexpectedStatus(url: Self.url, 404)),
            message: "could not validate IDP URL using the system CAs: unexpected well-known status code 404: https://idp.test"
        ),
        Case(
            name: "another issuer",
            answer: .failure(.issuerMismatch(expected: Self.url, found: Self.url + "/")),
            message: "could not validate IDP URL using the system CAs: issuer did not match: expected \"https://idp.test\" got "
                + "\"https://idp.test/\""
        ),
        Case(
            name: "keys on another host",
            answer: .success(ProviderMaterial(jwks: FakeProviders.keys, foreignKeyHost: "keys.example")),
            message: nil,
            warnings: [
                "provider \"keycloak\" has its keys on another host, keys.example; make sure that this is meant"
            ]
        ),
        Case(
            name: "a redirect",
            answer: .failure(.redirected(url: "https://idp.test/x", 302, target: "http://169.254.169.254/")),
            message:
                "could not validate IDP URL using the system CAs: unexpected well-known status code 302: https://idp.test/x points to "
                + "http://169.254.169.254/"
        ),
        Case(
            name: "no keys",
            answer: .success(ProviderMaterial(jwks: #"{"keys":[]}"#)),
            message: "could not validate IDP URL using the system CAs: no usable key at https://idp.test"
        ),
        Case(
            name: "only a shared secret",
            answer: .success(ProviderMaterial(jwks: #"{"keys":[{"kty":"oct","k":"eA"}]}"#)),
            message: "could not validate IDP URL using the system CAs: no usable key at https://idp.test"
        ),
        Case(
            name: "signs with nothing we take",
            answer: .success(ProviderMaterial(jwks: FakeProviders.keys, signingAlgorithms: ["HS256", "none"])),
            message: "provider \"keycloak\" signs with HS256, none, none of which can be verified"
        ),
    ]

    @Test(arguments: cases)
    func judges(_ c: Case) async {
        let providers = FakeProviders()
        providers.answer(Self.url, c.answer)
        let report = await Preflight(providers: providers).run(Self.content(authority: c.authority), earlier: { [] }, now: noon)
        #expect(report.problems.map(\.message) == (c.message.map { [$0] } ?? []))
        #expect(report.problems.allSatisfy { $0.isTemporary && !$0.advice.isEmpty })
        #expect(report.warnings == c.warnings)
        let seed = c.message == nil ? KeySeed(jwks: FakeProviders.keys, fetchedAt: noon) : nil
        #expect(report.content.issuers.map(\.seed) == [seed])
    }

    @Test func aProviderWithStaticKeysIsNotAsked() async {
        let providers = FakeProviders()
        var content = Self.content()
        content.issuers[0].staticKeys = FakeProviders.keys
        let report = await Preflight(providers: providers).run(content, earlier: { [] }, now: noon)
        #expect(report == Preflight.Report(content: content))
        #expect(providers.asked == 0)
    }

    struct Outage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// What is otherwise now than in the revision before.
        let change: @Sendable (inout Issuer) -> Void
        var proceeds = false
        var wantsFreshKeys = false
        let isHeldBack: Bool
    }

    static let outages = [
        Outage(testDescription: "nothing of the provider is changed", change: { _ in }, isHeldBack: false),
        Outage(
            testDescription: "what is made of its claims",
            change: { $0.claimMappings = ClaimMappings(username: .claim("email", prefix: "")) },
            isHeldBack: false
        ),
        Outage(testDescription: "its audiences", change: { $0.audiences = ["b"] }, isHeldBack: false),
        Outage(testDescription: "its authority", change: { $0.certificateAuthority = "PEM" }, isHeldBack: true),
        Outage(testDescription: "where it is asked", change: { $0.discoveryURL = "https://idp.test/x" }, isHeldBack: true),
        Outage(testDescription: "its URL", change: { $0.issuerURL = "https://idp.test/other" }, isHeldBack: true),
        Outage(
            testDescription: "nothing, and its keys are what it is about",
            change: { _ in },
            wantsFreshKeys: true,
            isHeldBack: true
        ),
        Outage(
            testDescription: "the same, and the policy says to go on",
            change: { _ in },
            proceeds: true,
            wantsFreshKeys: true,
            isHeldBack: false
        ),
        Outage(
            testDescription: "its authority, and the policy says to go on",
            change: { $0.certificateAuthority = "PEM" },
            proceeds: true,
            isHeldBack: false
        ),
        Outage(
            testDescription: "its URL, of which no keys are known, whatever the policy says",
            change: { $0.issuerURL = "https://idp.test/other" },
            proceeds: true,
            isHeldBack: true
        ),
    ]

    /// A provider that is down holds up no change of something else: whoever has locked people out could not undo it.
    @Test(arguments: outages)
    func aProviderThatIsDownHoldsUp(_ c: Outage) async {
        let providers = FakeProviders()
        var (former, content) = (Self.content(), Self.content())
        former.issuers[0].seed = KeySeed(jwks: FakeProviders.keys, fetchedAt: 7)
        let previous = former
        c.change(&content.issuers[0])
        let url = content.issuers[0].issuerURL
        providers.answer(url, .failure(.unreachable(url: url, "timed out")))
        let report = await Preflight(providers: providers, proceedsWithKnownKeys: c.proceeds, wantsFreshKeys: c.wantsFreshKeys)
            .run(content, earlier: { [Self.content(), previous] }, now: noon)
        #expect(report.problems.isEmpty == !c.isHeldBack)
        #expect(report.usesKnownKeys == !c.isHeldBack)
        #expect(report.content.issuers.first?.seed?.fetchedAt == (c.isHeldBack ? nil : 7))
        #expect(report.warnings.count == (c.isHeldBack ? 0 : 1))
    }

    @Test func butNotForAProviderThatAnswersWrongly() async {
        let providers = FakeProviders()
        providers.answer(Self.url, .failure(.issuerMismatch(expected: Self.url, found: "https://evil.test")))
        var previous = Self.content()
        previous.issuers[0].seed = KeySeed(jwks: FakeProviders.keys, fetchedAt: 7)
        let report = await Preflight(providers: providers, proceedsWithKnownKeys: true)
            .run(Self.content(), earlier: { [previous] }, now: noon)
        #expect(report.problems.count == 1)
    }

    private static func content(authority: String? = nil) -> WorkerSnapshot {
        WorkerSnapshot(
            revision: 0,
            mode: .oidc,
            issuers: [
                Issuer(
                    name: "keycloak",
                    issuerURL: url,
                    audiences: ["a"],
                    certificateAuthority: authority,
                    claimMappings: ClaimMappings(username: .claim("sub", prefix: ""))
                )
            ]
        )
    }
}
