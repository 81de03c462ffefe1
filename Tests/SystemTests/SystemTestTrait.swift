import Dispatch
import Testing

/// Runs a suite of system tests on threads of its own, beside a few others.
///
/// System tests wait for processes. On the few threads that all tests share that kept every other test from running, and when all
/// suites start their processes at once, a machine with two processors needs minutes for what takes seconds.
struct SystemTestTrait: SuiteTrait, TestScoping {
    private static let places = Places(3)

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Self.places.enter()
        do {
            try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
        } catch {
            await Self.places.leave()
            throw error
        }
        await Self.places.leave()
    }
}

extension Trait where Self == SystemTestTrait {
    /// On threads that may wait for processes, beside few other such suites.
    static var systemTest: Self { Self() }
}

/// So many may be inside; the others wait in their order.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// As many threads as there are jobs that wait.
private final class WaitingThreads: TaskExecutor {
    static let shared = WaitingThreads()
    private let queue = DispatchQueue(label: "system tests", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
