import Snapshot
import Testing

@testable import Authenticator

/// How long answers are used: a page that is none is not used at all.
struct QuestionTests {
    struct Use: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let question: Question
        let answer: Answer
        let seconds: Int64
    }

    private static let claim = Question.distributedClaim(
        .init(endpoint: "https://a/", accessToken: nil, certificateAuthority: nil, provider: "p")
    )
    private static let keys = Question.keySet(.init(issuerURL: "https://a", certificateAuthority: nil, provider: "p"))
    private static let source = Question.claimsSource(
        .init(
            url: "https://a/",
            source: ExternalClaimsSource(hostname: "a", pathExpression: "[]", proof: .none, mappings: []),
            userToken: nil,
            provider: "p",
            index: 0
        )
    )
    private static let review = Question.tokenReview(
        .init(token: Secret([1]), reviewer: SecretReference(name: "r", key: "k", version: "1"))
    )

    private static func body(_ text: String) -> Answer { .body(Array(text.utf8)) }

    static let uses = [
        Use(testDescription: "a token", question: claim, answer: body("e30.e30.AAAA\n"), seconds: 60),
        Use(testDescription: "a page instead of a token", question: claim, answer: body("<html>"), seconds: 0),
        Use(testDescription: "an object instead of a token", question: claim, answer: body("{}"), seconds: 0),
        Use(
            testDescription: "keys",
            question: keys,
            answer: body(
                """
                {"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
                """
            ),
            seconds: 60
        ),
        Use(testDescription: "no keys among keys", question: keys, answer: body(#"{"keys":[]}"#), seconds: 0),
        Use(testDescription: "a page instead of keys", question: keys, answer: body("<html>"), seconds: 0),
        Use(testDescription: "claims", question: source, answer: body("{}"), seconds: 60),
        Use(testDescription: "a list instead of claims", question: source, answer: body("[]"), seconds: 0),
        Use(testDescription: "a page instead of claims", question: source, answer: body("<html>"), seconds: 0),
        Use(testDescription: "a yes", question: review, answer: body(#"{"status":{"authenticated":true}}"#), seconds: 120),
        Use(testDescription: "a no", question: review, answer: body(#"{"status":{"authenticated":false}}"#), seconds: 10),
        Use(testDescription: "a review without status", question: review, answer: body("{}"), seconds: 0),
        Use(
            testDescription: "a status of another kind",
            question: review,
            answer: body(#"{"kind":"Status","status":{}}"#),
            seconds: 0
        ),
        Use(testDescription: "a page instead of a review", question: review, answer: body("<html>"), seconds: 0),
        Use(testDescription: "a status", question: source, answer: .status(404), seconds: 0),
        Use(testDescription: "nothing", question: claim, answer: .none("no"), seconds: 0),
    ]

    @Test(arguments: uses)
    func areAnswersUsedOnlyWhereTheyAreSome(_ use: Use) { #expect(use.question.longestUse(of: use.answer) == use.seconds) }
}
