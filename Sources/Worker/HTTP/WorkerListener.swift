import Atomics
import Foundation
import Listening
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// The worker's door: HTTPS with optional client certificates, one channel pipeline per connection, answers on the event loop.
///
/// When its service group shuts down it stops accepting, lets requests in progress finish, and returns.
struct WorkerListener: Service {
    /// What every accepted token is good for when a `TokenReview` asks for audiences.
    static let apiAudiences = ["https://kubernetes.default.svc"]

    private let address: ListenAddress
    private let tls: NIOSSLContext
    private let drain: Duration
    private let patience: Duration
    private let logger: Logger
    private let log: DecisionLog
    private let routes: WorkerRoutes
    private let isDraining = ManagedAtomic(false)
    private let registry = ConnectionRegistry(limit: HTTPLimits.connections)
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - forwardAuthFrom: who may ask `GET /auth`.
    ///   - drain: how long requests in progress may take when the worker stops.
    ///   - patience: how long an address that is taken is waited for.
    ///   - inquiries: finds out what judgements have to ask.
    ///   - otherMetrics: lines in the Prometheus text format beside the listener's own.
    ///   - onListening: called once, when the port is open.
    ///   - onUnknownKey: told the issuer when fresher keys might change a decision. It must not wait.
    init(
        state live: LiveState,
        address: ListenAddress,
        tlsFiles: ServingFiles,
        forwardAuthFrom: AddressList,
        drain: Duration,
        patience: Duration = .seconds(5),
        counters: DecisionCounters = DecisionCounters(),
        logger: Logger,
        inquiries: Inquiries? = nil,
        otherMetrics: @escaping @Sendable () -> String = { "" },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        onUnknownKey: @escaping @Sendable (_ issuerURL: String, _ keyID: String?) -> Void = { _, _ in },
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) throws {
        (self.address, self.drain, self.patience, self.logger) = (address, drain, patience, logger)
        self.onListening = onListening
        tls = try tlsFiles.context()
        log = DecisionLog(logger: logger)
        let judge = TokenJudge(
            live: live,
            counters: counters,
            log: log,
            inquiries: inquiries,
            onUnknownKey: onUnknownKey,
            now: now
        )
        routes = WorkerRoutes(
            tokenReviews: TokenReviewEndpoint(judge: judge, apiAudiences: Self.apiAudiences),
            forwardAuth: ForwardAuthEndpoint(judge: judge, allowed: forwardAuthFrom),
            identity: IdentityEndpoint(judge: judge),
            health: HealthEndpoint(
                live: live,
                counters: counters,
                isDraining: { [isDraining] in isDraining.load(ordering: .relaxed) },
                otherMetrics: otherMetrics
            )
        )
    }

    func run() async throws {
        let listener = try await listen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await log.write() }
            group.addTask {
                // Whatever ends serving, the log's writer must be told, or the group would wait for ever.
                defer { log.finish() }
                try await serve(listener)
            }
            try await group.waitForAll()
        }
    }

    private func serve(_ listener: any Channel) async throws {
        do {
            await onListening(listener.localAddress?.port ?? address.port)
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await listener.closeFuture.get()
            } onCancelOrGracefulShutdown: {
                isDraining.store(true, ordering: .relaxed)
                listener.close(promise: nil)
            }
        } catch {
            listener.close(promise: nil)
            throw error
        }
        logger.info("draining", metadata: ["connections": "\(registry.count)"])
        try await registry.drain(within: TimeAmount(drain), on: listener.eventLoop)
    }

    /// A predecessor that this process replaces may hold the address for a moment. Somebody else's worker is not pushed aside, and
    /// the address not shared with it: half of the requests would meet the other's configuration.
    private func listen() async throws -> any Channel {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await bound()
            } catch let error as IOError {
                guard error.errnoCode == EADDRINUSE, ContinuousClock.now < deadline, !Task.isShuttingDownGracefully else {
                    let option = "--worker-listen of the controller, or --listen of a worker"
                    throw ListenFailure(address: address, code: error.errnoCode, option: option)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func bound() async throws -> any Channel {
        let answer: @Sendable (WorkerRequest) -> WorkerReply = { [routes] in routes.answer($0) }
        return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [registry, tls] channel in
                guard registry.admit(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    try channel.pipeline.syncOperations.addRequestHandlers(answer)
                }
            }
            .bind(host: address.host, port: address.port).get()
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Everything above TLS.
    func addRequestHandlers(_ answer: @escaping @Sendable (WorkerRequest) -> WorkerReply) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: HTTPLimits.decoder)
        try addHandlers(ByteToMessageHandler(decoder), RequestHandler(answer: answer))
    }
}
