import Schema
import Synchronization

/// The open watches: each gets every event of its resources, in order, into a bounded buffer of its own.
///
/// The caller orders `add` and `publish`; SQLiteStore does both on its one writer, so nothing falls between past and present.
final class Watchers: Sendable {
    private struct State {
        var next = 0
        /// By what they are about, so that an event is not held against the watches of everything else; nil: everything.
        var watchers: [ResourceName?: [Int: StoreEvents.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bufferSize: Int

    /// - Parameter bufferSize: how many events a reader may be behind, beyond the history it asked for.
    init(bufferSize: Int) { self.bufferSize = bufferSize }

    var count: Int { state.withLock { Set($0.watchers.values.flatMap(\.keys)).count } }

    func add(_ resources: Set<ResourceName>, history: [StoreEvent]) -> StoreEvents {
        let (events, continuation) = StoreEvents.makeStream(bufferingPolicy: .bufferingOldest(history.count + bufferSize))
        for event in history { continuation.yield(event) }
        let id: Int? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.next += 1
            let subjects: [ResourceName?] = resources.isEmpty ? [nil] : Array(resources)
            for subject in subjects { state.watchers[subject, default: [:]][state.next] = continuation }
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
            [state.watchers[event.object.id.resource], state.watchers[nil]].compactMap { $0 }
        }
        for (id, continuation) in interested.joined() {
            guard case .dropped = continuation.yield(event) else { continue }
            remove(id)
            continuation.finish(throwing: StoreError.readerTooSlow)
        }
    }

    /// Ends every watch, and those that begin later, without an error.
    func close() {
        let open = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return state.watchers.values.flatMap(\.values)
        }
        // One that is about several resources is there several times; to end it again changes nothing.
        for continuation in open { continuation.finish() }
    }

    private func remove(_ id: Int) {
        state.withLock { state in
            for subject in state.watchers.keys where state.watchers[subject]?[id] != nil {
                state.watchers[subject]?[id] = nil
                if state.watchers[subject]?.isEmpty == true { state.watchers[subject] = nil }
            }
        }
    }
}
