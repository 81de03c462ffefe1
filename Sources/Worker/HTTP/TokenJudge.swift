import Authenticator

/// Judges the tokens of requests by the live state, and sees to it that every decision has an id, is counted and is logged.
struct TokenJudge: Sendable {
    /// A decision and the id by which an operator finds it in the log.
    struct Judgement: Sendable {
        let id: String
        let decision: Decision
    }

    let live: LiveState
    let counters: DecisionCounters
    let log: DecisionLog
    /// Told the issuer, and the key that its set does not have, when fresher keys might change the answer. It is called on the path of a request, so it must not wait.
    let onUnknownKey: @Sendable (_ issuerURL: String, _ keyID: String?) -> Void
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - endpoint: for the log.
    ///   - objection: what an endpoint has against an identity that the configuration accepts; nil: nothing.
    func judge(_ token: [UInt8], endpoint: String, objection: (Identity) -> Refusal? = { _ in nil }) -> Judgement {
        // Once: everything about this request is decided by the same state.
        let state = live.load()
        var decision =
            state.judge(token, now: now()) ?? .unknowable(Refusal(.providerUnavailable, "no revision is live yet"))
        if let refusal = decision.identity.flatMap(objection) { decision = .refused(refusal) }
        return record(decision, revision: state.revision, endpoint: endpoint)
    }

    /// Enters a refusal that needed no look at a token.
    func refuse(_ refusal: Refusal, endpoint: String) -> Judgement {
        record(.refused(refusal), revision: live.load().revision, endpoint: endpoint)
    }

    private func record(_ decision: Decision, revision: Int64, endpoint: String) -> Judgement {
        let id = Self.newID()
        counters.count(decision)
        log.add(DecisionLog.Record(id: id, endpoint: endpoint, revision: revision, decision: decision))
        if let refusal = decision.refusal, refusal.callsForFreshKeys, let issuerURL = refusal.issuerURL {
            onUnknownKey(issuerURL, refusal.unknownKeyID)
        }
        return Judgement(id: id, decision: decision)
    }

    /// 16 hexadecimal digits: short enough to be read out, long enough to be unique within any log.
    private static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
