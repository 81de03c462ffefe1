import AsyncHTTPClient
import Atomics
import Certificates
import Foundation
import Listening
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle
import Testing

@testable import Worker

/// A worker's listener on a port of its own, with certificates of its own.
struct TestListener: Sendable {
    let port: Int
    /// Where local processes may ask without credentials.
    let localPort: Int
    let pki: TestPKI
    let group: ServiceGroup
    /// Makes the listener stop and returns when it has.
    let stop: @Sendable () async throws -> Void

    var url: String { "https://127.0.0.1:\(port)" }

    /// Runs a listener for as long as `body` takes, and stops it gracefully.
    static func with(
        _ live: LiveState,
        drain: Duration = .seconds(5),
        access: EndpointAccess? = nil,
        relay: @Sendable (TokenJudge) -> APIRelay? = { _ in nil },
        body: @Sendable (TestListener) async throws -> Void
    ) async throws {
        let pki = try TestPKI()
        defer { pki.remove() }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let localPort = ManagedAtomic(0)
        let listener = try WorkerListener(
            state: live,
            address: ListenAddress(host: "127.0.0.1", port: 0),
            tls: ServingContext(ServingFiles(folder: pki.worker).context()),
            access: try access ?? EndpointAccess(forwardAuthFrom: #require(AddressList("127.0.0.0/8"))),
            drain: drain,
            logger: logger,
            relay: relay,
            onListening: { port.yield($0) },
            onListeningLocally: { localPort.store($0, ordering: .relaxed) },
            now: { TestProvider.now }
        )
        let group = ServiceGroup(services: [listener], logger: logger)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    port.finish()
                    ended.finish()
                }
                try await group.run()
            }
            guard let port = await ports.first(where: { _ in true }) else { throw NotListening() }
            let local = localPort.load(ordering: .relaxed)
            let test = TestListener(port: port, localPort: local, pki: pki, group: group) {
                await group.triggerGracefulShutdown()
                for await _ in ends {}
            }
            do {
                try await body(test)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    struct NotListening: Error {}

    /// Runs `body` with a client that shows this certificate.
    func withClient<Result: Sendable>(
        certificate: (chain: String, key: String)? = nil,
        body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pki.authorityPEM.utf8)))
        if let certificate {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.chain.utf8)).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    func get(_ path: String, token: String? = nil, by client: HTTPClient) async throws -> (status: Int, headers: HTTPHeaders) {
        var request = HTTPClientRequest(url: url + path)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await client.execute(request, timeout: .seconds(10))
        _ = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), response.headers)
    }
}

/// An authority, a worker's folder, and client certificates.
struct TestPKI: Sendable {
    private let folder: String
    private let certificates: ClusterCertificates

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "worker-tests-\(UUID().uuidString)").path()
        certificates = try ClusterCertificates.open(dataFolder: folder, now: Date())
        try certificates.equip(.worker(name: "worker-0"), folder: "\(folder)/worker-0", now: Date())
    }

    var worker: String { "\(folder)/worker-0" }
    var authorityPEM: String { certificates.authority.pem }

    func client(_ name: String, _ organizations: [String] = []) throws -> (chain: String, key: String) {
        let issued = try certificates.authority.issue(
            CertificateRequest(commonName: name, organizations: organizations, use: .client),
            now: Date()
        )
        return (issued.certificatePEM, issued.keyPEM)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
