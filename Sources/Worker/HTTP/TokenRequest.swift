import Authenticator

/// A request about a token, as its endpoint understood it: what the answer depends on, and what it looks like.
///
/// A value and not a pair of closures: the answer may be made at once, for which nothing is put on the heap, or much later.
protocol TokenRequest: Sendable {
    /// For the log.
    var endpoint: String { get }
    /// Everything that the answer depends on beside the token. nil: the answer must be made anew each time.
    var cacheKey: String? { get }
    /// What the endpoint has against an identity that the configuration accepts; nil: nothing.
    func objection(to identity: Identity) -> Refusal?
    func response(to judgement: TokenJudge.Judgement) -> WorkerResponse
}

extension TokenRequest {
    func objection(to identity: Identity) -> Refusal? { nil }
}
