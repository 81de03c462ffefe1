import Atomics
import Synchronization

/// The one place that changes under readers: an atomic reference to an immutable state.
///
/// Readers take it without a lock. Writers are the worker's few background services; they take turns.
final class LiveState: Sendable {
    private let reference: ManagedAtomic<Box>
    private let writers = Mutex(())

    private final class Box: AtomicReference, Sendable {
        let state: WorkerState
        init(_ state: WorkerState) { self.state = state }
    }

    init(_ state: WorkerState = WorkerState()) { reference = ManagedAtomic(Box(state)) }

    func load() -> WorkerState { reference.load(ordering: .acquiring).state }

    /// Publishes what `change` makes of the present state, and returns it.
    @discardableResult
    func update(_ change: (WorkerState) -> WorkerState) -> WorkerState {
        writers.withLock { _ in
            let next = change(load())
            reference.store(Box(next), ordering: .releasing)
            return next
        }
    }
}
