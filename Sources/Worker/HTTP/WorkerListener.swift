import Atomics
import Foundation
import Listening
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Snapshot

/// The worker's door: HTTPS with optional client certificates, one channel pipeline per connection, answers on the event loop.
///
/// When its service group shuts down it stops accepting, lets requests in progress finish, and returns.
struct WorkerListener: Service {
    private let address: ListenAddress
    private let tls: ServingContext
    private let drain: Duration
    private let patience: Duration
    private let logger: Logger
    private let log: DecisionLog
    private let routes: WorkerRoutes
    private let relay: APIRelay?
    private let isDraining = ManagedAtomic(false)
    private let registry = ConnectionRegistry(limit: HTTPLimits.connections)
    private let loopback: ListenAddress?
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let onListeningLocally: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - drain: how long requests in progress may take when the worker stops.
    ///   - patience: how long an address that is taken is waited for.
    ///   - standing: whether the worker is wanted.
    ///   - inquiries: finds out what judgements have to ask.
    ///   - shapes: as `TokenJudge` has it.
    ///   - relay: makes what passes requests on to the API.
    ///   - lastKeyFailure: when the keys of an issuer could last not be fetched, in seconds since 1970.
    ///   - otherMetrics: lines in the Prometheus text format beside the listener's own.
    ///   - onListening: called once, when the port is open; after `onListeningLocally`, if local processes have a port of their own.
    ///   - onUnknownKey: as `TokenJudge` has it.
    init(
        state live: LiveState,
        address: ListenAddress,
        tls: ServingContext,
        access: EndpointAccess,
        drain: Duration,
        patience: Duration = .seconds(5),
        counters: DecisionCounters = DecisionCounters(),
        logger: Logger,
        standing: WorkerStanding = WorkerStanding(),
        inquiries: Inquiries? = nil,
        shapes: ClaimShapeSampler? = nil,
        relay: @Sendable (TokenJudge) -> APIRelay? = { _ in nil },
        lastKeyFailure: @escaping @Sendable (Issuer) -> Int64? = { _ in nil },
        otherMetrics: @escaping @Sendable () -> String = { "" },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        onListeningLocally: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        onUnknownKey: @escaping @Sendable (_ issuerURL: String, _ keyID: String?) -> Bool = { _, _ in false },
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) throws {
        (self.address, self.drain, self.patience, self.logger) = (address, drain, patience, logger)
        (loopback, self.onListening, self.onListeningLocally) = (access.loopback, onListening, onListeningLocally)
        self.tls = tls
        log = DecisionLog(logger: logger)
        let times = JudgementTimes()
        let judge = TokenJudge(
            live: live,
            counters: counters,
            times: times,
            log: log,
            inquiries: inquiries,
            shapes: shapes,
            onUnknownKey: onUnknownKey,
            now: now
        )
        self.relay = relay(judge)
        var metrics = MetricsEndpoint(live: live, counters: counters, times: times)
        metrics.droppedRecords = { [log] in log.dropped }
        metrics.connections = { [registry] in registry.count }
        metrics.lastKeyFailure = lastKeyFailure
        metrics.otherMetrics = otherMetrics
        routes = WorkerRoutes(
            tokenReviews: TokenReviewEndpoint(
                judge: judge,
                apiAudiences: access.apiAudiences,
                reviewers: access.reviewers?.tokens
            ),
            forwardAuth: ForwardAuthEndpoint(judge: judge, allowed: access.forwardAuthFrom),
            identity: IdentityEndpoint(judge: judge),
            health: HealthEndpoint(live: live, standing: standing) { [isDraining] in isDraining.load(ordering: .relaxed) },
            metrics: metrics
        )
    }

    func run() async throws {
        let listeners = try await listen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await log.write() }
            // Ends when it has been told to finish, and what it passed on has ended: draining closes every connection in time.
            if let relay { group.addTask { await relay.run() } }
            group.addTask {
                // Whatever ends serving, the others must be told, or the group would wait for ever.
                defer {
                    log.finish()
                    relay?.finish()
                }
                try await serve(listeners)
            }
            try await group.waitForAll()
        }
    }

    /// - Parameter listeners: the one for everybody first.
    private func serve(_ listeners: [any Channel]) async throws {
        do {
            for (index, listener) in listeners.enumerated().reversed() {
                let port = listener.localAddress?.port ?? 0
                if index == 0 { await onListening(port) } else { await onListeningLocally(port) }
            }
            try await withTaskCancellationOrGracefulShutdownHandler {
                for listener in listeners { try await listener.closeFuture.get() }
            } onCancelOrGracefulShutdown: {
                isDraining.store(true, ordering: .relaxed)
                for listener in listeners { listener.close(promise: nil) }
            }
        } catch {
            for listener in listeners { listener.close(promise: nil) }
            throw error
        }
        logger.info("draining", metadata: ["connections": "\(registry.count)"])
        try await registry.drain(within: TimeAmount(drain), on: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func listen() async throws -> [any Channel] {
        let door = try await listen(on: address, tls: tls, option: "--worker-listen of the controller, or --listen of a worker")
        guard let loopback else { return [door] }
        do {
            return [door, try await listen(on: loopback, tls: nil, option: "--listen-loopback")]
        } catch {
            door.close(promise: nil)
            throw error
        }
    }

    /// A predecessor that this process replaces may hold the address for a moment. Somebody else's worker is not pushed aside, and
    /// the address not shared with it: half of the requests would meet the other's configuration.
    private func listen(on address: ListenAddress, tls: ServingContext?, option: String) async throws -> any Channel {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await bound(to: address, tls: tls)
            } catch let error as IOError {
                guard error.errnoCode == EADDRINUSE, ContinuousClock.now < deadline, !Task.isShuttingDownGracefully else {
                    throw ListenFailure(address: address, code: error.errnoCode, option: option)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// - Parameter tls: nil: by plain HTTP, and without credentials.
    private func bound(to address: ListenAddress, tls: ServingContext?) async throws -> any Channel {
        let answer: @Sendable (WorkerRequest) -> WorkerReply = { [routes] in routes.answer($0) }
        return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [registry, relay] channel in
                guard registry.admit(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.current)) }
                    try pipeline.addRequestHandlers(isLocal: tls == nil, relay: relay, answer)
                }
            }
            .bind(host: address.host, port: address.port).get()
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Everything above TLS.
    func addRequestHandlers(
        isLocal: Bool = false,
        relay: APIRelay? = nil,
        _ answer: @escaping @Sendable (WorkerRequest) -> WorkerReply
    ) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: HTTPLimits.decoder)
        try addHandlers(ByteToMessageHandler(decoder), RequestHandler(isLocal: isLocal, relay: relay, answer: answer))
    }
}
