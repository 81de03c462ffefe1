import Schema
import Testing

@testable import Reconcile

/// What `Serving` and `Healthy` say in the situations people meet.
struct HealthTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var nodes: [WorkerNode] = [judging("a", 8), judging("b", 8)]
        var providers = [ProviderHealth(name: "idp")]
        var bystanders: [WorkerNode] = []
        var latest: Int64 = 8
        var contents: [Int64: RevisionContent] = [:]
        var limits = RolloutLimits()
        let serving: String
        let healthy: String
        var testDescription: String { name }
    }

    private static func judging(
        _ name: String,
        _ revision: Int64,
        mode: String = "OIDC",
        keyless: [String] = [],
        lacksTokens: Bool = false,
        logins: [LoginRecord] = []
    ) -> WorkerNode {
        var node = WorkerNode.serving(name, revision)
        (node.mode, node.keylessProviders, node.logins, node.lacksOpaqueTokens) = (mode, keyless, logins, lacksTokens)
        return node
    }

    private static func logins(
        _ accepted: Int64,
        of total: Int64,
        at revision: Int64 = 8,
        last: Int64? = nil,
        codes: [String: Int64] = [:]
    )
        -> LoginRecord
    {
        LoginRecord(
            provider: "idp",
            revision: revision,
            seconds: 300,
            tally: LoginTally(accepted: accepted, total: total),
            lastAccepted: last,
            reasons: codes.map { Node.Logins.Reason(reason: $0.key, count: $0.value) }
        )
    }

    private static let serves = "True AsExpected a, b accept valid tokens"
    private static let same = RevisionContent(digest: "d", hasReviewer: false)
    private static let quiet = "nobody has logged in lately"

    static let cases = [
        Case(name: "at rest", serving: serves, healthy: "True AsExpected \(quiet)"),
        Case(
            name: "people log in",
            nodes: [
                judging(
                    "a",
                    8,
                    logins: [logins(100, of: 103, last: 86_400, codes: ["key_unknown": 3]), logins(9, of: 9, at: 7)]
                ),
                judging("b", 8, logins: [logins(20, of: 20, last: 86_386)]),
            ],
            serving: serves,
            healthy:
                "True AsExpected last successful login at 1970-01-02T00:00:00Z; at what runs now, 120 accepted and 3 refused in 5 minutes: key_unknown 3"
        ),
        Case(
            name: "nobody gets in",
            nodes: [judging("a", 8, logins: [logins(0, of: 12, codes: ["audience_mismatch": 12])]), judging("b", 8)],
            serving: serves,
            healthy:
                "False LoginsFail no token of idp is accepted; no login has succeeded lately, 12 were refused: audience_mismatch 12"
        ),
        Case(
            name: "a few bad tokens say nothing",
            nodes: [judging("a", 8, logins: [logins(0, of: 9)]), judging("b", 8)],
            serving: serves,
            healthy: "True AsExpected no login has succeeded lately, 9 were refused"
        ),
        Case(
            name: "a provider is down",
            providers: [
                ProviderHealth(
                    name: "idp",
                    failure: ProviderHealth.Failure(since: 0, text: "https://idp.test cannot be reached")
                ),
                ProviderHealth(name: "other"),
            ],
            serving: serves,
            healthy:
                "False ProviderUnavailable provider \"idp\" has not answered as it should since 1970-01-01T00:00:00Z: https://idp.test cannot be "
                + "reached; tokens are judged by the keys that are known; \(quiet)"
        ),
        Case(
            name: "a certificate ends soon",
            providers: [ProviderHealth(name: "idp", warning: "the certificate of provider \"idp\" ends in 3 days; renew it")],
            serving: serves,
            healthy: "True AsExpected the certificate of provider \"idp\" ends in 3 days; renew it; \(quiet)"
        ),
        Case(
            name: "a worker is down",
            nodes: [judging("a", 8), .down("b", 8)],
            serving: "True AsExpected a accepts valid tokens",
            healthy: "False WorkersDown b does not answer; \(quiet)"
        ),
        Case(
            name: "all workers are down",
            nodes: [.down("a", 8), .down("b", 8)],
            serving: "False NoWorkerAnswers no worker answers",
            healthy: "False WorkersDown a, b do not answer; \(quiet)"
        ),
        Case(
            name: "no workers",
            nodes: [],
            serving: "False NoWorkerAnswers there are no workers",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "a worker has no revision",
            nodes: [judging("a", 8), judging("b", 0)],
            serving: "False NoRevision not every worker has a revision to judge by",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "rolling out",
            nodes: [judging("a", 9), judging("b", 8)],
            serving: "Unknown RollingOut the workers judge by revisions 8, 9",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "rolling out what says the same: after ctl rollout restart",
            nodes: [judging("a", 9), judging("b", 8)],
            latest: 9,
            contents: [8: same, 9: same],
            serving: serves,
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "a newer revision that no worker has yet",
            latest: 9,
            serving: "Unknown RollingOut the workers judge by revision 8, and revision 9 has yet to reach them",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "the same in a pause",
            latest: 9,
            limits: RolloutLimits(isPaused: true),
            serving: "Unknown Paused the workers judge by revision 8, and revision 9 has yet to reach them",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "one worker has not read the tokens yet",
            nodes: [
                judging("a", 8, mode: "IntegratedOAuth"), judging("b", 8, mode: "IntegratedOAuth", lacksTokens: true),
            ],
            providers: [],
            serving: "False TokensMissing b has not read all tokens of the built-in OAuth server yet",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "a worker that is left out of roll-outs has an old revision",
            bystanders: [judging("c", 7)],
            serving: "Unknown RollingOut the workers judge by revisions 7, 8",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "a worker that is left out of roll-outs judges as the others do",
            nodes: [judging("a", 8)],
            bystanders: [judging("c", 8), .down("d", 7)],
            serving: "True AsExpected a, c accept valid tokens",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "mode None with a reviewer",
            nodes: [judging("a", 8, mode: "None")],
            providers: [],
            contents: [8: RevisionContent(digest: "n", hasReviewer: true)],
            serving: "Unknown ReviewerDecides the reviewer of spec.webhookTokenAuthenticator is asked about every token",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "one worker lacks keys",
            nodes: [judging("a", 8), judging("b", 8, keyless: ["idp", "other"])],
            serving: "False KeysMissing b has no usable keys of provider \"idp\" and 1 more",
            healthy: "True AsExpected \(quiet)"
        ),
        Case(
            name: "mode None",
            nodes: [judging("a", 8, mode: "None"), judging("b", 8, mode: "None")],
            providers: [],
            serving: "False NoTokensAccepted mode None accepts no token",
            healthy: "True AsExpected \(quiet)"
        ),
    ]

    @Test(arguments: cases)
    func tells(_ c: Case) {
        let state = RolloutState(
            limits: c.limits,
            latestRevision: c.latest,
            lastGoodRevision: 8,
            nodes: c.nodes,
            statuses: c.nodes.map { .at($0.name, 8) },
            now: noon
        )
        func text(_ condition: Condition) -> String {
            "\(condition.status.rawValue) \(condition.reason ?? "") \(condition.message ?? "")"
        }
        #expect(text(ServingCondition(state: state, contents: c.contents, bystanders: c.bystanders).condition) == c.serving)
        let evidence = LoginEvidence(of: c.nodes)
        #expect(text(HealthCondition(state: state, providers: c.providers, evidence: evidence).condition) == c.healthy)
    }
}
