import NIOCore
import Synchronization

/// The open connections of a listener: how many there may be, and how they come to an end.
///
/// Its lock is taken when a connection opens and closes, never for a request.
final class ConnectionRegistry: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var drained: EventLoopPromise<Void>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.connections.count } }

    /// Takes a new connection in until it closes. False when there are too many already, or the worker is stopping.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = state.withLock { state in
            guard state.connections.count < limit, state.drained == nil else { return false }
            state.connections[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdmitted { channel.closeFuture.whenComplete { _ in self.forget(channel) } }
        return isAdmitted
    }

    private func forget(_ channel: any Channel) {
        let drained = state.withLock { state -> EventLoopPromise<Void>? in
            state.connections[ObjectIdentifier(channel)] = nil
            return state.connections.isEmpty ? state.drained : nil
        }
        drained?.succeed()
    }

    /// Lets the requests in progress finish and returns when every connection is closed; after `limit` the rest is cut off.
    ///
    /// To be called once.
    func drain(within limit: TimeAmount, on eventLoop: any EventLoop) async throws {
        let promise = eventLoop.makePromise(of: Void.self)
        let open = state.withLock { state in
            state.drained = promise
            return Array(state.connections.values)
        }
        if open.isEmpty { promise.succeed() }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        let cut = eventLoop.scheduleTask(in: limit) {
            for channel in self.state.withLock({ Array($0.connections.values) }) { channel.close(promise: nil) }
        }
        try await promise.futureResult.get()
        cut.cancel()
    }
}
