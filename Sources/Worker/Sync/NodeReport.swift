import Synchronization

/// What the worker has to tell about itself beyond its state, and the bell that asks for telling it now.
final class NodeReport: Sendable {
    private struct Failure {
        let failure: RevisionFailure
        let retryAt: Int64
    }

    private let observed = Mutex<Int64>(0)
    private let lastFailure = Mutex<Failure?>(nil)
    private let openPort = Mutex<Int?>(nil)
    private let bell: AsyncStream<Void>.Continuation
    /// One element for any number of changes that were not told yet.
    let changes: AsyncStream<Void>

    init() { (changes, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Asks for a report now.
    func ring() { bell.yield() }

    /// The address is open: from now on whoever asks this worker reaches it.
    func opened(port: Int) {
        openPort.withLock { $0 = port }
        ring()
    }

    /// nil until the address is open. Before it nothing is told: a worker whose address is taken must not count as one that answers.
    var port: Int? { openPort.withLock { $0 } }

    /// The controller's word with this number has been read. Returns whether it was another one before.
    func observe(_ targetGeneration: Int64) -> Bool {
        observed.withLock { observed in
            defer { observed = targetGeneration }
            return observed != targetGeneration
        }
    }

    var observedTargetGeneration: Int64 { observed.withLock { $0 } }

    func succeeded() {
        lastFailure.withLock { $0 = nil }
        ring()
    }

    func failed(_ failure: RevisionFailure, now: Int64) {
        lastFailure.withLock { $0 = Failure(failure: failure, retryAt: now + RevisionFailure.retryAfterSeconds) }
        ring()
    }

    var failure: RevisionFailure? { lastFailure.withLock { $0?.failure } }
    var failureToRetry: (revision: Int64, retryAt: Int64)? {
        lastFailure.withLock { $0.map { ($0.failure.revision, $0.retryAt) } }
    }
}
