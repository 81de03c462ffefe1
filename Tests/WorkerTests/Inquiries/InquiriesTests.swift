import Authenticator
import JSON
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization
import Testing

@testable import Worker

/// The service that brings judgements to their decisions, with a source that is a table.
@Suite(.timeLimit(.minutes(5)))
struct InquiriesTests {
    /// Answers from a closure, and counts.
    final class Table: QuestionSource {
        let asked = Mutex<[Question]>([])
        let answer: @Sendable (Question) async -> Answer

        init(_ answer: @escaping @Sendable (Question) async -> Answer) { self.answer = answer }

        func ask(_ question: Question, secrets: @Sendable (SecretReference) -> Secret?) async -> Reply {
            asked.withLock { $0.append(question) }
            return Reply(await answer(question))
        }
    }

    static let review = Answer.body(Array(#"{"status":{"authenticated":true,"user":{"username":"jane"}}}"#.utf8))

    static func state() throws -> WorkerState {
        let reviewer = SecretReference(name: "r", key: "kubeConfig", version: "1")
        let snapshot = WorkerSnapshot(revision: 1, mode: .none, webhook: reviewer)
        return WorkerState(authenticator: TokenAuthenticator(try CompiledSnapshot.compile(snapshot)))
    }

    static func pending(_ token: String, _ state: WorkerState) throws -> PendingDecision {
        guard case .pending(let pending) = state.consider(Array(token.utf8), now: 0) else { throw TestFailure() }
        return pending
    }

    struct TestFailure: Error {}

    /// Runs the service for as long as `body` takes.
    static func with(
        _ table: Table,
        limits: Inquiries.Limits = .init(),
        _ body: (Inquiries) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let inquiries = Inquiries(source: table, secrets: { _ in nil }, limits: limits, now: { 0 }, logger: logger)
        let group = ServiceGroup(services: [inquiries], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(inquiries)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    static func decision(_ token: String, _ inquiries: Inquiries, _ state: WorkerState) async throws -> Decision? {
        let pending = try pending(token, state)
        return await withCheckedContinuation { continuation in
            if !inquiries.submit(pending, by: state, then: { continuation.resume(returning: $0) }) {
                continuation.resume(returning: nil)
            }
        }
    }

    @Test func asksAndDecidesAndAsksTheSameOnlyOnce() async throws {
        let table = Table { _ in Self.review }
        let state = try Self.state()
        try await Self.with(table) { inquiries in
            for token in ["t", "t", "t", "u"] {
                let decision = try await Self.decision(token, inquiries, state)
                #expect(decision?.identity?.username == "jane")
            }
        }
        #expect(table.asked.withLock { $0.count } == 2)
    }

    /// A page that is no answer is asked for again, and the service is found well at once when it is.
    @Test func keepsOnlyWhatAnswersTheQuestion() async throws {
        let answers = Mutex([Answer.body(Array("<html>back soon</html>".utf8)), .body(Array("{}".utf8)), Self.review])
        let table = Table { _ in answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
        let state = try Self.state()
        try await Self.with(table) { inquiries in
            var codes: [String] = []
            for _ in 1...5 {
                let decision = try await Self.decision("t", inquiries, state)
                codes.append(decision?.refusal?.code ?? decision?.identity?.username ?? "")
            }
            #expect(codes == ["webhook_unavailable", "webhook_unavailable", "jane", "jane", "jane"])
        }
        #expect(table.asked.withLock { $0.count } == 3)
    }

    @Test func whoIsNotAnsweredInTimeCannotBeKnown() async throws {
        let table = Table { _ in
            try? await Task.sleep(for: .seconds(60))
            return .none("late")
        }
        let state = try Self.state()
        try await Self.with(table, limits: .init(deadline: .milliseconds(20))) { inquiries in
            let decision = try await Self.decision("t", inquiries, state)
            #expect(decision?.refusal?.code == "webhook_unavailable")
            #expect(decision?.refusal?.detail == "no answer in time")
        }
    }

    @Test func refusesMoreThanItHasRoomFor() async throws {
        let table = Table { _ in
            try? await Task.sleep(for: .seconds(60))
            return .none("late")
        }
        let state = try Self.state()
        let decisions = Mutex<[Decision]>([])
        try await Self.with(table, limits: .init(waiting: 2)) { inquiries in
            for token in ["a", "b"] {
                let pending = try Self.pending(token, state)
                #expect(inquiries.submit(pending, by: state) { decision in decisions.withLock { $0.append(decision) } })
            }
            #expect(try await Self.decision("c", inquiries, state) == nil)
        }
        // Stopping ends the waiting of the others.
        #expect(decisions.withLock { $0.count } == 2)
        #expect(decisions.withLock { $0.allSatisfy { $0.refusal?.code == "webhook_unavailable" } })
    }
}
