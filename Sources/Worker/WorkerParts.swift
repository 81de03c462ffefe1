import Client
import Discovery
import Foundation
import JSON
import Listening
import Logging
import ServiceLifecycle
import Supervision
import UnixSignals

/// The worker's services and what they share, put together in one place.
struct WorkerParts {
    private let name: String
    private let folder: String
    private let address: ListenAddress
    private let networks: AddressList
    private let drain: Duration
    private let logger: Logger
    private let client: ControllerClient
    private let providers = ProviderConnections()
    private let questions: QuestionConnections
    private let live = LiveState()
    private let report = NodeReport()
    private let counters = DecisionCounters()

    init(
        name: String,
        folder: String,
        controller: String,
        address: ListenAddress,
        networks: AddressList,
        drain: Duration,
        logger: Logger
    ) throws {
        (self.name, self.folder, self.address, self.networks) = (name, folder, address, networks)
        (self.drain, self.logger) = (drain, logger)
        questions = QuestionConnections(
            // Why a kubeconfig cannot be read may quote it, and it is a secret.
            kubeconfig: { bytes in try? Kubeconfig.parse(bytes, source: "kubeConfig").document },
            now: Self.now
        )
        client = try ControllerClient(
            ClientConfiguration(
                server: controller,
                certificateAuthority: "\(folder)/ca.crt",
                clientCertificate: "\(folder)/client.crt",
                clientKey: "\(folder)/client.key",
                userAgent: "authenticator"
            )
        )
    }

    /// Seconds since 1970.
    private static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

    /// Serves until SIGTERM or SIGINT, then lets requests in progress finish.
    func run() async throws {
        let now = Self.now
        let lastGood = LastGoodFile(path: "\(folder)/last-good.json")
        let secrets = SecretShelf(path: "\(folder)/secrets.json", logger: logger) { [client] in try await client.secret($0) }
        let installer = SnapshotInstaller(
            live: live,
            lastGood: lastGood,
            providers: providers.source,
            now: now,
            secrets: secrets
        )
        let inquiries = Inquiries(source: questions.source, secrets: { secrets.find($0) }, now: now, logger: logger)
        let tokens = OpaqueTokenFile(path: "\(folder)/opaque-tokens.json")
        restore(installer, tokens)
        // Before the address is opened: a predecessor that nobody knows of any more reads it, and lets go of the address.
        Self.record("\(address)", in: folder, logger)
        let keys = KeyRefresh(
            live: live,
            lastGood: lastGood,
            providers: providers.source,
            report: report,
            now: now,
            logger: logger
        )
        let document = NodeStatusDocument(
            host: address.host,
            port: address.port,
            pid: ProcessInfo.processInfo.processIdentifier,
            startedAt: now(),
            counters: counters
        )
        let reporter = NodeReporter(
            name: name,
            client: client,
            live: live,
            report: report,
            keys: keys,
            document: document,
            now: now,
            logger: logger
        )
        let revisions = RevisionSync(name: name, client: client, installer: installer, report: report, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: providers),
                    .init(service: questions),
                    .init(service: inquiries),
                    .init(service: reporter),
                    .init(service: keys),
                    .init(
                        service: Succession(record: "\(folder)/process.json"),
                        successTerminationBehavior: .gracefullyShutdownGroup
                    ),
                    .init(service: OpaqueTokenSync(client: client, live: live, file: tokens, logger: logger)),
                    .init(service: revisions),
                    .init(service: try listener(keys: keys, inquiries)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// Everything that is known without a network, before the first request comes.
    private func restore(_ installer: SnapshotInstaller, _ tokens: OpaqueTokenFile) {
        let table = tokens.load(logger: logger)
        live.update { $0.with(table) }
        do {
            guard let revision = try installer.restore() else { return }
            logger.notice("judging by the last good snapshot", metadata: ["revision": "\(revision)"])
        } catch {
            // Without it the worker is not ready until the controller has given it a revision; it must not end for that.
            logger.error("starting without a snapshot", metadata: ["error": "\(error)"])
        }
    }

    private static func record(_ address: String, in folder: String, _ logger: Logger) {
        do {
            try ProcessRecord.writeOwn(address: address, to: "\(folder)/process.json")
        } catch {
            logger.error("process.json cannot be written", metadata: ["error": "\(error)"])
        }
    }

    private func listener(keys: KeyRefresh, _ inquiries: Inquiries) throws -> WorkerListener {
        let (folder, host, logger) = (folder, address.host, logger)
        return try WorkerListener(
            state: live,
            address: address,
            tlsFolder: folder,
            forwardAuthFrom: networks,
            drain: drain,
            counters: counters,
            logger: logger,
            inquiries: inquiries,
            onListening: { [report] port in
                report.opened()
                Self.record("\(host):\(port)", in: folder, logger)
                print("listening on https://\(host):\(port)")
                fflush(nil)
            },
            onUnknownKey: { keys.sawUnknownKey(issuerURL: $0) }
        )
    }
}
