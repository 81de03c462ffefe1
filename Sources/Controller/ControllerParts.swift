import API
import Certificates
import Client
import Discovery
import Foundation
import IntegratedOAuth
import JSON
import Listening
import Logging
import Reconcile
import Schema
import ServiceLifecycle
import Store
import Supervision
import UnixSignals
import Web

/// The controller's services and what they share, put together in one place.
struct ControllerParts: Sendable {
    private let folder: DataFolder
    private let settings: ControllerSettings
    private let logger: Logger
    let store: SQLiteStore
    private let catalog: ResourceCatalog
    private let certificates: ClusterCertificates
    private let isFirstStart: Bool
    private let audit: AuditLog

    private static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

    /// Everything that must be there before anybody is served: keys, store, certificates, objects. Doing it again changes nothing.
    static func prepare(folder: DataFolder, settings: ControllerSettings, logger: Logger) async throws -> ControllerParts {
        let audit = try settings.audit.open(defaultPath: folder.auditLog, logger: logger)
        let isFirstStart = !FileManager.default.fileExists(atPath: folder.database)
        let keys = try EncryptionKeyFile.loadOrCreate(at: folder.encryptionKey)
        guard let key = keys.keys.first else {
            throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: folder.encryptionKey])
        }
        let store = try SQLiteStore.open(
            path: folder.database,
            key: key,
            previousKeys: Array(keys.keys.dropFirst()),
            logger: logger
        )
        // After this the older lines of the key file are no longer needed.
        _ = try await store.sealAgain()
        let catalog = try ResourceCatalog.builtIn()
        let certificates = try ClusterCertificates.open(dataFolder: folder.path, hosts: settings.hosts, now: Date())
        try await InitialObjects(store: store, catalog: catalog).ensure(settings, now: now())
        let parts = ControllerParts(
            folder: folder,
            settings: settings,
            logger: logger,
            store: store,
            catalog: catalog,
            certificates: certificates,
            isFirstStart: isFirstStart,
            audit: audit
        )
        if settings.runsProcesses { try parts.processes.equip(certificates, now: Date()) }
        return parts
    }

    /// Serves until SIGTERM or SIGINT; then the processes are stopped first, and the store is closed last.
    func run() async throws {
        let transport = try toWorkers()
        do {
            try await serve(transport)
        } catch {
            await transport.shutdown()
            try store.close()
            throw error
        }
        await transport.shutdown()
        try store.close()
    }

    private func serve(_ transport: HTTPTransport) async throws {
        let providers = ProviderConnections()
        let reconciler = try reconciler(providers.source)
        let (opening, listening) = AsyncStream<Never>.makeStream()
        let breakGlass = try breakGlassLoop()
        let selfTest = BreakGlassSelfTest(certificates: certificates, now: Self.now) { breakGlass.record($0) }
        let reviews = WorkerTokenReviews(store: store, transport: transport, logger: logger).reviews
        var services: [any Service] = [
            audit, providers, breakGlass, workerTokens,
            try apiServer(reviews, trial(providers.source), selfTest, breakGlass) { listening.finish() }, reconciler, selfTest,
        ]
        if let manifests = settings.manifests { services.append(manifestDirectory(manifests)) }
        if settings.runsProcesses {
            services.append(try processFleet(opening, reconciler))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }

    // MARK: - Services

    /// Connections on which workers are asked about tokens.
    private func toWorkers() throws -> HTTPTransport {
        func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }
        let files = certificates.reviewer
        return try HTTPTransport(
            server: "the workers",
            trust: .roots(pem: Array(certificates.authority.pem.utf8)),
            credential: .certificate(
                chain: bytes(files.certificatePath),
                key: ClientConfiguration.SecretBytes(bytes(files.keyPath))
            )
        )
    }

    private var processes: OwnedProcesses { OwnedProcesses(folder: folder, settings: settings, logger: logger) }

    private func apiServer(
        _ tokenReviews: TokenReviews,
        _ trial: DryRunTrial,
        _ selfTest: BreakGlassSelfTest,
        _ breakGlass: BreakGlassLoop,
        onListening: @escaping @Sendable () -> Void
    ) throws -> APIServer {
        func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }
        let welcome = WelcomeScreen(folder: folder, settings: settings, isFirstStart: isFirstStart)
        let kubeconfig = AdministratorKubeconfig(path: folder.kubeconfig)
        let (certificates, logger, settings) = (certificates, logger, settings)
        return APIServer(
            store: store,
            catalog: catalog,
            admission: Admission(catalog: catalog),
            tls: try ServerTLS(
                certificateChain: bytes(certificates.controller.certificatePath),
                privateKey: bytes(certificates.controller.keyPath),
                clients: .required(authority: Array(certificates.authority.pem.utf8))
            ),
            address: settings.apiAddress,
            version: ControllerVersion.text,
            audit: audit,
            trials: [trial],
            tokenReviews: tokenReviews,
            workerCertificates: workerCertificates,
            breakGlass: BreakGlassObservers(
                onUse: { breakGlass.record(CertificateUse($0)) },
                isSelfTest: { selfTest.isOwn($0) }
            ),
            logger: logger,
            onListening: { address in
                selfTest.isListening(at: address)
                do {
                    try kubeconfig.ensure(server: settings.clientURL(port: address.port), certificates: certificates)
                } catch {
                    logger.error("admin.kubeconfig cannot be written", metadata: ["error": "\(error)"])
                }
                print("listening on https://\(address)\n\(welcome.text)", terminator: "")
                fflush(nil)
                onListening()
            }
        )
    }

    private var workerTokens: WorkerTokenLoop {
        WorkerTokenLoop(store: store, catalog: catalog, authority: certificates.authority, now: Self.now, logger: logger)
    }

    private var workerCertificates: WorkerCertificates {
        let admission = WorkerAdmission(
            store: store,
            catalog: catalog,
            authority: certificates.authority,
            lifetimes: .init(client: TimeInterval(settings.workerCertificateSeconds)),
            now: Self.now,
            logger: logger
        )
        return WorkerCertificates { spec, asker in
            try await admission.certify(
                spec,
                for: .init(username: asker.username, serialNumber: asker.serialNumber, address: asker.address)
            )
        }
    }

    private func breakGlassLoop() throws -> BreakGlassLoop {
        let files = certificates.administrator
        return BreakGlassLoop(
            store: store,
            catalog: catalog,
            authority: certificates.authority,
            bootstrap: try CertificateFacts(pem: try String(contentsOfFile: files.certificatePath, encoding: .utf8)),
            now: Self.now,
            logger: logger
        )
    }

    /// Dry runs of the configuration ask its providers.
    private func trial(_ source: HTTPSProviderSource) -> DryRunTrial {
        let trial = ConfigurationTrial(store: store, providers: source, now: Self.now)
        return DryRunTrial(ResourceName(group: "config.openshift.io", plural: "authentications")) {
            await trial.sentences(about: $0)
        }
    }

    private func reconciler(_ source: HTTPSProviderSource) throws -> ReconcileLoop {
        let metadata = AuthorizationServerMetadata(issuer: settings.oauthURL).document
        let record = "\(folder.oauthServer)/process.json"
        return ReconcileLoop(
            store: store,
            catalog: catalog,
            providers: source,
            signer: try certificates.snapshotSigner(),
            options: .init(oauthMetadata: JSONWriter.text(of: metadata), version: ControllerVersion.text),
            isOAuthServerReady: { Self.isRunning(record) },
            now: Self.now,
            logger: logger
        )
    }

    /// Whether the process that wrote the record lives. It is written once the process answers.
    private static func isRunning(_ record: String) -> Bool {
        ProcessRecord.read(record).map { ProcessRecord.startTicks(of: $0.pid) == $0.startTicks } ?? false
    }

    private func manifestDirectory(_ path: String) -> ManifestDirectory {
        ManifestDirectory(folder: path, store: store, catalog: catalog, admission: Admission(catalog: catalog), logger: logger)
    }

    private func processFleet(_ opening: AsyncStream<Never>, _ reconciler: ReconcileLoop) throws -> ProcessFleet {
        let outage = NodeOutage(store: store, catalog: catalog, logger: logger, now: Self.now)
        let workers = try processes.workers().map { program in
            ProcessSupervisor(
                program,
                logger: logger,
                onExit: { how in
                    await outage.record(worker: program.name, how: how, log: program.log)
                }
            )
        }
        let program = try processes.oauthServer()
        // Until the first decision what runs goes on running, and nothing is started.
        let wasRunning = Self.isRunning(program.record)
        let demand = reconciler.oauthServer
        let former = try processes.formerWorkers().map { ProcessSupervisor($0, logger: logger, isWanted: { false }) }
        let reports = WorkerReports(store: store, logger: logger)
        return ProcessFleet(
            opening: opening,
            workers: workers,
            others: former + [ProcessSupervisor(program, logger: logger, isWanted: { demand.isWanted ?? wasRunning })],
            logger: logger,
            answers: { worker, pid in await reports.has(pid, of: worker) }
        )
    }
}

extension CertificateUse {
    fileprivate init(_ use: BreakGlassUse) {
        self.init(
            certificate: use.certificate,
            serialNumber: use.serialNumber,
            address: use.address,
            userAgent: use.userAgent
        )
    }
}
