import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Tokens that nobody here knows, while a reviewer is configured.
struct WebhookInquiryTests {
    static let reviewer = SecretReference(name: "reviewer", key: "kubeConfig", version: "1")

    static func bench(_ mode: WorkerSnapshot.Mode) throws -> Bench {
        var bench = try Bench()
        bench.snapshot = WorkerSnapshot(revision: 1, mode: mode, webhook: reviewer)
        return bench
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: Answer
        let verdict: AuthenticatorTests.Verdict
    }

    static let good = Answer.text(
        """
        {"kind":"TokenReview","status":{"authenticated":true,"user":{"username":"system:serviceaccount:a:b","uid":"7",
        "groups":["system:serviceaccounts","dev"],"extra":{"scopes":["x"],"none":[]}}}}
        """
    )

    static let cases = [
        Case(testDescription: "a user", answer: good, verdict: .accepted),
        Case(
            testDescription: "no",
            answer: .text(#"{"status":{"authenticated":false,"error":"unknown"}}"#),
            verdict: .refused(.webhookRefused)
        ),
        Case(testDescription: "an empty status", answer: .text(#"{"status":{}}"#), verdict: .refused(.webhookRefused)),
        Case(
            testDescription: "a text for true",
            answer: .text(#"{"status":{"authenticated":"true","user":{"username":"x"}}}"#),
            verdict: .refused(.webhookRefused)
        ),
        Case(
            testDescription: "a user without a name",
            answer: .text(#"{"status":{"authenticated":true,"user":{}}}"#),
            verdict: .refused(.usernameInvalid)
        ),
        Case(
            testDescription: "a group that breaks a header",
            answer: .text(#"{"status":{"authenticated":true,"user":{"username":"x","groups":["a\nb"]}}}"#),
            verdict: .refused(.groupInvalid)
        ),
        Case(
            testDescription: "another kind",
            answer: .text(#"{"kind":"Status","status":{"authenticated":true,"user":{"username":"x"}}}"#),
            verdict: .unknowable(.webhookUnavailable)
        ),
        Case(testDescription: "a page", answer: .text("<html>"), verdict: .unknowable(.webhookUnavailable)),
        Case(testDescription: "403", answer: .status(403), verdict: .unknowable(.webhookUnavailable)),
        Case(testDescription: "nobody there", answer: .none("connection refused"), verdict: .unknowable(.webhookUnavailable)),
    ]

    @Test(arguments: cases, [WorkerSnapshot.Mode.none, .integratedOAuth])
    func judgesTheAnswer(_ c: Case, _ mode: WorkerSnapshot.Mode) throws {
        var inquirer = Inquirer(try Self.bench(mode)) { _ in c.answer }
        let decision = try inquirer.judge("some-opaque-token")
        #expect(decision.verdict == c.verdict)
        #expect(
            inquirer.rounds == [[.tokenReview(.init(token: Secret(Array("some-opaque-token".utf8)), reviewer: Self.reviewer))]]
        )
    }

    @Test func takesTheReviewersUserAsItIs() throws {
        var inquirer = Inquirer(try Self.bench(.none)) { _ in Self.good }
        let identity = try #require(try inquirer.judge("token").identity)
        #expect(identity.username == "system:serviceaccount:a:b")
        #expect(identity.uid == "7")
        #expect(identity.groups == ["system:serviceaccounts", "dev"])
        #expect(identity.extra == ["scopes": ["x"]])
        #expect(identity.provider == "webhook")
        #expect(identity.expiry == Bench.now + 120)
    }

    @Test func asksOnlyAboutTokensThatAreNobodysHere() throws {
        var inquirer = Inquirer(try Self.bench(.integratedOAuth)) { _ in Self.good }
        #expect(try inquirer.judge("sha256~unknown").verdict == .refused(.tokenUnknown))
        #expect(try inquirer.judge("").verdict == .notMine(.tokenMissing))
        #expect(try inquirer.judge(String(repeating: "a", count: 20_000)).verdict == .notMine(.tooLarge))
        #expect(try inquirer.judge("a\nb").verdict == .notMine(.malformed))
        #expect(inquirer.rounds.isEmpty)
    }

    @Test func thereIsNoneInModeOIDC() throws {
        var bench = try Bench()
        bench.snapshot.webhook = Self.reviewer
        #expect(throws: SnapshotProblem.self) { try CompiledSnapshot.compile(bench.snapshot) }
    }

    @Test func aFingerprintTellsQuestionsApartAndHidesThem() {
        let key = Question.fingerprintKey()
        let questions: [Question] = [
            .tokenReview(.init(token: Secret([1]), reviewer: Self.reviewer)),
            .tokenReview(.init(token: Secret([2]), reviewer: Self.reviewer)),
            .tokenReview(.init(token: Secret([1]), reviewer: .init(name: "reviewer", key: "kubeConfig", version: "2"))),
            .keySet(.init(issuerURL: "https://a", certificateAuthority: nil, provider: "p")),
            .keySet(.init(issuerURL: "https://a", certificateAuthority: "", provider: "p")),
            .distributedClaim(.init(endpoint: "https://a", accessToken: nil, certificateAuthority: nil, provider: "p")),
        ]
        #expect(Set(questions.map { $0.fingerprint(key) }).count == questions.count)
        #expect(questions[0].fingerprint(key) == questions[0].fingerprint(key))
        #expect(questions[0].fingerprint(key) != questions[0].fingerprint(Question.fingerprintKey()))
    }
}
