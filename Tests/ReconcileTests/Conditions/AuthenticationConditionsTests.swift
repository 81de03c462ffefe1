import JSON
import Resolve
import Schema
import Snapshot
import Testing

@testable import Reconcile

/// What `Authentication.status.conditions` says in the situations people meet.
struct AuthenticationConditionsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var nodes: [WorkerNode] = [.serving("a", 8), .serving("b", 8)]
        var statuses: [NodeStatus] = [.at("a", 8), .at("b", 8)]
        var latest: Int64 = 8
        var good: Int64 = 8
        var outcome = ConfigurationOutcome(generation: 5)
        var limits = RolloutLimits()
        let texts: [String]
        var testDescription: String { name }
    }

    private static let quiet = ["Degraded=False AsExpected ", "Accepted=True AsExpected "]

    static let cases = [
        Case(
            name: "at rest",
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
            ] + quiet + ["RolledOut=True AsExpected 2 nodes are at revision 8"]
        ),
        Case(
            name: "rolling out",
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            latest: 9,
            texts: [
                "Available=True AsExpected 2 of 2 workers answer",
                "Progressing=True RollingOut 1 node is at revision 8; 1 node is at revision 9",
            ] + quiet + ["RolledOut=False RollingOut 1 node is at revision 8; 1 node is at revision 9"]
        ),
        Case(
            name: "paused",
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9), .at("b", 8)],
            latest: 9,
            limits: RolloutLimits(isPaused: true),
            texts: [
                "Available=True AsExpected 2 of 2 workers answer",
                "Progressing=True RollingOut 1 node is at revision 8; 1 node is at revision 9",
            ] + quiet + [
                "RolledOut=False Paused 1 node is at revision 8; 1 node is at revision 9; the roll-out is paused, ctl rollout resume "
                    + "lets it go on"
            ]
        ),
        Case(
            name: "all are there, and it has yet to prove itself",
            good: 7,
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
            ] + quiet + ["RolledOut=False Proving 2 nodes are at revision 8, and revision 8 has yet to prove itself"]
        ),
        Case(
            name: "paused, but all are there",
            limits: RolloutLimits(isPaused: true),
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
            ] + quiet + ["RolledOut=True AsExpected 2 nodes are at revision 8"]
        ),
        Case(
            name: "nothing yet",
            statuses: [.at("a", 0), .at("b", 0)],
            latest: 0,
            good: 0,
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 0",
            ] + quiet + ["RolledOut=False NoRevision there is no revision yet"]
        ),
        Case(
            name: "no workers",
            nodes: [],
            statuses: [],
            texts: ["Available=False NoWorkerAnswers there are no workers", "Progressing=False AsExpected "] + quiet
                + ["RolledOut=False RollingOut there are no workers"]
        ),
        Case(
            name: "one worker alone",
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8)],
            texts: ["Available=True AsExpected 1 of 1 worker answers", "Progressing=False AsExpected 1 node is at revision 8"]
                + quiet + ["RolledOut=True AsExpected 1 node is at revision 8"]
        ),
        Case(
            name: "one is down",
            nodes: [.serving("a", 8), .down("b", 8)],
            texts: [
                "Available=True AsExpected 1 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
                "Degraded=True WorkersDown B does not answer", "Accepted=True AsExpected ",
                "RolledOut=True AsExpected 2 nodes are at revision 8",
            ]
        ),
        Case(
            name: "held back",
            outcome: held(),
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
                "Degraded=True ReferenceProblem The configuration is not in force, revision 8 stays in force: x is missing; create it",
                "Accepted=False ReferenceProblem x is missing; create it",
                "RolledOut=False NotInForce the configuration did not become a revision",
            ]
        ),
        Case(
            name: "a restart waits",
            outcome: waiting(),
            texts: [
                "Available=True AsExpected 2 of 2 workers answer", "Progressing=False AsExpected 2 nodes are at revision 8",
                "Degraded=True ProviderProblem The restart waits, revision 8 stays in force: it is down",
                "Accepted=True AsExpected ",
                "RolledOut=True AsExpected 2 nodes are at revision 8",
            ]
        ),
        Case(
            name: "the revision failed",
            statuses: [.at("a", 8).failed(9), .at("b", 8)],
            latest: 9,
            texts: [
                "Available=True AsExpected 2 of 2 workers answer",
                "Progressing=False AsExpected 2 nodes are at revision 8; 0 nodes have achieved new revision 9",
                "Degraded=True RevisionFailed Revision 9 failed (a: no): workers stay at or return to revision 8; correct the "
                    + "configuration and apply it again",
                "Accepted=True AsExpected ",
                "RolledOut=False RevisionFailed revision 9 failed (a: no): workers stay at or return to revision 8; correct the "
                    + "configuration and apply it again",
            ]
        ),
    ]

    private static func waiting() -> ConfigurationOutcome {
        var outcome = ConfigurationOutcome(generation: 5)
        outcome.unproven = [ConfigurationProblem(message: "m", advice: "it is down")]
        outcome.isRestart = true
        return outcome
    }

    private static func held() -> ConfigurationOutcome {
        var outcome = ConfigurationOutcome(generation: 5)
        outcome.unresolved = [ConfigurationProblem(message: "m", advice: "x is missing; create it")]
        return outcome
    }

    @Test(arguments: cases)
    func tells(_ c: Case) {
        let state = RolloutState(
            limits: c.limits,
            latestRevision: c.latest,
            lastGoodRevision: c.good,
            nodes: c.nodes,
            statuses: c.statuses,
            now: noon
        )
        let conditions = AuthenticationConditions(
            state: state,
            outcome: c.outcome,
            mode: .integratedOAuth,
            confirmation: nil,
            providers: [],
            healthBefore: nil,
            observedGeneration: 5
        ).all
        #expect(conditions.suffix(2).map(\.type) == ["Serving", "Healthy"])
        #expect(
            conditions.dropLast(2).map { "\($0.type)=\($0.status.rawValue) \($0.reason ?? "") \($0.message ?? "")" } == c.texts
        )
        #expect(conditions.allSatisfy { $0.observedGeneration == 5 })
    }
}

