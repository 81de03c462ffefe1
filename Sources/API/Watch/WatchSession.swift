import JSON
import Schema
import ServiceLifecycle
import Store
import Web

/// One watch: first the objects there are, if the client wants them, then every change until somebody stops it.
///
/// Client, deadline and shutdown all stop it by closing its inbox. Only `run` writes, so lines never interleave.
struct WatchSession: Sendable {
    /// What a watch is about and how it begins.
    struct Plan: Sendable {
        let resource: ResourceName
        let namespace: String?
        let selector: ObjectSelector
        let rendering: ObjectRendering
        /// Objects to tell as `ADDED` before any change.
        let initial: [StoredObject]
        /// Changes after this revision follow.
        let revision: Int64
        let marksEndOfInitial: Bool
        let wantsBookmarks: Bool
        let duration: Duration
    }

    private enum Input: Sendable {
        case event(StoreEvent)
        case bookmark
        case failed(APIStatus)
    }

    /// A client that reads slower than this many waiting changes is told to list again.
    private static let inboxLimit = 4096
    private static let bookmarkInterval = Duration.seconds(60)
    private static let pieceBytes = 64 << 10

    private let plan: Plan
    private let store: any ObjectStore
    private let now: @Sendable () -> Int64
    private let inbox: AsyncStream<Input>
    private let feed: AsyncStream<Input>.Continuation

    init(_ plan: Plan, store: any ObjectStore, now: @escaping @Sendable () -> Int64) {
        self.plan = plan
        self.store = store
        self.now = now
        (inbox, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.inboxLimit))
    }

    /// Ends the watch; what waits in the inbox is still written.
    func stop() { feed.finish() }

    /// Writes lines until the watch is stopped. Throws only what `write` throws: the client is gone.
    ///
    /// - Parameter besides: runs for as long as the watch does, and is cancelled with it.
    @concurrent
    func run(
        besides: @escaping @Sendable () async -> Void,
        write: @concurrent ([UInt8]) async throws -> Void
    ) async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await readStore() }
                group.addTask { await keepTime() }
                group.addTask { await besides() }
                defer { group.cancelAll() }
                try await writeInitial(write)
                var seen = plan.revision
                for await input in inbox {
                    guard let line = line(for: input, seen: &seen) else { continue }
                    try await write(line)
                    if case .failed = input { break }
                }
            }
        } onGracefulShutdown: {
            stop()
        }
    }

    @concurrent
    private func writeInitial(_ write: @concurrent ([UInt8]) async throws -> Void) async throws {
        let date = now()
        var lines: [UInt8] = []
        for object in plan.initial {
            lines.append(contentsOf: WatchLine.bytes("ADDED", plan.rendering.one(object, now: date)))
            // In pieces: a write for each of thousands of objects would keep the connection's thread busy.
            guard lines.count >= Self.pieceBytes else { continue }
            try await write(lines)
            lines.removeAll(keepingCapacity: true)
        }
        if plan.marksEndOfInitial {
            let bookmark = plan.rendering.bookmark(revision: plan.revision, endsInitialEvents: true)
            lines.append(contentsOf: WatchLine.bytes("BOOKMARK", bookmark))
        }
        if !lines.isEmpty { try await write(lines) }
    }

    private func line(for input: Input, seen: inout Int64) -> [UInt8]? {
        switch input {
        case .failed(let status): return WatchLine.error(status)
        case .bookmark: return WatchLine.bytes("BOOKMARK", plan.rendering.bookmark(revision: seen, endsInitialEvents: false))
        case .event(let event):
            seen = event.version
            guard plan.namespace == nil || event.object.id.namespace == plan.namespace,
                let change = WatchTransition.change(of: event, for: plan.selector)
            else { return nil }
            return WatchLine.bytes(change.rawValue.uppercased(), plan.rendering.one(event.object, now: now()))
        }
    }

    private func readStore() async {
        do {
            for try await event in try await store.watch([plan.resource], after: plan.revision) {
                guard case .enqueued = feed.yield(.event(event)) else {
                    fail(.expired("too old resource version: the watch is read too slowly; list again"))
                    return
                }
            }
            stop()
        } catch StoreError.compacted(let oldest) {
            fail(.expired("too old resource version: \(plan.revision) (\(oldest))"))
        } catch is CancellationError {
            stop()
        } catch {
            fail(APIStatus.of(error) ?? .internalError)
        }
    }

    /// Bookmarks at intervals, and the end when the time is up.
    private func keepTime() async {
        let clock = ContinuousClock()
        let end = clock.now + plan.duration
        while clock.now < end {
            let next = min(end, clock.now + Self.bookmarkInterval)
            do { try await clock.sleep(until: next) } catch { return }
            if plan.wantsBookmarks, clock.now < end { feed.yield(.bookmark) }
        }
        stop()
    }

    /// Where the inbox is full the note is lost, and the client simply resumes after the last change it read.
    private func fail(_ status: APIStatus) {
        feed.yield(.failed(status))
        stop()
    }
}
