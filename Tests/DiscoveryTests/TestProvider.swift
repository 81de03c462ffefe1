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
        /// Sent as it is, in place of everything above, and the connection is closed.
        var raw: String?
        /// After the head one byte follows another, for ever.
        var trickles = false
        /// Given only to a request that has none of these headers; else 304, with the headers above.
        var marks: [(String, String)] = []
        /// Answers 400 to a body without this.
        var refusesUnless: String?
    }

    /// What was asked for, in order.
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: HTTPHeaders
        let body: String

        var authorization: String? { headers.first(name: "Authorization") }
    }

    /// Requests that came, for all connections of one provider.
    final class Journal: Sendable {
        private let requests = Mutex<[Request]>([])
        func add(_ request: Request) { requests.withLock { $0.append(request) } }
        var all: [Request] { requests.withLock { $0 } }
    }

    let port: Int
    let journal: Journal
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
        let journal = Journal()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Door())
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answers: answers, journal: journal))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let provider = TestProvider(port: channel.localAddress?.port ?? 0, journal: journal, channel: channel)
        do {
            try await body(provider)
            try await channel.close()
        } catch {
            try await channel.close()
            throw error
        }
    }

    /// Where bytes go to TLS without passing the HTTP encoder.
    private final class Door: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let answers: @Sendable (String) -> [String: Answer]
        let journal: Journal
        private var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "")
        private var body = ""

        init(answers: @escaping @Sendable (String) -> [String: Answer], journal: Journal) {
            self.answers = answers
            self.journal = journal
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
            journal.add(Request(method: head.method.rawValue, path: head.uri, headers: head.headers, body: body))
            let url = "https://127.0.0.1:\(context.channel.localAddress?.port ?? 0)"
            var answer = answers(url)[head.uri] ?? Answer(status: 404)
            if let wanted = answer.refusesUnless, !body.contains(wanted) { answer = Answer(status: 400) }
            if let raw = answer.raw { return send(raw, context) }
            let isKnown = answer.marks.contains { self.head.headers[$0.0] == [$0.1] }
            let status = isKnown ? 304 : answer.status
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !isKnown { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil) }
            if answer.trickles { return trickle(context) }
            if answer.hangs { return context.flush() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        /// Past the encoder, which would correct it.
        private func send(_ raw: String, _ context: ChannelHandlerContext) {
            do {
                let door = try context.pipeline.syncOperations.context(handlerType: Door.self)
                door.writeAndFlush(NIOAny(ByteBuffer(string: raw)), promise: nil)
                context.close(promise: nil)
            } catch {
                context.fireErrorCaught(error)
            }
        }

        private func trickle(_ context: ChannelHandlerContext) {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: " ")))), promise: nil)
            _ = context.eventLoop.scheduleTask(in: .milliseconds(20)) {
                let (handler, context) = bound.value
                if context.channel.isActive { handler.trickle(context) }
            }
        }
    }
}
