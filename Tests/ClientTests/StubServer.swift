import NIOCore
import NIOHTTP1
import NIOPosix

/// A plain HTTP server on a port of the system's choice that answers from a table, for the length of a test.
struct StubServer: Sendable {
    struct Request: Sendable, Hashable {
        let method: String
        let uri: String
        let headers: [String: String]
        let body: String
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var chunks: [String] = []
        /// How the answer ends; `.hangs` keeps the connection open without another byte.
        var ending = Ending.complete

        enum Ending: Sendable { case complete, hangs, breaks }

        static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: headers, chunks: [text])
        }
    }

    let url: String

    /// Serves for as long as `body` runs.
    static func with<Result>(
        _ answer: @escaping @Sendable (Request) -> Answer,
        body: (StubServer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        do {
            let result = try await body(StubServer(url: "http://127.0.0.1:\(port)"))
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private var head: HTTPRequestHead?
        private var body = ""

        init(answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let buffer): body += String(buffer: buffer)
            case .end:
                guard let head else { return }
                let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
                respond(answer(Request(method: head.method.rawValue, uri: head.uri, headers: headers, body: body)), context)
            }
        }

        private func respond(_ answer: Answer, _ context: ChannelHandlerContext) {
            let headers = HTTPHeaders(answer.headers + [("Transfer-Encoding", "chunked")])
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            for chunk in answer.chunks {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: chunk)))), promise: nil)
            }
            switch answer.ending {
            case .complete: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .hangs: context.flush()
            case .breaks:
                context.flush()
                context.close(promise: nil)
            }
        }
    }
}
