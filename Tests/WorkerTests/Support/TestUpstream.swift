import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server in the place of the controller's API. What it does with a request, the path says.
final class TestUpstream: Sendable {
    struct Seen: Sendable {
        let head: HTTPRequestHead
        let bodyBytes: Int
    }

    private let channel: any Channel
    private let record: Shared

    static func with(_ body: (TestUpstream) async throws -> Void) async throws {
        let upstream = try await TestUpstream()
        do {
            try await body(upstream)
        } catch {
            try await upstream.channel.close()
            throw error
        }
        try await upstream.channel.close()
    }

    private init() async throws {
        let shared = Shared()
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Handler(shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        record = shared
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var seen: [Seen] { record.state.withLock { $0.seen } }
    /// Watches that the other side has closed.
    var closedWatches: Int { record.state.withLock { $0.closed } }

    private final class Shared: Sendable {
        let state = Mutex<(seen: [Seen], closed: Int)>(([], 0))
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let shared: Shared
        private var head: HTTPRequestHead?
        private var bodyBytes = 0
        private var isWatch = false

        init(_ shared: Shared) { self.shared = shared }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, bodyBytes) = (head, 0)
            case .body(let bytes): bodyBytes += bytes.readableBytes
            case .end:
                guard let head else { return }
                shared.state.withLock { $0.seen.append(Seen(head: head, bodyBytes: bodyBytes)) }
                answer(head, context)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if isWatch { shared.state.withLock { $0.closed += 1 } }
            context.fireChannelInactive()
        }

        private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
            let headers: HTTPHeaders = ["Content-Type": "application/json", "Set-Cookie": "a=b", "Audit-Id": "7"]
            let begin = { (more: HTTPHeaders) in
                var all = headers
                all.add(contentsOf: more)
                context.write(
                    self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .accepted, headers: all))),
                    promise: nil
                )
            }
            let say = { (text: String) in
                context.writeAndFlush(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            }
            switch head.uri.prefix(while: { $0 != "?" }) {
            case "/api/none": context.close(promise: nil)
            case "/api/cut":
                begin(["Content-Length": "100"])
                say("ten bytes.")
                context.close(promise: nil)
            case "/api/watch":
                isWatch = true
                begin([:])
                say("first\n")
            default:
                begin([:])
                say("hello ")
                say("world")
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
