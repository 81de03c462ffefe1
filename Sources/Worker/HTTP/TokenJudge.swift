import Atomics
import Authenticator
import NIOCore
import NIOHTTP1
import Snapshot

/// Judges the tokens of requests by the live state, and sees to it that every decision has an id, is counted and is logged.
struct TokenJudge: Sendable {
    /// A decision and the id by which an operator finds it in the log.
    struct Judgement: Sendable {
        let id: DecisionID
        let decision: Decision
    }

    let live: LiveState
    let counters: DecisionCounters
    let times: JudgementTimes
    let log: DecisionLog
    /// Who finds out what a judgement has to ask; nil: what would have to be asked cannot be known.
    let inquiries: Inquiries?
    /// Shown the tokens that were judged good; nil: nobody asks for their shapes.
    let shapes: ClaimShapeSampler?
    /// Told the issuer, and the key that its set does not have, when fresher keys might change the answer. Says whether the provider
    /// may have that key, for all that is known yet. It is called on the path of a request, so it must not wait.
    let onUnknownKey: @Sendable (_ issuerURL: String, _ keyID: String?) -> Bool
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    private let ids = DecisionID.Source()

    init(
        live: LiveState,
        counters: DecisionCounters,
        times: JudgementTimes = JudgementTimes(),
        log: DecisionLog,
        inquiries: Inquiries? = nil,
        shapes: ClaimShapeSampler? = nil,
        onUnknownKey: @escaping @Sendable (_ issuerURL: String, _ keyID: String?) -> Bool,
        now: @escaping @Sendable () -> Int64
    ) {
        self.live = live
        self.counters = counters
        self.times = times
        self.log = log
        self.inquiries = inquiries
        self.shapes = shapes
        self.onUnknownKey = onUnknownKey
        self.now = now
    }

    /// Answers at once, unless somebody else has to be asked.
    func judge(_ token: Substring.UTF8View, _ request: some TokenRequest) -> WorkerReply {
        // Once: everything about this request is decided by the same state.
        let state = live.load()
        let now = now()
        let key = state.key(of: token, request)
        if let known = key.flatMap({ state.verified.find($0, now: now) }) {
            return .now(again(known, state, endpoint: request.endpoint))
        }
        counters.misses.wrappingIncrement(ordering: .relaxed)
        let start = NIODeadline.now()
        let decision: Decision
        switch state.consider(token.bytes, now: now) {
        case nil: decision = .unknowable(Refusal(.providerUnavailable, "no revision is live yet"))
        case .decided(let decided): decision = decided
        case .pending(let pending): return later(pending, since: start, state, request)
        }
        let (judgement, answer) = answer(decision, since: start, state, request)
        if state.snapshot?.mode == .oidc, let identity = judgement.decision.identity {
            shapes?.note(token, of: identity.provider, now: now)
        }
        if let key, let identity = judgement.decision.identity, answer.status.isSuccess {
            let token = VerifiedToken(
                identity,
                key: key,
                answer: PreparedAnswer(answer, forms: state.verified.forms),
                counter: counters.counter(of: DecisionCounters.Labels(judgement.decision, revision: state.revision))
            )
            state.verified.add(token, now: now)
        }
        var response = answer
        response.decision = judgement.id
        return .now(response)
    }

    /// Not kept with the verified tokens: what others say about somebody has its own, shorter time.
    private func later(
        _ pending: PendingDecision,
        since start: NIODeadline,
        _ state: WorkerState,
        _ request: some TokenRequest
    ) -> WorkerReply {
        .later { complete in
            let conclude: @Sendable (Decision) -> Void = { decision in
                let (judgement, answer) = answer(decision, since: start, state, request)
                var response = answer
                response.decision = judgement.id
                complete(response)
            }
            if inquiries?.submit(pending, by: state, then: conclude) != true {
                conclude(pending.unanswered(inquiries == nil ? "nobody is asked here" : "too many requests wait for answers"))
            }
        }
    }

    private func answer(
        _ decision: Decision,
        since start: NIODeadline,
        _ state: WorkerState,
        _ request: some TokenRequest
    ) -> (Judgement, WorkerResponse) {
        measure(decision, since: start)
        var decision = settled(decision)
        if let identity = decision.identity, let refusal = request.objection(to: identity) {
            decision = .refused(refusal.of(provider: identity.provider).naming(keyID: identity.keyID))
        }
        let judgement = record(decision, revision: state.revision, endpoint: request.endpoint)
        return (judgement, request.response(to: judgement))
    }

    /// A key that we do not have may be in the provider's present set: until that was looked at, nobody can say that the token is bad.
    private func settled(_ decision: Decision) -> Decision {
        guard case .refused(let refusal) = decision, refusal.callsForFreshKeys, let issuerURL = refusal.issuerURL else {
            return decision
        }
        let mayCome = onUnknownKey(issuerURL, refusal.unknownKeyID)
        return mayCome && refusal.reason == .keyUnknown ? .unknowable(refusal) : decision
    }

    /// Only of tokens that name a provider of ours, as Kubernetes does.
    private func measure(_ decision: Decision, since start: NIODeadline) {
        guard let provider = decision.identity?.provider ?? decision.refusal?.provider else { return }
        let duration = (NIODeadline.now() - start).nanoseconds
        times.add(provider: provider, isSuccess: decision.identity != nil, nanoseconds: duration)
    }

    /// Enters a refusal that needed no look at a token.
    func refuse(_ refusal: Refusal, endpoint: String) -> Judgement {
        record(.refused(refusal), revision: live.load().revision, endpoint: endpoint)
    }

    /// The answer to a token that was accepted before.
    private func again(_ token: VerifiedToken, _ state: WorkerState, endpoint: String) -> WorkerResponse {
        let id = ids.next()
        counters.countAgain(token.counter)
        if log.tellsAcceptance {
            log.add(
                DecisionLog.Record(
                    id: id,
                    endpoint: endpoint,
                    revision: state.revision,
                    outcome: .accepted(provider: token.provider, username: token.username, keyID: token.keyID)
                )
            )
        }
        var response = WorkerResponse(token.answer)
        response.decision = id
        return response
    }

    private func record(_ decision: Decision, revision: Int64, endpoint: String) -> Judgement {
        let id = ids.next()
        counters.count(decision, revision: revision)
        if decision.identity == nil || log.tellsAcceptance {
            let outcome = DecisionLog.Record.Outcome(decision)
            log.add(DecisionLog.Record(id: id, endpoint: endpoint, revision: revision, outcome: outcome))
        }
        return Judgement(id: id, decision: decision)
    }
}

extension Substring.UTF8View {
    /// In one piece: the collection's own way is byte by byte.
    fileprivate var bytes: [UInt8] { withContiguousStorageIfAvailable { Array($0) } ?? Array(self) }
}

extension WorkerState {
    /// nil where nothing is kept: tokens of the built-in OAuth server can be deleted, and finding one is quick.
    fileprivate func key(of token: Substring.UTF8View, _ request: some TokenRequest) -> TokenKey? {
        guard snapshot?.mode == .oidc, verified.capacity > 0, let question = request.cacheKey else { return nil }
        return verified.keys.key(of: token, question: question)
    }
}

extension HTTPResponseStatus {
    fileprivate var isSuccess: Bool { (200..<300).contains(code) }
}
