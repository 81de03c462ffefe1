import Schema
import Synchronization

/// The open watches: each gets every event of its resources, in order, into a bounded buffer of its own.
///
/// The caller orders `add` and `publish`; SQLiteStore does both on its one writer, so nothing falls between past and present.
final class Watchers: Sendable {
    private struct Watcher {
        let resources: Set<ResourceName>
        let continuation: StoreEvents.Continuation
    }

    private struct State {
        var next = 0
        var watchers: [Int: Watcher] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bufferSize: Int

    /// - Parameter bufferSize: how many events a reader may be behind, beyond the history it asked for.
    init(bufferSize: Int) { self.bufferSize = bufferSize }

    var count: Int { state.withLock { $0.watchers.count } }

    func add(_ resources: Set<ResourceName>, history: [StoreEvent]) -> StoreEvents {
        let (events, continuation) = StoreEvents.makeStream(bufferingPolicy: .bufferingOldest(history.count + bufferSize))
        for event in history { continuation.yield(event) }
        let id: Int? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.watchers[state.next] = Watcher(resources: resources, continuation: continuation)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return events
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return events
    }

    func publish(_ event: StoreEvent) {
        let interested = state.withLock { state in
            state.watchers.filter { $0.value.resources.isEmpty || $0.value.resources.contains(event.object.id.resource) }
        }
        for (id, watcher) in interested {
            guard case .dropped = watcher.continuation.yield(event) else { continue }
            remove(id)
            watcher.continuation.finish(throwing: StoreError.readerTooSlow)
        }
    }

    /// Ends every watch, and those that begin later, without an error.
    func close() {
        let open = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return state.watchers.values
        }
        for watcher in open { watcher.continuation.finish() }
    }

    private func remove(_ id: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: id) } }
}
