import Client
import Discovery
import Foundation
import Listening
import Logging
import ServiceLifecycle
import Snapshot
import UnixSignals

/// What every worker has, wherever its configuration comes from: the state, the keys, and the door.
struct WorkerParts {
    let address: ListenAddress
    let access: EndpointAccess
    let drain: Duration
    let tls: ServingContext
    let logger: Logger
    let live: LiveState
    let report = NodeReport()
    let standing = WorkerStanding()
    let counters = DecisionCounters()
    let shapes = ClaimShapeSampler()
    let providers = ProviderConnections()
    let questions = QuestionConnections(
        // Why a kubeconfig cannot be read may quote it, and it is a secret.
        kubeconfig: { bytes in try? Kubeconfig.parse(bytes, source: "kubeConfig").document },
        now: { Int64(Date().timeIntervalSince1970) }
    )
    /// Seconds since 1970.
    let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

    /// - Parameter tokenCacheSize: how many accepted tokens are remembered; 0: none.
    init(
        address: ListenAddress,
        access: EndpointAccess,
        tokenCacheSize: Int,
        drain: Duration,
        tls: ServingContext,
        logger: Logger
    ) {
        (self.address, self.access, self.drain, self.tls, self.logger) = (address, access, drain, tls, logger)
        live = LiveState(WorkerState(verified: VerifiedTokens(capacity: tokenCacheSize)))
    }

    /// For a program that ends before its services run.
    func close() async {
        await providers.close()
        await questions.close()
    }

    /// - Parameter lastGood: where newer keys are kept; nil: nowhere.
    func keyRefresh(lastGood: LastGoodFile?) -> KeyRefresh {
        KeyRefresh(
            live: live,
            lastGood: lastGood,
            providers: providers.source,
            report: report,
            now: now,
            logger: logger
        )
    }

    /// - Parameter secrets: what sources and reviewers are asked with; nil for a secret that is not here.
    func inquiries(secrets: @escaping @Sendable (SecretReference) -> Secret? = { _ in nil }) -> Inquiries {
        Inquiries(source: questions.source, secrets: secrets, now: now, logger: logger)
    }

    /// - Parameters:
    ///   - relay: makes what passes requests on to the API; nil from it: nothing is passed on.
    ///   - onListening: called once with the address, when it is open.
    func listener(
        keys: KeyRefresh,
        inquiries: Inquiries,
        relay: @Sendable (TokenJudge) -> APIRelay? = { _ in nil },
        onListening: @escaping @Sendable (_ address: String) -> Void = { _ in },
        otherMetrics: @escaping @Sendable () -> String = { "" }
    ) throws -> WorkerListener {
        try WorkerListener(
            state: live,
            address: address,
            tls: tls,
            access: access,
            drain: drain,
            counters: counters,
            logger: logger,
            standing: standing,
            inquiries: inquiries,
            shapes: shapes,
            relay: relay,
            lastKeyFailure: { keys.lastFailureTime(of: $0) },
            otherMetrics: otherMetrics,
            onListening: { [report, host = address.host] port in
                report.opened(port: port)
                let address = ListenAddress(host: host, port: port)
                onListening("\(address)")
                print("listening on https://\(address)")
                fflush(nil)
            },
            onListeningLocally: { [access, logger] port in
                let address = ListenAddress(host: access.loopback?.host ?? "", port: port)
                logger.warning("whoever is on this machine may ask without credentials", metadata: ["address": "\(address)"])
                print("listening on http://\(address) for local processes")
                fflush(nil)
            },
            onUnknownKey: { keys.sawUnknownKey($1, of: $0) }
        )
    }

    /// Serves until SIGTERM or SIGINT, then lets requests in progress finish.
    func run(_ services: [ServiceGroupConfiguration.ServiceConfiguration]) async throws {
        let reviewers = access.reviewers.map { [ServiceGroupConfiguration.ServiceConfiguration(service: $0)] } ?? []
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: reviewers + services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}
