package import Snapshot

/// What came back from asking. What it means for the token is for the judge to say.
package enum Answer: Hashable, Sendable {
    /// The body of a good answer (200, and 201 for reviews).
    case body([UInt8])
    /// An answer with another status.
    case status(Int)
    /// No answer, or none that could be trusted: why, in a few words without any secret.
    case none(String)
}

/// An answer and how long it may be kept.
package struct Reply: Hashable, Sendable {
    package var answer: Answer
    /// Seconds that the asked one allows (`Cache-Control`); nil: it says nothing.
    package var maxAge: Int64?

    package init(_ answer: Answer, maxAge: Int64? = nil) {
        self.answer = answer
        self.maxAge = maxAge
    }
}

/// Who answers questions: the network in programs, a table in tests. Bounded in size and time, follows no redirect.
package protocol QuestionSource: Sendable {
    /// - Parameter secrets: the secrets of the live snapshot; nil for one that is not here.
    func ask(_ question: Question, secrets: @Sendable (SecretReference) -> Secret?) async -> Reply
}
