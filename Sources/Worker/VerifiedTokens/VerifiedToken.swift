import Authenticator

/// A token that was accepted, and the answer that it got.
final class VerifiedToken: Sendable {
    let key: TokenKey
    let answer: PreparedAnswer
    /// Seconds since 1970 after which the token says nothing any more.
    private let expiry: Int64
    /// Counts how often it is accepted.
    let counter: DecisionCounters.Counter
    // For the log.
    let provider: String
    let username: String
    let keyID: String?

    /// - Parameter identity: what `answer` says; nothing is kept for a token without one.
    init(_ identity: Identity, key: TokenKey, answer: PreparedAnswer, counter: DecisionCounters.Counter) {
        self.key = key
        self.answer = answer
        self.counter = counter
        expiry = identity.expiry
        provider = identity.provider
        username = identity.username
        keyID = identity.keyID
    }

    func isGood(now: Int64) -> Bool { now <= expiry }

    /// Bytes, roughly, with what the parts cost beyond their content.
    var size: Int { answer.size + username.utf8.count + 256 }
}
