import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A small HTTPS server with a table of answers.
struct TestProvider {
    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ""
        /// The head is sent, and the body never ends.
        var hangs = false
        /// Answers 400 to a body without this.
        var refusesUnless: String?
    }

    /// What a provider was asked.
    final class Record: Sendable {
        struct Request: Sendable {
            let method: String
            let path: String
            let authorization: String?
            let body: String
        }

        private let requests = Mutex<[Request]>([])
        func add(_ request: Request) { requests.withLock { $0.append(request) } }
        var all: [Request] { requests.withLock { $0 } }
    }

    let port: Int
    private let channel: any Channel

    var url: String { "https://127.0.0.1:\(port)" }

    /// Runs a provider for as long as `body` takes. `answers` gets the provider's own URL.
    static func with(
        certificate: (certificatePEM: String, keyPEM: String),
        answers: @escaping @Sendable (_ url: String) -> [String: Answer],
        record: Record = Record(),
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
                    try channel.pipeline.syncOperations.addHandler(Handler(answers: answers, record: record))
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
        let record: Record
        private var head: HTTPRequestHead?
        private var body = ""

        init(answers: @escaping @Sendable (String) -> [String: Answer], record: Record) {
            self.answers = answers
            self.record = record
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, "")
            case .body(let bytes): body += String(buffer: bytes)
            case .end: answer(context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func answer(_ context: ChannelHandlerContext) {
            let url = "https://127.0.0.1:\(context.channel.localAddress?.port ?? 0)"
            let path = head?.uri ?? ""
            record.add(
                Record.Request(
                    method: head?.method.rawValue ?? "",
                    path: path,
                    authorization: head?.headers.first(name: "Authorization"),
                    body: body
                )
            )
            var answer = answers(url)[path] ?? Answer(status: 404)
            if let wanted = answer.refusesUnless, !body.contains(wanted) { answer = Answer(status: 400) }
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
            if answer.hangs { return context.flush() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
