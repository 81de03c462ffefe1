import Listening
import NIOCore
import NIOHTTP1
import NIOSSL

/// Told to a connection when the worker stops: finish what is in progress, then close.
struct DrainEvent: Sendable {}

/// The last handler of a connection: gathers one request, has it answered on the event loop, and writes the answer as bytes.
///
/// Answers go out in the order of the requests. While one is waited for, nothing more is read.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What becomes of a request when it is complete.
    enum Purpose {
        case answer
        /// It goes on to the API with these headers, which tell the user.
        case relay(HTTPHeaders)
        /// This is said whatever it holds.
        case refusal(WorkerResponse)

        var bodyLimit: Int { if case .relay = self { HTTPLimits.relayedBodyBytes } else { HTTPLimits.bodyBytes } }
    }

    enum State {
        case idle
        case receiving(HTTPRequestHead, body: ByteBuffer, Purpose)
        /// An answer is to come.
        case waiting(HTTPRequestHead)
        /// An answer comes piece by piece.
        case relaying(Relaying)
        /// The last answer was given; what still arrives is thrown away until the connection is closed.
        case closing
    }

    private let isLocal: Bool
    private let answer: @Sendable (WorkerRequest) -> WorkerReply
    private let relay: APIRelay?
    var state = State.idle
    private(set) var isDraining = false
    private var address: IPAddress?
    /// Read from TLS with the first request, for the handshake is over then.
    private var certificate: CertificateSubject?
    private var knowsCertificate = false
    var lastActivity = NIODeadline.now()
    /// What came behind a request whose answer is waited for: at most what one read of the socket held.
    private var held: [HTTPServerRequestPart] = []
    private var holdsRead = false
    /// Used again for each answer once the one before has gone out.
    private var output = ByteBuffer()
    private var mustFlush = false

    /// - Parameters:
    ///   - isLocal: the connection came in where local processes may ask without credentials.
    ///   - relay: where requests for the API go; nil: nowhere.
    init(isLocal: Bool = false, relay: APIRelay? = nil, answer: @escaping @Sendable (WorkerRequest) -> WorkerReply) {
        (self.isLocal, self.relay, self.answer) = (isLocal, relay, answer)
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        address = context.remoteAddress.flatMap { IPAddress($0) }
        lastActivity = .now()
        watchIdleness(context, after: HTTPLimits.idle)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DrainEvent else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        switch state {
        case .idle: closeLater(context, after: HTTPLimits.idleWhileDraining)
        // It could go on for hours; whoever watches asks again, at another worker.
        case .relaying(let relaying) where relaying.isWatch: _ = endRelayed(context)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .relaying(let relaying) = state {
            state = .closing
            relaying.over.succeed()
        }
        context.fireChannelInactive()
    }

    /// TLS and HTTP errors end the connection; the peer's mistakes are no news for our log.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, case .idle = state {
            state = .closing
            write(.empty(.badRequest), context, connection: .close, withBody: true)
            context.flush()
        }
        context.close(promise: nil)
    }

    private func watchIdleness(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard channel.isActive else { return }
            let rest = self.lastActivity + HTTPLimits.idle - .now()
            if case .relaying = self.state { return self.watchIdleness(context, after: HTTPLimits.idle) }
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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { take(unwrapInboundIn(data), context) }

    func channelReadComplete(context: ChannelHandlerContext) {
        if mustFlush {
            mustFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if case .waiting = state { holdsRead = true } else { context.read() }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (part, state) {
        case (_, .waiting): held.append(part)
        case (_, .relaying): hold(part, context)
        case (.head(let head), .idle): receive(head, context)
        case (.body(let bytes), .receiving(let head, var body, let purpose)):
            guard body.readableBytes + bytes.readableBytes <= purpose.bodyLimit else {
                return respond(.tooLarge(purpose.bodyLimit), to: head, context, closing: true)
            }
            // Without this the buffer would be held twice while it grows, and copied each time.
            state = .closing
            body.writeImmutableBuffer(bytes)
            state = .receiving(head, body: body, purpose)
        case (.end, .receiving(let head, let body, let purpose)): finish(head, body, purpose, context)
        default: break
        }
    }

    /// While an answer is passed on reads go on, for that is how the connection's end is seen; what comes is kept for later.
    private func hold(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        held.append(part)
        if held.count > Self.heldParts { context.close(promise: nil) }
    }

    private static let heldParts = 64

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard let relay, RelayAdmission.takes(head) else { return receive(head, for: .answer, context) }
        let judge = { (response: WorkerResponse, head: HTTPRequestHead, context: ChannelHandlerContext) in
            self.receive(head, for: response.status == .ok ? .relay(response.fields) : .refusal(response), context)
        }
        switch relay.admission.judge(request(head, ByteBuffer(), context)) {
        case .now(let response): judge(response, head, context)
        case .later(let start): wait(for: start, head, context, then: judge)
        }
    }

    private func receive(_ head: HTTPRequestHead, for purpose: Purpose, _ context: ChannelHandlerContext) {
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > purpose.bodyLimit {
            return respond(.tooLarge(purpose.bodyLimit), to: head, context, closing: true)
        }
        if head.expectsContinue {
            // The body that the sender holds back would change nothing.
            if case .refusal(let response) = purpose { return respond(response, to: head, context, closing: true) }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        state = .receiving(head, body: ByteBuffer(), purpose)
    }

    private func finish(_ head: HTTPRequestHead, _ body: ByteBuffer, _ purpose: Purpose, _ context: ChannelHandlerContext) {
        switch purpose {
        case .answer:
            switch answer(request(head, body, context)) {
            case .now(let response): respond(response, to: head, context)
            case .later(let start): wait(for: start, head, context) { self.respond($0, to: $1, $2) }
            }
        case .relay(let identity): passOn(request(head, body, context), head, identity, context)
        case .refusal(let response): respond(response, to: head, context)
        }
    }

    private func passOn(
        _ request: WorkerRequest,
        _ head: HTTPRequestHead,
        _ identity: HTTPHeaders,
        _ context: ChannelHandlerContext
    ) {
        let relaying = Relaying(head, over: context.eventLoop.makePromise())
        state = .relaying(relaying)
        let answer = RelayedAnswer(self, context, over: relaying.over.futureResult)
        guard relay?.begin(request, identity: identity, answer) != true else { return }
        relaying.over.succeed()
        respond(.tooManyRequests, to: head, context)
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
            certificate: certificate,
            isLocal: isLocal
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

    private func wait(
        for start: (@escaping @Sendable (WorkerResponse) -> Void) -> Void,
        _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext,
        then: @escaping (WorkerResponse, HTTPRequestHead, ChannelHandlerContext) -> Void
    ) {
        state = .waiting(head)
        let promise = context.eventLoop.makePromise(of: WorkerResponse.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.assumeIsolated().whenSuccess { response in
            let context = bound.value
            guard case .waiting(let head) = self.state, context.channel.isActive else { return }
            then(response, head, context)
            self.goOn(context)
        }
        start { promise.succeed($0) }
    }

    /// Takes up what was held back while an answer was waited for.
    func goOn(_ context: ChannelHandlerContext) {
        let parts = held
        held = []
        for part in parts { take(part, context) }
        mustFlush = false
        context.flush()
        if holdsRead, case .waiting = state { return }
        if holdsRead {
            holdsRead = false
            context.read()
        }
    }

    func respond(
        _ response: WorkerResponse,
        to request: HTTPRequestHead,
        _ context: ChannelHandlerContext,
        closing mustClose: Bool = false
    ) {
        let closes = mustClose || isDraining || !request.isKeepAlive
        lastActivity = .now()
        state = closes ? .closing : .idle
        let connection: ByteBuffer.ConnectionField =
            closes ? .close : request.version == .http1_0 ? .keepAlive : .unsaid
        guard closes else {
            write(response, context, connection: connection, withBody: request.method != .HEAD)
            mustFlush = true
            return
        }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        write(response, context, connection: connection, withBody: request.method != .HEAD, promise: written)
        context.flush()
    }

    private func write(
        _ response: WorkerResponse,
        _ context: ChannelHandlerContext,
        connection: ByteBuffer.ConnectionField,
        withBody: Bool,
        promise: EventLoopPromise<Void>? = nil
    ) {
        output.clear()
        output.write(response, connection: connection, withBody: withBody)
        context.write(wrapOutboundOut(output), promise: promise)
    }
}
