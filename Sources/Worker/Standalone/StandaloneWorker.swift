import Authenticator
import Discovery
import Durable
import Logging
import ServiceLifecycle

/// A worker without a controller: its configuration is a Kubernetes `AuthenticationConfiguration` file, which it watches.
struct StandaloneWorker {
    private static let largestFile = 3 << 20

    private let file: BoundedFile
    private let allowsReservedNames: Bool
    private let parts: WorkerParts

    init(path: String, allowsReservedNames: Bool, parts: WorkerParts) {
        file = BoundedFile(path: path, limit: Self.largestFile)
        self.allowsReservedNames = allowsReservedNames
        self.parts = parts
    }

    /// Throws everything that is wrong with the file; the issuers may come later, each for itself.
    func run() async throws {
        let bytes = try file.read()
        let loaded = try LoadedConfiguration(
            bytes,
            source: file.path,
            revision: 1,
            allowsReservedNames: allowsReservedNames
        )
        if allowsReservedNames {
            parts.logger.warning(
                "names that begin with system: pass; only prefixes and rules of the file keep providers from making administrators"
            )
        }
        parts.live.update { $0.with(TokenAuthenticator(loaded.compiled)) }
        for notice in loaded.notices { parts.logger.notice("\(notice)") }
        let keys = parts.keyRefresh(lastGood: nil)
        let inquiries = parts.inquiries()
        let metrics = ReloadMetrics(hash: loaded.hash)
        let watch = ConfigurationWatch(
            file: file,
            initial: bytes,
            allowsReservedNames: allowsReservedNames,
            live: parts.live,
            gathering: KeyGathering(providers: parts.providers.source, now: parts.now),
            metrics: metrics,
            logger: parts.logger
        )
        try await parts.run([
            .init(service: parts.providers),
            .init(service: parts.questions),
            .init(service: inquiries),
            .init(service: keys),
            .init(service: watch),
            .init(service: try parts.listener(keys: keys, inquiries: inquiries, otherMetrics: { metrics.text })),
        ])
    }
}
