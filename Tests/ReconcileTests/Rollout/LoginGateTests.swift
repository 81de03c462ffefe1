import JSON
import Schema
import Testing

@testable import Reconcile

/// What the logins of real people make of a roll-out from revision 8 to 9.
struct LoginGateTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var limits = RolloutLimits()
        /// On the three workers together, at revision 8.
        var before: [String: LoginTally] = ["idp": LoginTally(accepted: 97, total: 100)]
        /// On the first worker, at revision 9.
        var after: [String: LoginTally] = [:]
        var providers: Set<String> = ["idp"]
        var earlierProviders: Set<String> = ["idp"]
        var secondsSince: Int64 = 2
        /// How many of them the worker has told of; nil: all.
        var secondsTold: Int64?
        var needsProof = false
        let expected: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nobody has logged in", before: [:], expected: "assign b"),
        Case(name: "too few to compare with", before: ["idp": LoginTally(accepted: 9, total: 9)], expected: "assign b"),
        Case(
            name: "no login yet",
            expected: "wait: revision 9 waits for logins on a to compare with those before, until 8"
        ),
        Case(name: "nobody came for as long as it is waited", secondsSince: 13, expected: "assign b"),
        Case(
            name: "nobody came, but the worker has not told of all the time yet",
            secondsSince: 12,
            secondsTold: 9,
            expected: "wait: revision 9 waits for logins on a to compare with those before, until -2"
        ),
        Case(
            name: "the worker's clock was set, and its last word is older than that",
            secondsSince: 12,
            secondsTold: 100,
            expected: "wait: revision 9 waits for logins on a to compare with those before, until -2"
        ),
        Case(name: "the clock was set back", secondsSince: -100, expected: "current a"),
        Case(name: "they log in as before", after: ["idp": LoginTally(accepted: 10, total: 10)], expected: "assign b"),
        Case(
            name: "too few to conclude from",
            after: ["idp": LoginTally(accepted: 0, total: 9)],
            expected: "wait: revision 9 waits for logins on a to compare with those before, until 8"
        ),
        Case(
            name: "none of them gets in",
            after: ["idp": LoginTally(accepted: 0, total: 10)],
            expected:
                "failed: a: logins of provider \"idp\" fail at revision 9: 0 of 10 accepted, 97 of 100 before (audience_mismatch 3)"
        ),
        Case(
            name: "one in three is refused",
            after: ["idp": LoginTally(accepted: 20, total: 30)],
            expected:
                "failed: a: logins of provider \"idp\" fail at revision 9: 20 of 30 accepted, 97 of 100 before (audience_mismatch 3)"
        ),
        Case(name: "one in ten is refused", after: ["idp": LoginTally(accepted: 27, total: 30)], expected: "assign b"),
        Case(
            name: "as bad as before",
            before: ["idp": LoginTally(accepted: 50, total: 100)],
            after: ["idp": LoginTally(accepted: 4, total: 10)],
            expected: "assign b"
        ),
        Case(
            name: "worse than before, but by chance perhaps",
            before: ["idp": LoginTally(accepted: 50, total: 100)],
            after: ["idp": LoginTally(accepted: 2, total: 10)],
            expected: "assign b"
        ),
        Case(
            name: "a policy that does not look",
            limits: RolloutLimits(maximumDropPercent: 100),
            after: ["idp": LoginTally(accepted: 0, total: 100)],
            expected: "assign b"
        ),
        Case(
            name: "a policy that allows more",
            limits: RolloutLimits(maximumDropPercent: 50),
            after: ["idp": LoginTally(accepted: 20, total: 30)],
            expected: "assign b"
        ),
        Case(
            name: "the issuer is another: nobody is responsible any more",
            after: ["": LoginTally(accepted: 0, total: 12)],
            expected: "failed: a: logins fail at revision 9: 0 of 12 accepted, 97 of 100 before (audience_mismatch 3)"
        ),
        Case(
            name: "the small one of two providers fails",
            before: ["idp": LoginTally(accepted: 1_000, total: 1_000), "other": LoginTally(accepted: 20, total: 20)],
            after: ["idp": LoginTally(accepted: 500, total: 500), "other": LoginTally(accepted: 0, total: 10)],
            providers: ["idp", "other"],
            earlierProviders: ["idp", "other"],
            expected:
                "failed: a: logins of provider \"other\" fail at revision 9: 0 of 10 accepted, 20 of 20 before (audience_mismatch 3)"
        ),
        Case(
            name: "one provider's logins have ceased",
            before: ["idp": LoginTally(accepted: 3_000, total: 3_000), "other": LoginTally(accepted: 3_000, total: 3_000)],
            after: ["idp": LoginTally(accepted: 100, total: 100), "": LoginTally(accepted: 0, total: 1)],
            providers: ["idp", "other"],
            earlierProviders: ["idp", "other"],
            secondsSince: 9,
            expected:
                "failed: a: logins of provider \"other\" have ceased at revision 9: 0 of 0 accepted, 3000 of 3000 before (audience_mismatch 3)"
        ),
        Case(
            name: "a provider whose tokens come and are all refused has not ceased",
            before: ["idp": LoginTally(accepted: 3_000, total: 3_000)],
            after: ["idp": LoginTally(accepted: 0, total: 30)],
            secondsSince: 9,
            expected:
                "failed: a: logins of provider \"idp\" fail at revision 9: 0 of 30 accepted, 3000 of 3000 before (audience_mismatch 3)"
        ),
        Case(
            name: "everybody has gone home",
            before: ["idp": LoginTally(accepted: 3_000, total: 3_000)],
            secondsSince: 13,
            expected: "assign b"
        ),
        Case(
            name: "they have not ceased only because the worker has not told of them yet",
            before: ["idp": LoginTally(accepted: 3_000, total: 3_000)],
            secondsSince: 9,
            secondsTold: 0,
            expected: "wait: revision 9 waits for logins on a to compare with those before, until 1"
        ),
        Case(
            name: "a provider that was taken away is meant to refuse",
            before: ["idp": LoginTally(accepted: 100, total: 100), "other": LoginTally(accepted: 900, total: 900)],
            after: ["idp": LoginTally(accepted: 10, total: 10), "": LoginTally(accepted: 0, total: 90)],
            earlierProviders: ["idp", "other"],
            expected: "assign b"
        ),
        Case(
            name: "nobody has shown yet that they can log in",
            before: [:],
            needsProof: true,
            expected: "wait: revision 9 waits for somebody to log in through a, until 598"
        ),
        Case(
            name: "refusals are no proof",
            before: [:],
            after: ["idp": LoginTally(accepted: 0, total: 5)],
            needsProof: true,
            expected: "wait: revision 9 waits for somebody to log in through a, until 598"
        ),
        Case(
            name: "somebody has logged in",
            before: [:],
            after: ["idp": LoginTally(accepted: 1, total: 5)],
            needsProof: true,
            expected: "assign b"
        ),
        Case(
            name: "nobody logged in for as long as there was",
            before: [:],
            secondsSince: 600,
            needsProof: true,
            expected: "failed: a: nobody logged in through revision 9 within 600 seconds"
        ),
        Case(
            name: "fewer get in, and nobody waits for a proof then",
            after: ["idp": LoginTally(accepted: 0, total: 10)],
            needsProof: true,
            expected:
                "failed: a: logins of provider \"idp\" fail at revision 9: 0 of 10 accepted, 97 of 100 before (audience_mismatch 3)"
        ),
    ]

    static func state(_ c: Case) -> RolloutState {
        func records(_ tallies: [String: LoginTally], _ revision: Int64) -> [LoginRecord] {
            tallies.map { provider, tally in
                LoginRecord(
                    provider: provider,
                    revision: revision,
                    seconds: 300,
                    tally: tally,
                    reasons: revision == 9 ? [Node.Logins.Reason(reason: "audience_mismatch", count: 3)] : []
                )
            }
        }
        var first = WorkerNode.serving("a", 9)
        first.logins = records(c.after, 9) + records(c.before, 8)
        first.judgingSince = first.heartbeatAt - (c.secondsTold ?? c.secondsSince)
        let nodes = [first, .serving("b", 8), .serving("c", 8)]
        return RolloutState(
            limits: c.limits,
            latestRevision: 9,
            lastGoodRevision: 8,
            nodes: nodes,
            statuses: [.at("a", 9, since: noon - c.secondsSince), .at("b", 8), .at("c", 8)],
            comparison: LoginComparison(
                nodes: nodes,
                revision: 9,
                providers: c.providers,
                earlierProviders: c.earlierProviders
            ),
            needsProofOfLogin: c.needsProof,
            now: noon
        )
    }

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let text =
            switch nextStep(Self.state(c)) {
            case .assign(let node, 9, _): "assign \(node)"
            case .recordCurrent(let node, 9): "current \(node)"
            case .recordFailure(_, let record): "failed: \(record.errors.joined(separator: "; "))"
            case .wait(let wait): "wait: \(wait.reason), until \(wait.deadline.map { $0 - noon } ?? 0)"
            case let step: "\(step)"
            }
        #expect(text == c.expected)
    }

    /// A failure of logins brings the first worker back, and nobody else is touched.
    @Test func returnsTheFirstWorker() throws {
        let failing = try #require(Self.cases.first { $0.name == "none of them gets in" })
        var state = Self.state(failing)
        var steps: [Step] = []
        for _ in 0..<10 {
            let step = nextStep(state)
            steps.append(step)
            state = state.applying(step)
            if case .assign = step {
                state.members[0].node.running = 8
                state.members[0].node.observedTargetGeneration = state.members[0].status.targetGeneration
            }
        }
        let assigned = steps.compactMap {
            if case .assign(let node, let revision, _) = $0 { "\(node) \(revision)" } else { nil }
        }
        #expect(assigned == ["a 8"])
        #expect(state.statuses.map(\.currentRevision) == [8, 8, 8])
        #expect(state.statuses[0].lastFailure?.reason == .operandFailed)
    }

    /// Revisions that let nobody in are nothing to compare with.
    @Test func comparesWithTheRevisionsBefore() {
        func record(_ revision: Int64, _ accepted: Int64) -> LoginRecord {
            LoginRecord(provider: "idp", revision: revision, seconds: 300, tally: LoginTally(accepted: accepted, total: 100))
        }
        var nodes = [WorkerNode.serving("a", 9), .serving("b", 8)]
        nodes[0].logins = [record(9, 0), record(8, 0), record(7, 90)]
        nodes[1].logins = [record(8, 5), record(7, 80)]
        let comparison = LoginComparison(nodes: nodes, revision: 9, providers: ["idp"], earlierProviders: ["idp"])
        #expect(comparison.before == ["idp": LoginTally(accepted: 175, total: 300)])
        #expect(comparison.allBefore == LoginTally(accepted: 175, total: 300))
    }

    @Test func sumsDoNotOverflow() {
        let most = LoginTally(accepted: .max, total: .max)
        #expect(most + most == most)
        #expect(!most.isWorse(than: most, byMoreThan: 0))
    }
}

