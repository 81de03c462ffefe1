import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A small HTTPS server with a table of answers.
struct TestProvider {
    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ""
        /// The head is sent, and the body never ends.
        var hangs = false
    }

    let port: Int
    private let channel: any Channel

    var url: String { "https://127.0.0.1:\(port)" }

    /// Runs a provider for as long as `body` takes. `answers` gets the provider's own URL.
    static func with(
        certificate: (certificatePEM: String, keyPEM: String),
        answers: @escaping @Sendable (_ url: String) -> [String: Answer],
        body: (TestProvider) async throws -> Void
    ) async throws {
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem))
        )
        let context = try NIOSSLContext(configuration: tls)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answers: answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let provider = TestProvider(port: channel.localAddress?.port ?? 0, channel: channel)
        do {
            try await body(provider)
            try await channel.close()
        } catch {
            try await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let answers: @Sendable (String) -> [String: Answer]
        private var path = ""

        init(answers: @escaping @Sendable (String) -> [String: Answer]) { self.answers = answers }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): path = head.uri
            case .body: break
            case .end: answer(context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func answer(_ context: ChannelHandlerContext) {
            let url = "https://127.0.0.1:\(context.channel.localAddress?.port ?? 0)"
            let answer = answers(url)[path] ?? Answer(status: 404)
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
            if answer.hangs { return context.flush() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
