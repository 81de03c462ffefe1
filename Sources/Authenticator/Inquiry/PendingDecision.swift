/// A judgement that waits for answers: what is to be asked, and how to go on. Immutable and pure, like the judge.
///
/// What was verified before is not verified again.
package final class PendingDecision: Sendable {
    /// Goes on with all answers that there are. Throws what the token is refused for, or why nothing can be known.
    typealias Continuation = @Sendable (_ answers: [Question: Answer], KeyLookup, _ now: Int64) throws(Refusal) -> InquiryStep
    typealias KeyLookup = (_ issuerURL: String) -> KeySet?

    /// Distributed claims take two: the claim, and the keys that it is signed with. One more is a fault of ours.
    static let maximumRounds = 3

    /// They can all be asked at once; each occurs once. Never empty.
    package let questions: [Question]
    private let answers: [Question: Answer]
    private let round: Int
    private let attribute: @Sendable (Refusal) -> Refusal
    private let proceed: Continuation

    private init(
        _ questions: [Question],
        after answers: [Question: Answer],
        round: Int,
        attribute: @escaping @Sendable (Refusal) -> Refusal,
        proceed: @escaping Continuation
    ) {
        self.questions = questions
        self.answers = answers
        self.round = round
        self.attribute = attribute
        self.proceed = proceed
    }

    /// The first step, with no answers yet.
    static func begin(
        keys: KeyLookup,
        now: Int64,
        attribute: @escaping @Sendable (Refusal) -> Refusal,
        proceed: @escaping Continuation
    ) -> Verdict {
        step(answers: [:], round: 1, keys, now, attribute, proceed)
    }

    /// Goes on with the answers to `questions`; what is missing counts as not answered.
    ///
    /// - Parameters:
    ///   - keys: as for `TokenAuthenticator`.
    ///   - now: seconds since 1970.
    package func resume(_ new: [Question: Answer], keys: (_ issuerURL: String) -> KeySet?, now: Int64) -> Verdict {
        var all = answers
        for question in questions { all[question] = new[question] ?? .none("not answered") }
        return Self.step(answers: all, round: round + 1, keys, now, attribute, proceed)
    }

    /// The decision when nobody answers.
    package func unanswered(_ why: String) -> Decision {
        var pending = self
        for _ in 0...Self.maximumRounds {
            let answers = Dictionary(uniqueKeysWithValues: pending.questions.map { ($0, Answer.none(why)) })
            switch pending.resume(answers, keys: { _ in nil }, now: 0) {
            case .decided(let decision): return decision
            case .pending(let next): pending = next
            }
        }
        return .unknowable(attribute(Refusal(.claimsSourceUnavailable, why)))
    }

    private static func step(
        answers: [Question: Answer],
        round: Int,
        _ keys: KeyLookup,
        _ now: Int64,
        _ attribute: @escaping @Sendable (Refusal) -> Refusal,
        _ proceed: @escaping Continuation
    ) -> Verdict {
        do throws(Refusal) {
            switch try proceed(answers, keys, now) {
            case .identity(let identity): return .decided(.authenticated(identity))
            case .ask(let questions):
                guard round <= maximumRounds else {
                    throw Refusal(.claimsSourceUnavailable, "more than \(maximumRounds) rounds of questions")
                }
                return .pending(
                    PendingDecision(questions, after: answers, round: round, attribute: attribute, proceed: proceed)
                )
            }
        } catch {
            return .decided(error.reason.meansCannotKnow ? .unknowable(attribute(error)) : .refused(attribute(error)))
        }
    }
}

/// Where a judgement stands after one look at the answers.
enum InquiryStep: Sendable {
    case identity(Identity)
    case ask([Question])
}

extension Refusal.Reason {
    /// Nothing is known against the token; trying again may help.
    package var meansCannotKnow: Bool {
        switch self {
        case .providerUnavailable, .claimsSourceUnavailable, .webhookUnavailable: true
        default: false
        }
    }
}