/// When a generation counts as observed; `ctl rollout status` waits for it.
struct ObservedGenerationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var change: @Sendable (inout ConfigurationOutcome) -> Void = { _ in }
        let observed: Int64?
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "the providers are being asked", change: { $0.probe = .running }, observed: 4),
        Case(name: "a revision that the roll-out does not know yet", change: { $0.revision = 9 }, observed: 4),
        Case(name: "a revision that it knows", change: { $0.revision = 8 }, observed: 5),
        Case(name: "held back", change: { $0.probe = .failed }, observed: 5),
        Case(name: "the store failed", change: { $0.failure = "disk full" }, observed: 4),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        var outcome = ConfigurationOutcome(generation: 5)
        c.change(&outcome)
        #expect(AuthenticationConditions.observedGeneration(outcome, latestAvailable: 8, before: 4) == c.observed)
    }
}

/// The table of `status.oidcClients`.
struct OIDCClientStatusesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var spec: JSONValue = Specs.oidc(secret: "console-secret")
        var secretProblem: String?
        var isRollingOut = false
        /// Available, Degraded, Progressing, reason, message; nil: no conditions at all.
        let console: [String]?
        var cli: [String]? = ["True", "False", "False", "CLIOIDCConfigAvailable", ""]
        var testDescription: String { name }
    }

    private static let withoutCLI = ["False", "False", "False", "CLIOIDCClientStatus", "no CLI OIDC client spec found"]

    static let withCLI: JSONValue = {
        var spec = Specs.oidc()
        var provider = spec["oidcProviders"]?.arrayValue?.first ?? [:]
        provider["oidcClients"] = [["componentName": "cli", "componentNamespace": "openshift-console", "clientID": "cli"]]
        spec["oidcProviders"] = [provider]
        return spec
    }()

    static let withoutSecret: JSONValue = {
        var spec = Specs.oidc(secret: "console-secret")
        var provider = spec["oidcProviders"]?.arrayValue?.first ?? [:]
        provider["oidcClients"] = [
            ["componentName": "console", "componentNamespace": "openshift-console", "clientID": "console"]
        ]
        spec["oidcProviders"] = [provider]
        return spec
    }()

    static let cases = [
        Case(name: "another mode", spec: [:], console: nil, cli: nil),
        Case(
            name: "a client for the command line",
            spec: withCLI,
            console: ["False", "False", "False", "OIDCClientConfig", "no OIDC client found"]
        ),
        Case(
            name: "no client",
            spec: Specs.oidc(),
            console: ["False", "False", "False", "OIDCClientConfig", "no OIDC client found"],
            cli: withoutCLI
        ),
        Case(
            name: "no secret named",
            spec: withoutSecret,
            console: ["Unknown", "True", "False", "OIDCClientMissingSecret", "no client secret in the OIDC client config"],
            cli: withoutCLI
        ),
        Case(
            name: "secret missing",
            secretProblem: "secret \"console-secret\" not found",
            console: ["Unknown", "True", "False", "OIDCClientSecretGet", "secret \"console-secret\" not found"]
        ),
        Case(
            name: "rolling out",
            isRollingOut: true,
            console: ["Unknown", "False", "True", "DeploymentOIDCConfig", "deployment unavailable or outdated"]
        ),
        Case(name: "there", console: ["True", "False", "False", "OIDCConfigAvailable", ""]),
    ]

    @Test(arguments: cases)
    func tells(_ c: Case) throws {
        let entries = OIDCClientStatuses(
            spec: try c.spec.decoded(as: Authentication.Spec.self),
            current: [],
            secretProblem: c.secretProblem,
            isRollingOut: c.isRollingOut,
            generation: 3,
            now: "2025-07-01T00:00:00Z"
        ).entries
        #expect(entries.map(\.componentName) == ["console", "cli"])
        let texts = entries.map { entry in
            entry.conditions.map { conditions in
                let statuses = ["Available", "Degraded", "Progressing"].map { conditions[type: $0]?.status.rawValue ?? "" }
                return statuses + [conditions[type: "Degraded"]?.reason ?? "", conditions[type: "Degraded"]?.message ?? ""]
            }
        }
        #expect(texts == [c.console, c.cli])
    }

    @Test func forgetsWhatWasWhereTheModeIsLeft() throws {
        func entries(_ spec: JSONValue, _ current: [Authentication.OIDCClientStatus]) throws -> [Authentication
            .OIDCClientStatus]
        {
            OIDCClientStatuses(
                spec: try spec.decoded(as: Authentication.Spec.self),
                current: current,
                secretProblem: nil,
                isRollingOut: false,
                generation: 3,
                now: "2025-07-01T00:00:00Z"
            ).entries
        }
        let before = try entries(Specs.oidc(secret: "console-secret"), [])
        #expect(before.first?.currentOIDCClients?.count == 1)
        let after = try entries([:], before)
        #expect(after.map(\.componentName) == ["console", "cli"])
        #expect(after.allSatisfy { $0.currentOIDCClients == nil && $0.conditions == nil })
    }

    @Test func keepsTimesOfWhatStaysTrueAndOtherComponents() throws {
        let spec = try Specs.oidc(secret: "console-secret").decoded(as: Authentication.Spec.self)
        let other = Authentication.OIDCClientStatus(componentName: "grafana", componentNamespace: "monitoring")
        func entries(_ current: [Authentication.OIDCClientStatus], _ now: String, rolling: Bool) -> [Authentication
            .OIDCClientStatus]
        {
            OIDCClientStatuses(
                spec: spec,
                current: current,
                secretProblem: nil,
                isRollingOut: rolling,
                generation: 3,
                now: now
            ).entries
        }
        let first = entries([other], "2025-07-01T00:00:00Z", rolling: false)
        #expect(first.map(\.componentName) == ["console", "cli", "grafana"])
        let second = entries(first, "2025-07-01T00:01:00Z", rolling: false)
        #expect(second == first)
        let third = entries(second, "2025-07-01T00:02:00Z", rolling: true)
        #expect(third.first?.conditions?[type: "Progressing"]?.lastTransitionTime == "2025-07-01T00:02:00Z")
        // Available is kept as it was while the deployment is under way.
        #expect(third.first?.conditions?[type: "Available"] == first.first?.conditions?[type: "Available"])
    }
}

