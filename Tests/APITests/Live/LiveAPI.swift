import Certificates
import Client
import Foundation
import Listening
import Logging
import Schema
import ServiceLifecycle
import Store
import Synchronization
import Testing
import Web

@testable import API

/// A real listener with real certificates, for as long as a test's closure runs.
struct LiveAPI: Sendable {
    let folder: URL
    let certificates: ClusterCertificates
    let address: ListenAddress
    let group: ServiceGroup

    var kubeconfig: String { folder.appending(path: "admin.kubeconfig").path }

    static func with(_ body: @escaping @Sendable (LiveAPI) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-live-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificates = try ClusterCertificates.open(dataFolder: folder.path, now: Date())
        try certificates.equip(.worker(name: "worker-0"), folder: folder.appending(path: "worker-0").path, now: Date())
        let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
        let server = try server(folder, certificates) { continuation.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            let address = try #require(await addresses.first { _ in true })
            let api = LiveAPI(folder: folder, certificates: certificates, address: address, group: group)
            try AdministratorKubeconfig(path: api.kubeconfig).ensure(server: "https://\(address)", certificates: certificates)
            do {
                try await api.seed()
                try await body(api)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func administrator() throws -> ClientConfiguration {
        let files = certificates.administrator
        return try configuration(certificate: files.certificatePath, key: files.keyPath)
    }

    func worker() throws -> ClientConfiguration {
        let own = folder.appending(path: "worker-0")
        return try configuration(
            certificate: own.appending(path: "client.crt").path,
            key: own.appending(path: "client.key").path
        )
    }

    func configuration(certificate: String, key: String) throws -> ClientConfiguration {
        try ClientConfiguration(
            server: "https://\(address)",
            certificateAuthority: folder.appending(path: "pki/ca.crt").path,
            clientCertificate: certificate,
            clientKey: key,
            userAgent: "test"
        )
    }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private static func server(
        _ folder: URL,
        _ certificates: ClusterCertificates,
        onListening: @escaping @Sendable (ListenAddress) -> Void
    ) throws -> APIServer {
        let store = try SQLiteStore.open(path: folder.appending(path: "postern.db").path, key: .random(), logger: quiet)
        let catalog = try ResourceCatalog.builtIn()
        let read = { (path: String) in [UInt8](try Data(contentsOf: URL(filePath: path))) }
        let tls = try ServerTLS(
            certificateChain: read(certificates.controller.certificatePath),
            privateKey: read(certificates.controller.keyPath),
            clients: .required(authority: Array(certificates.authority.pem.utf8))
        )
        return APIServer(
            store: store,
            catalog: catalog,
            admission: Admission(catalog: catalog),
            tls: tls,
            address: ListenAddress(host: "127.0.0.1", port: 0),
            version: "0.0.0",
            logger: quiet,
            onListening: onListening
        )
    }

    private func seed() async throws {
        try await ControllerClient.with(administrator()) { client in
            for name in ["openshift-config", "default"] {
                _ = try await client.create(ResourcePath(raw: "/api/v1/namespaces"), TestAPI.namespace(name))
            }
            _ = try await client.create(ResourcePath(raw: TestAPI.authentications), TestAPI.authentication)
        }
    }
}
