import Authenticator
import Foundation
import JSON
import Resolve
import Schema
import Snapshot
import Store
import Testing

@testable import Reconcile

/// Real tokens on a new configuration, and what is said of them.
struct ProbeTokenCheckTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var username: String?
        var groups: [String]?
        var required: Bool?
        var claims: @Sendable (inout JSONValue) -> Void = { _ in }
        /// Of the new configuration.
        var change: @Sendable (inout Issuer) -> Void = { _ in }
        /// Of the one that runs; nil: none runs.
        var before: (@Sendable (inout Issuer) -> Void)?
        var hasKeys = true
        var problems: [String] = []
        var warnings: [String] = []
    }

    private static let same: @Sendable (inout Issuer) -> Void = { _ in }
    private static let prefixed: @Sendable (inout Issuer) -> Void = {
        $0.claimMappings.username = .claim("email", prefix: "sso:")
    }
    private static let otherAudience: @Sendable (inout Issuer) -> Void = { $0.audiences = ["consoles"] }
    private static let refused =
        #"probe token "p" would be refused (audience_mismatch: expected audience in ["consoles"] got ["console"])"#

    static let cases = [
        Case(
            testDescription: "who it must be",
            username: "jane@example",
            groups: ["ops", "dev"],
            warnings: [#"probe token "p" would be accepted as "jane@example""#]
        ),
        Case(
            testDescription: "somebody else",
            username: "jane",
            groups: ["dev"],
            problems: [
                #"probe token "p" has username "jane@example", expected "jane""#,
                #"probe token "p" has groups [dev, ops], expected [dev]"#,
            ]
        ),
        Case(
            testDescription: "somebody else, and only told",
            username: "jane",
            required: false,
            warnings: [
                #"probe token "p" has username "jane@example", expected "jane"; correct the claim mappings, or spec.probeTokens of "#
                    + "RolloutPolicy/cluster"
            ]
        ),
        Case(testDescription: "refused", change: otherAudience, before: same, problems: [refused]),
        Case(testDescription: "refused before, too", change: otherAudience, before: otherAudience, problems: [refused]),
        Case(
            testDescription: "as before",
            before: same,
            warnings: [#"probe token "p" is accepted as "jane@example", as before"#]
        ),
        Case(
            testDescription: "renamed",
            change: prefixed,
            before: same,
            warnings: [#"probe token "p" would be renamed: "jane@example" becomes "sso:jane@example""#]
        ),
        Case(
            testDescription: "other groups",
            change: { $0.claimMappings.groups = .claim("roles", prefix: "") },
            before: same,
            warnings: [
                #"probe token "p" would lose the groups [dev, ops]"#, #"probe token "p" would gain the groups [admins]"#,
            ]
        ),
        Case(
            testDescription: "gains",
            before: otherAudience,
            warnings: [#"probe token "p" would be accepted as "jane@example", and is refused now (audience_mismatch)"#]
        ),
        Case(
            testDescription: "the keys are not known: the provider is a problem of its own",
            hasKeys: false,
            warnings: [#"probe token "p" was not tried: provider_unavailable: no usable keys of "keycloak" yet"#]
        ),
        Case(
            testDescription: "forged",
            claims: { $0["forged"] = true },
            problems: [#"probe token "p" would be refused (signature_invalid"#]
        ),
    ]

    private static func content(_ signer: SampleSigner, hasKeys: Bool = true, _ change: (inout Issuer) -> Void)
        -> WorkerSnapshot
    {
        var issuer = Issuer(
            name: "keycloak",
            issuerURL: Specs.issuer,
            audiences: ["console"],
            claimMappings: ClaimMappings(username: .claim("email", prefix: ""), groups: .claim("groups", prefix: ""))
        )
        if hasKeys { issuer.seed = KeySeed(jwks: signer.jwks, fetchedAt: noon) }
        change(&issuer)
        return WorkerSnapshot(revision: 1, mode: .oidc, issuers: [issuer])
    }

    private static func probe(_ c: Case, _ content: ProbeTokenCheck.Probe.Content) -> ProbeTokenCheck.Probe {
        let token = RolloutPolicy.ProbeToken(
            name: "p",
            secret: "jane-sample",
            username: c.username,
            groups: c.groups,
            required: c.required
        )
        switch content {
        case .token: return ProbeTokenCheck.Probe(token: token, content: content)
        case .missing: return ProbeTokenCheck.Probe(token, at: 2, secret: nil)
        }
    }

    @Test(arguments: cases)
    func tells(_ c: Case) throws {
        let signer = SampleSigner()
        var isForged = false
        var text = try signer.token { claims in
            claims["roles"] = ["admins"]
            var changed = claims
            c.claims(&changed)
            isForged = changed["forged"] != nil
        }
        if isForged { text = try SampleSigner().token() }
        let check = ProbeTokenCheck(
            probes: [Self.probe(c, .token(TokenSample(text)))],
            inForce: c.before.map { Self.content(signer, $0) }
        )
        let findings = check.run(on: Self.content(signer, hasKeys: c.hasKeys, c.change), now: noon)
        let messages = findings.problems.map(\.message)
        #expect(messages.count == c.problems.count && zip(messages, c.problems).allSatisfy { $0.hasPrefix($1) }, "\(messages)")
        #expect(findings.warnings == c.warnings)
        // The remedy stands behind it, and the token nowhere.
        #expect(findings.problems.allSatisfy { $0.advice.hasPrefix($0.message + "; ") })
        let all = findings.problems.map(\.advice) + findings.warnings
        #expect(text.split(separator: ".").allSatisfy { part in all.allSatisfy { !$0.contains(part) } })
    }

    @Test func saysWhatWouldBeRight() throws {
        let signer = SampleSigner()
        let c = Case(testDescription: "", change: Self.otherAudience)
        let check = ProbeTokenCheck(probes: [Self.probe(c, .token(TokenSample(try signer.token())))], inForce: nil)
        let findings = check.run(on: Self.content(signer, c.change), now: noon)
        let advice = try #require(findings.problems.first?.advice)
        #expect(advice.hasPrefix(Self.refused + "; "))
        #expect(advice.hasSuffix("if the token is no good any more, put another one into secret openshift-config/jane-sample"))
    }

    @Test func onlyTellsWhereAWayBackIsTaken() throws {
        let signer = SampleSigner()
        let c = Case(testDescription: "", change: Self.otherAudience)
        let probe = Self.probe(c, .token(TokenSample(try signer.token())))
        let check = ProbeTokenCheck(probes: [probe], inForce: nil, holdsBack: false)
        let findings = check.run(on: Self.content(signer, c.change), now: noon)
        #expect(findings.problems.isEmpty)
        #expect(findings.warnings.count == 1 && findings.warnings.first?.hasPrefix(Self.refused) == true)
    }

    /// What cannot be read is named by its field.
    @Test func namesTheFieldOfAMissingSecret() {
        let signer = SampleSigner()
        let field = "secret openshift-config/jane-sample, named in spec.probeTokens[2].secret.name of RolloutPolicy/cluster,"
        let empty = TokenSecret(["data": ["token": ""]])
        let binary = TokenSecret(["data": ["token": "/w=="]])
        let other = TokenSecret(["data": ["jwt": "eA=="]])
        let token = RolloutPolicy.ProbeToken(name: "p", secret: "jane-sample")
        let cases: [(TokenSecret?, String)] =
            [(nil, "\(field) does not exist")]
            + [empty, binary, other].map { ($0, "\(field) has no text as its key token") }
        for (secret, why) in cases {
            let check = ProbeTokenCheck(probes: [.init(token, at: 2, secret: secret)], inForce: nil)
            let problems = check.run(on: Self.content(signer, Self.same), now: noon).problems
            #expect(problems.map(\.advice) == ["\(why); create it with a token as its key token"])
        }
        #expect(TokenSecret(["data": ["token": "YS5iLmM="]]).text == "a.b.c")
    }

    @Test func isForProvidersOnly() throws {
        let token = RolloutPolicy.ProbeToken(name: "p", secret: "jane-sample")
        let check = ProbeTokenCheck(probes: [.init(token, at: 0, secret: nil)], inForce: nil)
        let findings = check.run(on: WorkerSnapshot(revision: 1, mode: .none), now: noon)
        #expect(findings.problems.isEmpty && findings.warnings.isEmpty)
    }

    // MARK: - On the way to a revision

    /// A sample that the new configuration refuses keeps it back; another sample lets it go on, without a change of anything else.
    @Test(.timeLimit(.minutes(5)))
    func keepsAConfigurationBack() async throws {
        try await TestCluster.with { cluster in
            let signer = SampleSigner()
            try await cluster.settled(at: 1)
            cluster.providers.answer(Specs.issuer, .success(ProviderMaterial(jwks: signer.jwks)))
            let probe: JSONValue = [
                "name": "jane", "secret": ["name": "jane-sample"], "username": "oidc-user-test:jane@example",
            ]
            try await cluster.apply(["probeTokens": [probe]], to: .rolloutPolicy)
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the missing secret is told") {
                try await cluster.condition("Probed")?.message?.contains("named in spec.probeTokens[0].secret.name") == true
            }
            try await cluster.createSecret("jane-sample", token: try signer.token { $0["email"] = nil })
            try await cluster.eventually("the refusal is told") {
                let message = try await cluster.condition("Probed")?.message ?? ""
                return message.contains(#"probe token "jane" would be refused (claim_missing: claim "email" not present)"#)
            }
            #expect(try await cluster.revisions() == [1])
            try await cluster.changeSecret("jane-sample", token: try signer.token())
            try await cluster.settled(at: 2)
            try await cluster.eventually("the result is told") {
                let probed = try await cluster.condition("Probed")
                return probed?.status == .true
                    && probed?.message == #"probe token "jane" would be accepted as "oidc-user-test:jane@example""#
            }
            // The sample is no good any more, and the way back is open all the same.
            try await cluster.changeSecret("jane-sample", token: try SampleSigner().token())
            try await cluster.apply(Specs.integrated)
            try await cluster.settled(at: 3)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 4)
            try await cluster.eventually("the refusal is told") {
                try await cluster.condition("Probed")?.message?.contains("would be refused (signature_invalid") == true
            }
        }
    }

    @Test func isToldInADryRun() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            let signer = SampleSigner()
            cluster.providers.answer(Specs.issuer, .success(ProviderMaterial(jwks: signer.jwks)))
            let probe: JSONValue = ["name": "jane", "secret": ["name": "jane-sample"]]
            try await cluster.apply(["probeTokens": [probe]], to: .rolloutPolicy)
            try await cluster.createSecret("jane-sample", token: try signer.token())
            let trial = ConfigurationTrial(store: cluster.store, providers: cluster.providers, now: TestCluster.now)
            var object = try await cluster.store.get(.authentication).value
            object["spec"] = Specs.oidc()
            let good = await trial.sentences(about: object)
            #expect(good == [#"preflight: probe token "jane" would be accepted as "oidc-user-test:jane@example""#])
            object["spec"] = Specs.oidc(audience: "consoles")
            let bad = await trial.sentences(about: object)
            #expect(
                bad.count == 1 && bad.first?.hasPrefix(#"preflight failed: probe token "jane" would be refused"#) == true,
                "\(bad)"
            )
        }
    }
}

extension TestCluster {
    fileprivate func createSecret(_ name: String, token: String) async throws {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name), "namespace": "openshift-config"],
            "data": ["token": .string(Data(token.utf8).base64EncodedString())],
        ]
        try await writer.create(object, now: Self.now())
    }

    fileprivate func changeSecret(_ name: String, token: String) async throws {
        let object = try await store.get(.secret(name))
        var value = object.value
        value["data"] = ["token": .string(Data(token.utf8).base64EncodedString())]
        try await writer.replace(object, by: value)
    }
}
