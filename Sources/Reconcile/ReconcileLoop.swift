package import Authenticator
package import Certificates
import JSON
package import Logging
import Resolve
package import Schema
import ServiceLifecycle
package import Store

/// Makes what is asked for come true: revisions from `Authentication`, roll-outs from revisions, and the status that tells of both.
///
/// Three loops, each woken by changes in the store, each reading everything anew: after a crash at any line the next look goes on
/// where the last one stopped. Only one controller may run them on a store.
package struct ReconcileLoop: Service {
    package struct Options: Sendable {
        /// The built-in OAuth server's discovery document (RFC 8414), published for clients; nil: nothing is published.
        package var oauthMetadata: String?
        /// What the ClusterOperators show as the version.
        package var version: String

        package init(oauthMetadata: String? = nil, version: String) {
            self.oauthMetadata = oauthMetadata
            self.version = version
        }
    }

    /// For whoever supervises the built-in OAuth server's process.
    package let oauthServer: OAuthServerDemand

    private let store: any ObjectStore
    private let catalog: ResourceCatalog
    private let providers: any ProviderSource
    private let signer: SnapshotSigner
    private let options: Options
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameters:
    ///   - signer: vouches for revisions to the workers.
    ///   - isOAuthServerReady: whether the built-in OAuth server answers; asked often, so it must be quick.
    ///   - now: seconds since 1970.
    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        providers: any ProviderSource,
        signer: SnapshotSigner,
        options: Options,
        isOAuthServerReady: @escaping @Sendable () -> Bool = { true },
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.catalog = catalog
        self.providers = providers
        self.signer = signer
        self.options = options
        oauthServer = OAuthServerDemand(isReady: isOAuthServerReady)
        self.now = now
        self.logger = logger
    }

    package func run() async {
        let (configuring, rolling, telling, probing) = (Bell(), Bell(), Bell(), Bell())
        let outcome = Shared<ConfigurationOutcome?>(nil, ringing: [telling])
        let writer = ObjectWriter(store: store, catalog: catalog)
        let events = EventRecorder(store: store, writer: writer, now: now, logger: logger)
        let watchedSince = now()
        let nodes = DecodedNodes()
        let rollout = RolloutLoop(
            store: store,
            nodes: nodes,
            writer: writer,
            events: events,
            oauthServer: oauthServer,
            watchedSince: watchedSince,
            now: now,
            version: options.version,
            logger: logger
        )
        let health = Shared<[ProviderHealth]?>(nil, ringing: [telling])
        let status = StatusLoop(
            store: store,
            nodes: nodes,
            writer: writer,
            events: events,
            outcome: outcome,
            oauthServer: oauthServer,
            providers: health,
            watchedSince: watchedSince,
            version: options.version,
            now: now
        )
        let watcher = StoreWatcher(
            store: store,
            subscriptions: subscriptions(configuring, rolling, telling)
                + [StoreWatcher.Subscription(resources: [.kubeAPIServers], bell: probing)],
            logger: logger
        )
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watcher.run() }
                await withTaskGroup(of: Void.self) { loops in
                    loops.addTask { await configure(writer, events, outcome, configuring) }
                    loops.addTask {
                        await LookLoop(name: "rollout", bell: rolling, logger: logger).run { try await rollout.look() }
                    }
                    loops.addTask {
                        var status = status
                        await LookLoop(name: "status", bell: telling, logger: logger).run { try await status.look() }
                    }
                    loops.addTask { await probe(health, probing) }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            for bell in [configuring, rolling, telling, probing] { bell.ring() }
        }
        oauthServer.finish()
    }

    private func configure(
        _ writer: ObjectWriter,
        _ events: EventRecorder,
        _ outcome: Shared<ConfigurationOutcome?>,
        _ bell: Bell
    ) async {
        var loop = ConfigurationLoop(
            store: store,
            writer: writer,
            providers: providers,
            signer: signer,
            oauthMetadata: options.oauthMetadata,
            outcome: outcome,
            events: events,
            bell: bell,
            now: now,
            logger: logger
        )
        await LookLoop(name: "configuration", bell: bell, logger: logger).run { try await loop.look() }
    }

    private func probe(_ health: Shared<[ProviderHealth]?>, _ bell: Bell) async {
        var loop = ProviderLoop(store: store, providers: providers, health: health, now: now, logger: logger)
        await LookLoop(name: "provider", bell: bell, logger: logger).run { try await loop.look() }
    }

    private func subscriptions(_ configuring: Bell, _ rolling: Bell, _ telling: Bell) -> [StoreWatcher.Subscription] {
        [
            StoreWatcher.Subscription(
                resources: [
                    .authentications, .oauths, .configMaps, .secrets, .kubeAPIServers, .rolloutPolicies,
                    .authenticationRevisions,
                ],
                bell: configuring,
                concerns: { $0.isWithinReach && $0.changesMoreThanStatus }
            ),
            StoreWatcher.Subscription(
                resources: [.kubeAPIServers, .nodes, .authenticationRevisions, .rolloutPolicies],
                bell: rolling
            ),
            StoreWatcher.Subscription(
                resources: [
                    .authentications, .kubeAPIServers, .nodes, .authenticationRevisions, .clusterOperators, .secrets,
                    .configMaps,
                ],
                bell: telling,
                concerns: { $0.isWithinReach }
            ),
        ]
    }
}

extension StoreEvent {
    /// Configuration is in no namespace, or in one of two; what people keep elsewhere is theirs.
    fileprivate var isWithinReach: Bool {
        object.id.namespace.map { [ObjectID.configNamespace, ObjectID.managedNamespace].contains($0) } ?? true
    }

    /// Anything but `status` and the version.
    fileprivate var changesMoreThanStatus: Bool {
        guard change == .modified, let previous else { return true }
        func rest(_ object: StoredObject) -> [JSONValue?] {
            let metadata = object.value["metadata"]
            return [object.value["spec"], object.value["data"], metadata?["annotations"], metadata?["generation"]]
        }
        return rest(previous) != rest(object)
    }
}
