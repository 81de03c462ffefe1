import Certificates
import Client
import Discovery
import Foundation
import Listening
import Logging
import ServiceLifecycle
import Supervision

/// A worker that a controller gives revisions to: it follows the controller's word, reports, and keeps its last good snapshot.
struct ControlledWorker {
    private let name: String
    private let folder: String
    private let parts: WorkerParts
    private let client: ControllerClient
    private let verifier: SnapshotVerifier
    /// Holders of tokens reach the API through the worker; their watches must not take the connections of the worker's own.
    private let forRelay: HTTPTransport

    /// - Parameter folder: the worker's certificates, its last good snapshot and its process.json.
    init(name: String, folder: String, controller: String, parts: WorkerParts) throws {
        (self.name, self.folder, self.parts) = (name, folder, parts)
        client = try ControllerClient(
            ClientConfiguration(
                server: controller,
                certificateAuthority: "\(folder)/ca.crt",
                clientCertificate: "\(folder)/client.crt",
                clientKey: "\(folder)/client.key",
                userAgent: "authenticator"
            )
        )
        verifier = try SnapshotVerifier(
            authorityPEM: String(contentsOfFile: "\(folder)/ca.crt", encoding: .utf8)
        )
        forRelay = try HTTPTransport(
            server: client.configuration.server,
            trust: client.configuration.trust,
            credential: client.configuration.credential,
            quietLimit: APIRelay.quietLimit,
            connections: RelayPlaces.usualLimit
        )
    }

    func run() async throws {
        do {
            try await serve()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func close() async {
        await forRelay.shutdown()
        await client.shutdown()
    }

    private func serve() async throws {
        let (live, report, logger, now) = (parts.live, parts.report, parts.logger, parts.now)
        let lastGood = LastGoodFile(path: "\(folder)/last-good.json")
        let secrets = SecretShelf(path: "\(folder)/secrets.json", logger: logger) { [client] in try await client.secret($0) }
        let installer = SnapshotInstaller(
            live: live,
            lastGood: lastGood,
            providers: parts.providers.source,
            verifier: verifier,
            now: now,
            secrets: secrets
        )
        let inquiries = parts.inquiries { secrets.find($0) }
        let tokens = OpaqueTokenFile(path: "\(folder)/opaque-tokens.json")
        restore(installer, tokens)
        // Before the address is opened: a predecessor that nobody knows of any more reads it, and lets go of the address.
        Self.record("\(parts.address)", in: folder, logger)
        let keys = parts.keyRefresh(lastGood: lastGood)
        let document = NodeStatusDocument(
            host: parts.address.host,
            port: parts.address.port,
            pid: ProcessInfo.processInfo.processIdentifier,
            startedAt: now(),
            counters: parts.counters
        )
        let reporter = NodeReporter(
            name: name,
            client: client,
            live: live,
            report: report,
            keys: keys,
            document: document,
            counters: parts.counters,
            shapes: parts.shapes,
            now: now,
            logger: logger
        )
        let revisions = RevisionSync(name: name, client: client, installer: installer, report: report, logger: logger)
        try await parts.run([
            .init(service: parts.providers),
            .init(service: parts.questions),
            .init(service: inquiries),
            .init(service: reporter),
            .init(service: keys),
            .init(
                service: Succession(record: "\(folder)/process.json"),
                successTerminationBehavior: .gracefullyShutdownGroup
            ),
            .init(service: OpaqueTokenSync(client: client, live: live, file: tokens, logger: logger)),
            .init(service: revisions),
            .init(
                service: try parts.listener(
                    keys: keys,
                    inquiries: inquiries,
                    relay: { [client, forRelay, logger] in
                        APIRelay(
                            admission: RelayAdmission(judge: $0),
                            server: client.configuration.server,
                            transport: forRelay,
                            logger: logger
                        )
                    },
                    onListening: { [folder] in Self.record($0, in: folder, logger) }
                )
            ),
        ])
    }

    /// Everything that is known without a network, before the first request comes.
    private func restore(_ installer: SnapshotInstaller, _ tokens: OpaqueTokenFile) {
        let (live, logger) = (parts.live, parts.logger)
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
}
