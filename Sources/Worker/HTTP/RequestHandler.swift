import Listening
import NIOCore
import NIOHTTP1
import NIOSSL

/// Told to a connection when the worker stops: finish what is in progress, then close.
struct DrainEvent: Sendable {}

/// The last handler of a connection: gathers one request, has it answered at once on the event loop, and writes the answer.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case receiving(HTTPRequestHead, body: ByteBuffer)
        /// The last answer was given; what still arrives is thrown away until the connection is closed.
        case closing
    }

    private let answer: @Sendable (WorkerRequest) -> WorkerResponse
    private var state = State.idle
    private var isDraining = false
    private var address: IPAddress?
    /// Read from TLS with the first request, for the handshake is over then.
    private var certificate: CertificateSubject?
    private var knowsCertificate = false
    private var lastActivity = NIODeadline.now()

    init(answer: @escaping @Sendable (WorkerRequest) -> WorkerResponse) { self.answer = answer }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        address = context.remoteAddress.flatMap { IPAddress($0) }
        lastActivity = .now()
        watchIdleness(context, after: HTTPLimits.idle)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DrainEvent else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        if case .idle = state { closeLater(context, after: HTTPLimits.idleWhileDraining) }
    }

    /// TLS and HTTP errors end the connection; the peer's mistakes are no news for our log.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func watchIdleness(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard channel.isActive else { return }
            let rest = self.lastActivity + HTTPLimits.idle - .now()
            if rest > .nanoseconds(0) { self.watchIdleness(context, after: rest) } else { channel.close(promise: nil) }
        }
    }

    private func closeLater(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if case .idle = self.state { channel.close(promise: nil) }
        }
    }

    // MARK: A request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): receive(head, context)
        case (.body(let bytes), .receiving(let head, var body)):
            guard body.readableBytes + bytes.readableBytes <= HTTPLimits.bodyBytes else {
                return respond(.tooLarge, to: head, context, closing: true)
            }
            // Without this the buffer would be held twice while it grows, and copied each time.
            state = .closing
            body.writeImmutableBuffer(bytes)
            state = .receiving(head, body: body)
        case (.end, .receiving(let head, let body)):
            let request = request(head, body, context)
            respond(answer(request), to: head, context)
        default: break
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > HTTPLimits.bodyBytes {
            return respond(.tooLarge, to: head, context, closing: true)
        }
        state = .receiving(head, body: ByteBuffer())
    }

    private func request(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) -> WorkerRequest {
        if !knowsCertificate {
            knowsCertificate = true
            certificate = Self.certificate(context)
        }
        return WorkerRequest(
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body: Array(body.readableBytesView),
            address: address,
            certificate: certificate
        )
    }

    /// nil without TLS (only tests have that), without a certificate, or if it names nobody: such a sender is anonymous.
    private static func certificate(_ context: ChannelHandlerContext) -> CertificateSubject? {
        guard let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            let der = try? certificate.toDERBytes()
        else { return nil }
        return try? CertificateSubject(der: der)
    }

    // MARK: Its answer

    private func respond(
        _ response: WorkerResponse,
        to request: HTTPRequestHead,
        _ context: ChannelHandlerContext,
        closing mustClose: Bool = false
    ) {
        let closes = mustClose || isDraining || !request.isKeepAlive
        var head = HTTPResponseHead(version: request.version, status: response.status, headers: response.headers)
        head.headers.add(name: "Content-Length", value: String(response.body.count))
        if closes {
            head.headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        lastActivity = .now()
        state = closes ? .closing : .idle
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, !response.body.isEmpty {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body)))),
                promise: nil
            )
        }
        guard closes else { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}
