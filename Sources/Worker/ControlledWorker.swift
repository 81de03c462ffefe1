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

    /// nil: the controller runs this worker, and looks after its certificates.
    private let identity: JoinedIdentity?
    /// nil likewise.
    private let joining: Joining?

    /// A worker that its controller runs on the same host.
    ///
    /// - Parameter folder: the worker's certificates, its last good snapshot and its process.json.
    init(name: String, folder: String, controller: String, parts: WorkerParts) throws {
        try self.init(
            name: name,
            folder: folder,
            configuration: ClientConfiguration(
                server: controller,
                certificateAuthority: "\(folder)/ca.crt",
                clientCertificate: "\(folder)/client.crt",
                clientKey: "\(folder)/client.key",
                userAgent: "authenticator"
            ),
            authorityPEM: try String(contentsOfFile: "\(folder)/ca.crt", encoding: .utf8),
            identity: nil,
            joining: nil,
            parts: parts
        )
    }

    /// A worker that has joined from another host.
    ///
    /// - Parameter folder: the worker's last good snapshot, its process.json and its identity.
    init(_ identity: JoinedIdentity, _ joining: Joining, parts: WorkerParts) throws {
        try self.init(
            name: identity.name,
            folder: joining.folder,
            configuration: ClientConfiguration(
                server: joining.controller,
                trust: .roots(pem: Array(identity.certificateAuthority.utf8)),
                credential: identity.credential,
                userAgent: "authenticator"
            ),
            authorityPEM: identity.certificateAuthority,
            identity: identity,
            joining: joining,
            parts: parts
        )
    }

    private init(
        name: String,
        folder: String,
        configuration: ClientConfiguration,
        authorityPEM: String,
        identity: JoinedIdentity?,
        joining: Joining?,
        parts: WorkerParts
    ) throws {
        (self.name, self.folder, self.identity, self.joining, self.parts) = (name, folder, identity, joining, parts)
        verifier = try SnapshotVerifier(authorityPEM: authorityPEM)
        client = try ControllerClient(configuration)
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
        if parts.standing.isRemoved { try forget() }
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
        parts.standing.setDraining(drainMark.isThere)
        // Before the address is opened: a predecessor that nobody knows of any more reads it, and lets go of the address.
        Self.record("\(parts.address)", in: folder, logger)
        let keys = parts.keyRefresh(lastGood: lastGood)
        let document = NodeStatusDocument(
            host: identity?.hosts.first ?? parts.address.host,
            pid: ProcessInfo.processInfo.processIdentifier,
            startedAt: now(),
            counters: parts.counters,
            standing: parts.standing
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
        let revisions = RevisionSync(
            name: name,
            client: client,
            installer: installer,
            report: report,
            standing: parts.standing,
            logger: logger
        )
        try await parts.run(
            joined + [
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
                .init(service: ownNode, successTerminationBehavior: .gracefullyShutdownGroup),
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
            ]
        )
    }

    /// What only workers of other hosts have.
    private var joined: [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let identity, let joining else { return [] }
        let renewal = IdentityRenewal(
            folder: folder,
            identity: identity,
            joining: joining,
            client: client,
            relay: forRelay,
            serving: parts.tls,
            standing: parts.standing,
            now: parts.now,
            logger: parts.logger
        )
        return [.init(service: renewal)]
    }

    private var drainMark: DrainMark { DrainMark(path: "\(folder)/draining") }

    private var ownNode: OwnNode {
        OwnNode(
            name: name,
            client: client,
            standing: parts.standing,
            mark: drainMark,
            endsWhenRemoved: identity != nil,
            questions: { [counters = parts.counters] in counters.authenticated &+ counters.refused },
            report: parts.report,
            now: parts.now,
            logger: parts.logger
        )
    }

    /// Whoever was removed keeps nothing of the cluster.
    private func forget() throws {
        for name in ["identity.json", "last-good.json", "secrets.json", "opaque-tokens.json", "draining"] {
            try Joining.remove("\(folder)/\(name)")
        }
        parts.logger.notice("everything of the cluster is forgotten", metadata: ["folder": "\(folder)"])
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
