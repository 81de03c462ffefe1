import AsyncHTTPClient
import Atomics
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL

/// HTTPS with our bounds: one deadline over the whole exchange, a size limit, no redirects, no silent retries.
///
/// It must be shut down before the last copy goes away; `with` does that.
package struct HTTPTransport: Sendable {
    package struct Request: Sendable {
        package var method: String
        package var url: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]?

        package init(method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
        }
    }

    package struct Reply: Sendable {
        package let status: Int
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]

        package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// The first header of this name, whatever its case.
        package func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

        package func headers(named name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    private let current: ManagedAtomic<Connections>
    private let settings: Settings
    /// For error texts.
    private let server: String
    private let serverName: ServerName?

    /// For a client of the API.
    init(_ configuration: ClientConfiguration, credential: ClientConfiguration.Credential) throws {
        try self.init(
            server: configuration.server,
            trust: configuration.trust,
            credential: credential,
            quietLimit: configuration.watchTimeout + .seconds(30),
            serverName: try configuration.serverName.map { try ServerName($0, server: configuration.server) }
        )
    }

    /// - Parameters:
    ///   - quietLimit: how long a connection may be silent within an answer; a watch ends by it.
    ///   - connections: how many requests may be on their way at once. Watches each keep a connection, so the usual eight would soon
    ///     be taken.
    package init(
        server: String,
        trust: ClientConfiguration.Trust,
        credential: ClientConfiguration.Credential = .none,
        quietLimit: Duration = .seconds(60),
        connections: Int = 64,
        serverName: ServerName? = nil
    ) throws {
        self.server = server
        self.serverName = serverName
        settings = Settings(trust: trust, quietLimit: quietLimit, connections: connections)
        current = ManagedAtomic(Connections(try Self.client(credential, settings, serverName)))
    }

    /// What connections are made with, whatever is shown to the server.
    private struct Settings: Sendable {
        let trust: ClientConfiguration.Trust
        let quietLimit: Duration
        let connections: Int
    }

    private static func client(
        _ credential: ClientConfiguration.Credential,
        _ settings: Settings,
        _ serverName: ServerName?
    ) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = try tls(settings.trust, credential)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(10), read: TimeAmount(settings.quietLimit))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connections
        // The default answers a refused certificate only after the whole connect timeout.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let serverName { configuration.dnsOverride = [serverName.name: serverName.host] }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// From now on shows this credential. What is on its way goes on with the earlier one, until the returned connections are shut down.
    package func renew(_ credential: ClientConfiguration.Credential) throws -> RetiredConnections {
        let next = Connections(try Self.client(credential, settings, serverName))
        return RetiredConnections(client: current.exchange(next, ordering: .acquiringAndReleasing).client)
    }

    package func shutdown() async {
        // The only thing it can report is that it was shut down already, which is what we want.
        try? await client.shutdown()
    }

    private var client: HTTPClient { current.load(ordering: .acquiring).client }

    /// Sends one request and takes its whole answer, whatever its status.
    package func send(_ request: Request, timeout: Duration, limit: Int) async throws -> Reply {
        try await withThrowingTaskGroup(of: Reply.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await exchange(request, timeout: timeout, limit: limit) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw TransportFailure(
                    reason: .timedOut,
                    server: server,
                    detail: "it took longer than \(timeout.components.seconds) s"
                )
            }
            guard let reply = try await group.next() else { throw CancellationError() }
            return reply
        }
    }

    /// Sends one request and hands over its answer while it arrives. The deadline covers the time to the answer's head.
    func stream(_ request: Request, timeout: Duration) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(
                try (serverName?.named(request) ?? request).outgoing(),
                timeout: TimeAmount(timeout)
            )
        } catch {
            throw failure(error)
        }
    }

    func collect(_ response: HTTPClientResponse, limit: Int) async throws -> Reply {
        do {
            let body = try await response.body.collect(upTo: limit)
            return Reply(
                status: Int(response.status.code),
                headers: response.headers.map { ($0.name, $0.value) },
                body: [UInt8](body.readableBytesView)
            )
        } catch is NIOTooManyBytesError {
            throw TransportFailure(reason: .tooLarge, server: server, detail: "more than \(limit) bytes")
        } catch {
            throw failure(error)
        }
    }

    /// A stop asked for by us stays what it is; all else becomes a sentence about the server.
    package func failure(_ error: any Error) -> any Error {
        if error is CancellationError || Task.isCancelled { return CancellationError() }
        if let error = error as? HTTPClientError, error == .invalidURL || error == .emptyHost || error == .emptyScheme {
            return TransportFailure(reason: .badAddress, server: server, detail: "it must look like https://HOST:PORT")
        }
        return TransportFailure(error, server: server)
    }

    private func exchange(_ request: Request, timeout: Duration, limit: Int) async throws -> Reply {
        try await collect(try await stream(request, timeout: timeout), limit: limit)
    }

    private static func tls(
        _ trust: ClientConfiguration.Trust,
        _ credential: ClientConfiguration.Credential
    ) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        switch trust {
        case .system: break
        case .roots(let pem): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(pem))
        case .anyone: tls.certificateVerification = .none
        }
        if case .certificate(let chain, let key) = credential {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key.bytes, format: .pem))
        }
        return tls
    }
}

/// Connections that show a credential which has been renewed. They must be shut down.
package struct RetiredConnections: Sendable {
    fileprivate let client: HTTPClient

    package func shutdown() async {
        // The only thing it can report is that it was shut down already, which is what we want.
        try? await client.shutdown()
    }
}

/// The connections of a transport at one time.
private final class Connections: AtomicReference, Sendable {
    let client: HTTPClient
    init(_ client: HTTPClient) { self.client = client }
}

extension HTTPTransport.Request {
    fileprivate func outgoing() throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }
}
