import JSON
import Snapshot

/// A token that nobody here knows, while a reviewer is configured who may know it.
struct WebhookInquiry: Sendable {
    static let provider = "webhook"
    static let maximumAnswer = 1 << 20

    let token: [UInt8]
    let reviewer: SecretReference

    /// - Parameter refusal: the answer where there is no such reviewer.
    static func begin(_ token: [UInt8], _ reviewer: SecretReference?, otherwise refusal: Refusal, now: Int64) -> Verdict {
        guard let reviewer else { return .decided(.notMine(refusal)) }
        guard token.count <= CompactJWS.maximumLength else {
            return .decided(.notMine(Refusal(.tooLarge, "\(token.count) bytes")))
        }
        // It becomes a JSON text on the way; a token is printable ASCII anyway (RFC 6750 section 2.1).
        guard token.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return .decided(.notMine(Refusal(.malformed, "characters that no token has")))
        }
        let inquiry = WebhookInquiry(token: token, reviewer: reviewer)
        return PendingDecision.begin(keys: { _ in nil }, now: now, attribute: { $0.of(provider: provider) }) {
            answers,
            _,
            now throws(Refusal) in
            try inquiry.step(answers, now)
        }
    }

    private func step(_ answers: [Question: Answer], _ now: Int64) throws(Refusal) -> InquiryStep {
        let question = Question.tokenReview(.init(token: Secret(token), reviewer: reviewer))
        switch answers[question] {
        case nil: return .ask([question])
        case .some(.none(let why)): throw Refusal(.webhookUnavailable, oneLine(why, limit: 200))
        case .status(let status): throw Refusal(.webhookUnavailable, "the reviewer answers with status \(status)")
        case .body(let bytes): return .identity(try Self.identity(in: bytes, until: now + question.longestUse))
        }
    }

    /// The `status` of a `TokenReview`; nil for everything else.
    static func status(in bytes: [UInt8]) -> JSONValue? {
        guard let review = try? JSONParser.parse(bytes, limits: .init(bytes: maximumAnswer, depth: 32)),
            let status = review["status"], status.objectValue != nil,
            review["kind"].map({ $0 == "TokenReview" }) ?? true
        else { return nil }
        return status
    }

    /// The user that a `TokenReview` names.
    ///
    /// The reviewer is the administrator's own, so its names are taken as they are, `system:` among them, as Kubernetes does; what could harm
    /// readers of headers and logs is refused all the same.
    private static func identity(in bytes: [UInt8], until expiry: Int64) throws(Refusal) -> Identity {
        guard let status = status(in: bytes) else {
            throw Refusal(.webhookUnavailable, "the reviewer's answer is not a TokenReview")
        }
        guard status["authenticated"] == true else {
            throw Refusal(.webhookRefused, oneLine(status["error"]?.stringValue ?? "", limit: 200))
        }
        let user = MappedUser(
            username: status.value(at: "user", "username")?.stringValue ?? "",
            uid: status.value(at: "user", "uid")?.stringValue ?? "",
            groups: status.value(at: "user", "groups").stringValues,
            extra: Dictionary(
                uniqueKeysWithValues: (status.value(at: "user", "extra")?.objectValue?.map { ($0.name, $0.value.stringValues) }
                    ?? [])
                    .filter { !$0.1.isEmpty }
            )
        )
        for rule in UserRule.all { try rule.check(user, true) }
        return Identity(
            username: user.username,
            uid: user.uid,
            groups: user.groups,
            extra: user.extra,
            provider: provider,
            keyID: nil,
            expiry: expiry
        )
    }
}
