import Certificates
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The issuer of a case whose keys must be fetched: a real HTTPS server that answers the case's `routes`.
struct CaseServer {
    /// `https://127.0.0.1:` and the port.
    let url: String
    /// The authority that signed the server's certificate, as PEM.
    let certificateAuthority: String

    /// Runs a server for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - routes: what is answered by which path: `status`, `headers` and `body`.
    ///   - name: the URL that the answers give for this server.
    static func with<Result>(
        routes: JSONValue,
        named name: String,
        body: (CaseServer) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                print("\(folder) is left behind: \(error)")
            }
        }
        let authority = try CertificateAuthority.open(folder: folder, now: Date())
        let channel = try await listen(try context(authority), routes, name)
        let server = CaseServer(url: Self.url(of: channel), certificateAuthority: authority.pem)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private static func context(_ authority: CertificateAuthority) throws -> NIOSSLContext {
        let request = CertificateRequest(commonName: "conformance", use: .server(names: ["127.0.0.1"]))
        let issued = try authority.issue(request, now: Date())
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem))
            )
        )
    }

    private static func listen(
        _ context: NIOSSLContext,
        _ routes: JSONValue,
        _ name: String
    ) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Routes(routes, name))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    fileprivate static func url(of channel: any Channel) -> String { "https://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
}

private final class Routes: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let routes: JSONValue
    private let name: String
    private var path = ""

    init(_ routes: JSONValue, _ name: String) { (self.routes, self.name) = (routes, name) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): path = head.uri
        case .body: break
        case .end: answer(routes[path], context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ route: JSONValue?, _ context: ChannelHandlerContext) {
        let text = (route?["body"]?.stringValue ?? "").replacing(name, with: CaseServer.url(of: context.channel))
        let body = ByteBuffer(string: text)
        let status = route.map { Int($0["status"]?.integerValue ?? 200) } ?? 404
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        for (name, value) in route?["headers"]?.objectValue ?? [:] {
            head.headers.add(name: name, value: value.stringValue ?? "")
        }
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