struct OAuthServerWantedTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let asked: Authentication.Mode
        let nodes: [WorkerNode]
        let statuses: [NodeStatus]
        let isWanted: Bool
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "asked for, no worker has it yet",
            asked: .integratedOAuth,
            nodes: [.serving("a", 2)],
            statuses: [.at("a", 2)],
            isWanted: true
        ),
        Case(
            name: "one worker is still there",
            asked: .oidc,
            nodes: [.serving("a", 1), .serving("b", 2)],
            statuses: [.at("a", 1), .at("b", 2)],
            isWanted: true
        ),
        Case(
            name: "recorded as gone but still running it",
            asked: .oidc,
            nodes: [.serving("a", 1)],
            statuses: [.at("a", 2)],
            isWanted: true
        ),
        Case(
            name: "on the way back to it",
            asked: .oidc,
            nodes: [.serving("a", 2)],
            statuses: [.at("a", 2).going(to: 1)],
            isWanted: true
        ),
        Case(name: "all have left", asked: .oidc, nodes: [.serving("a", 2)], statuses: [.at("a", 2)], isWanted: false),
        Case(name: "None", asked: .none, nodes: [.serving("a", 3)], statuses: [.at("a", 3)], isWanted: false),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let state = RolloutState(latestRevision: 3, nodes: c.nodes, statuses: c.statuses, now: noon)
        let modes: [Int64: WorkerSnapshot.Mode] = [1: .integratedOAuth, 2: .oidc, 3: .none]
        #expect(isOAuthServerWanted(asked: c.asked, members: state.members, modes: modes) == c.isWanted)
    }
}