/// What of two revisions decides whether logins are compared and whether one is demanded.
struct RevisionChangeTests {
    @Test(
        arguments: [
            ("OIDC", "OIDC", "x", true, true), ("OIDC", "OIDC", "d", true, false), ("OIDC", "None", "x", false, false),
            ("IntegratedOAuth", "OIDC", "x", false, true), ("IntegratedOAuth", "IntegratedOAuth", "x", true, true),
        ]
    )
    func decides(old: String, new: String, digest: String, compares: Bool, needsProof: Bool) throws {
        let change = try #require(
            RevisionChange(
                to: 2,
                from: 1,
                in: [
                    ["spec": ["revision": 1, "mode": .string(old), "contentDigest": "d"]],
                    ["spec": ["revision": 2, "mode": .string(new), "contentDigest": .string(digest)]],
                ]
            )
        )
        #expect((change.comparison(on: []) != nil) == compares)
        #expect(change.needsProofOfLogin == needsProof)
    }

    /// Going back is not held up.
    @Test func whatHasRunWellNeedsNoProof() throws {
        func revision(_ number: Int64, _ digest: String, _ phase: String? = nil) -> JSONValue {
            var object: JSONValue = ["spec": ["revision": .integer(number), "mode": "OIDC", "contentDigest": .string(digest)]]
            object["status"] = phase.map { ["phase": .string($0)] }
            return object
        }
        var unconfirmed = revision(3, "x", "Good")
        unconfirmed["metadata"] = [
            "annotations": ["postern.dev/confirm-by": "2026-01-01T00:00:00Z", "postern.dev/revert-to": "2"]
        ]
        let revisions = [
            revision(1, "a", "Good"), revision(2, "b"), unconfirmed, revision(4, "bad", "Failed"), revision(5, "overtaken"),
            revision(6, "c"),
        ]
        for (digest, needsProof) in [("a", false), ("b", true), ("x", true), ("bad", true), ("overtaken", true), ("c", false)] {
            let change = RevisionChange(to: 7, from: 6, in: revisions + [revision(7, digest)])
            #expect(try #require(change).needsProofOfLogin == needsProof, "\(digest)")
        }
    }

    @Test func thereIsNoneWithoutANewRevision() {
        #expect(RevisionChange(to: 1, from: 1, in: [["spec": ["revision": 1]]]) == nil)
        #expect(RevisionChange(to: 2, from: 1, in: [["spec": ["revision": 1]]]) == nil)
    }
}
