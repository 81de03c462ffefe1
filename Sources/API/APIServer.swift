import Foundation
package import Listening
package import Logging
package import Schema
import ServiceLifecycle
package import Store
package import Web

/// The controller's HTTPS API: Kubernetes-style objects over a store, for holders of client certificates.
///
/// Run it in a service group after the store's own service. When the group shuts down it stops accepting, ends open watches at
/// once, answers what is in progress and returns.
package struct APIServer: Service, CustomStringConvertible {
    private let server: WebServer
    private let roles: RoleWatch

    /// - Parameters:
    ///   - store: where the objects live. The caller keeps ownership.
    ///   - catalog: the kinds that are served, usually `ResourceCatalog.builtIn()`.
    ///   - admission: what every written object goes through.
    ///   - tls: the serving certificate, and the authority of client certificates, which should be `.required`.
    ///   - address: where to listen; port 0 lets the system choose.
    ///   - version: Postern's own version, shown by `/version`.
    ///   - health: more checks for `/readyz` and `/healthz`; the store is always checked.
    ///   - audit: where every request is recorded; run it as a service that outlives this one.
    ///   - trials: what dry runs find out beyond validation.
    ///   - tokenReviews: who is asked about tokens; nil: nobody can.
    ///   - workerCertificates: who lets workers of other hosts in; nil: nobody does.
    ///   - breakGlass: told of the use of break-glass certificates.
    ///   - onListening: called once with the address in use.
    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        admission: Admission,
        tls: ServerTLS,
        address: ListenAddress,
        version: String,
        health: [HealthCheck] = [],
        audit: AuditLog? = nil,
        trials: [DryRunTrial] = [],
        tokenReviews: TokenReviews? = nil,
        workerCertificates: WorkerCertificates? = nil,
        breakGlass: BreakGlassObservers = BreakGlassObservers(),
        logger: Logger,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) {
        let access = AccessControl(.builtIn)
        roles = RoleWatch(store: store, access: access, logger: logger)
        let service = APIService(
            store: store,
            catalog: catalog,
            admission: admission,
            access: access,
            tokenReviews: tokenReviews,
            workerCertificates: workerCertificates,
            version: version,
            health: [Self.storeCheck(store)] + health,
            trials: trials,
            now: now
        )
        let breakGlass = BreakGlassAccess(store: store, observers: breakGlass, now: now)
        let workers = WorkerAccess(store: store, now: now)
        let reads = ImmediateReads(
            store: store,
            catalog: catalog,
            access: access,
            audit: audit,
            breakGlass: breakGlass,
            workers: workers
        )
        server = WebServer(
            responder: APIRoutes(service: service, audit: audit, breakGlass: breakGlass, workers: workers),
            tls: tls,
            address: address,
            immediate: { reads.answer($0) },
            logger: logger,
            statusOf: { APIStatus.of($0) },
            onListening: onListening
        )
    }

    package func run() async throws {
        try await roles.load()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await roles.run() }
            try await server.run()
            group.cancelAll()
        }
    }

    /// Service groups log their services; without this the log would hold the whole catalog.
    package var description: String { "API server" }

    private static func storeCheck(_ store: any ObjectStore) -> HealthCheck {
        HealthCheck(name: "store") {
            do {
                _ = try await store.currentRevision()
                return nil
            } catch {
                return "the store does not answer"
            }
        }
    }
}
