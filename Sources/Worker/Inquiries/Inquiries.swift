import Authenticator
import Crypto
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization

/// Finds out what judgements have to ask, and brings them to their decisions.
///
/// Requests hand over and go on; whoever answers late, or never, costs a bounded number of places and a bounded time.
final class Inquiries: Service {
    struct Limits: Sendable {
        /// Judgements that wait.
        var waiting = 4096
        /// For one question, whatever it takes.
        var deadline = Duration.seconds(10)
        var asking = Asking.Limits()
    }

    /// A judgement on its way: what it asked in this round, and what came back so far.
    private struct Judgement {
        let pending: PendingDecision
        let state: WorkerState
        var missing: Set<Asking.Fingerprint>
        var answers: [Question: Answer]
        let then: @Sendable (Decision) -> Void
    }

    private struct Shared {
        var asking: Asking
        var judgements: [Asking.Waiter: Judgement] = [:]
        var nextWaiter: Asking.Waiter = 0
        /// Those between two rounds count too.
        var admitted = 0
        var isStopped = false
    }

    private static let interval = Duration.seconds(1)

    private let source: any QuestionSource
    private let secrets: @Sendable (SecretReference) -> Secret?
    private let limits: Limits
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let key = Question.fingerprintKey()
    private let shared: Mutex<Shared>
    private let starts: AsyncStream<Asking.Start>
    private let starting: AsyncStream<Asking.Start>.Continuation

    /// - Parameter now: seconds since 1970.
    init(
        source: any QuestionSource,
        secrets: @escaping @Sendable (SecretReference) -> Secret?,
        limits: Limits = Limits(),
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.source = source
        self.secrets = secrets
        self.limits = limits
        self.now = now
        self.logger = logger
        shared = Mutex(Shared(asking: Asking(limits: limits.asking)))
        // As many as may be on their way at once.
        (starts, starting) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limits.asking.running))
    }

    /// Takes a judgement over; `then` is called once, on any thread, perhaps before this returns.
    ///
    /// - Parameter state: what the judgement was begun with.
    /// - Returns: false if there is no room, and then `then` is never called.
    func submit(
        _ pending: PendingDecision,
        by state: WorkerState,
        then: @escaping @Sendable (Decision) -> Void
    ) -> Bool {
        let isTaken = shared.withLock { shared in
            guard !shared.isStopped, shared.admitted < limits.waiting else { return false }
            shared.admitted += 1
            return true
        }
        if isTaken { proceed(Judgement(pending: pending, state: state, missing: [], answers: [:], then: then)) }
        return isTaken
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await start in starts.cancelOnGracefulShutdown() {
                group.addTask { self.finished(start.fingerprint, await self.reply(to: start.question)) }
            }
            group.cancelAll()
        }
        carryOut(
            shared.withLock { shared in
                shared.isStopped = true
                return self.effects(shared.asking.stop(), &shared)
            }
        )
    }

    // MARK: - Rounds

    /// Asks what the judgement wants to know, and goes on at once where everything is known already.
    private func proceed(_ judgement: Judgement) {
        var judgement = judgement
        var begun: [Asking.Start] = []
        let waits = shared.withLock { ask(&judgement, &$0, &begun) }
        begun.forEach(start)
        // No deeper than the rounds of a judgement.
        if !waits { conclude(judgement) }
    }

    /// True when answers have to be waited for; the judgement is in the table then.
    private func ask(_ judgement: inout Judgement, _ shared: inout Shared, _ begun: inout [Asking.Start]) -> Bool {
        guard !shared.isStopped else {
            for question in judgement.pending.questions { judgement.answers[question] = .none("the worker stops") }
            return false
        }
        shared.nextWaiter += 1
        for question in judgement.pending.questions {
            let fingerprint = question.fingerprint(key)
            switch shared.asking.ask(question, fingerprint, waiter: shared.nextWaiter, now: now()) {
            case .answered(let answer): judgement.answers[question] = answer
            case .waiting(let start):
                judgement.missing.insert(fingerprint)
                if let start { begun.append(start) }
            }
        }
        if judgement.missing.isEmpty { return false }
        shared.judgements[shared.nextWaiter] = judgement
        return true
    }

    private func start(_ start: Asking.Start) {
        if case .enqueued = starting.yield(start) { return }
        finished(start.fingerprint, Reply(.none("too many questions at once")))
    }

    // MARK: - Answers

    private func reply(to question: Question) async -> Reply {
        let reply = await withTaskGroup(of: Reply?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.source.ask(question, secrets: self.secrets) }
            group.addTask {
                do { try await Task.sleep(for: self.limits.deadline) } catch { return nil }
                return Reply(.none("no answer in time"))
            }
            while let reply = await group.next() { if let reply { return reply } }
            return Reply(.none("cancelled"))
        }
        if case .none(let why) = reply.answer {
            logger.warning("no answer", metadata: ["asked": "\(question.destination)", "error": "\(why)"])
        }
        return Reply(reply.answer, maxAge: min(reply.maxAge ?? .max, question.longestUse(of: reply.answer)))
    }

    private func finished(_ fingerprint: Asking.Fingerprint, _ reply: Reply) {
        carryOut(
            shared.withLock { shared in
                self.effects(shared.asking.finished(fingerprint, reply, now: now()), &shared)
            }
        )
    }

    private func tick() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            carryOut(shared.withLock { shared in self.effects(shared.asking.tick(now: now()), &shared) })
        }
    }

    /// What has to be done outside of the lock: questions to be asked, and judgements that have all their answers.
    private func effects(_ effects: Asking.Effects, _ shared: inout Shared) -> (starts: [Asking.Start], complete: [Judgement]) {
        var complete: [Judgement] = []
        for delivery in effects.deliveries {
            guard var judgement = shared.judgements[delivery.waiter] else { continue }
            judgement.missing.remove(delivery.fingerprint)
            for question in judgement.pending.questions where question.fingerprint(key) == delivery.fingerprint {
                judgement.answers[question] = delivery.answer
            }
            shared.judgements[delivery.waiter] = judgement.missing.isEmpty ? nil : judgement
            if judgement.missing.isEmpty { complete.append(judgement) }
        }
        return (effects.starts, complete)
    }

    private func carryOut(_ work: (starts: [Asking.Start], complete: [Judgement])) {
        work.starts.forEach(start)
        for judgement in work.complete { conclude(judgement) }
    }

    /// All answers of a round are in.
    private func conclude(_ judgement: Judgement) {
        let state = judgement.state
        switch judgement.pending.resume(judgement.answers, keys: { state.keys[$0]?.set }, now: now()) {
        case .decided(let decision):
            shared.withLock { $0.admitted -= 1 }
            judgement.then(decision)
        case .pending(let next):
            proceed(Judgement(pending: next, state: state, missing: [], answers: [:], then: judgement.then))
        }
    }
}
