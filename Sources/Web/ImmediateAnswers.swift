import Foundation
import Hummingbird
import Listening
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// Answers requests in front of the web framework where the answer is at hand, and lets all others pass.
///
/// It stands behind `HTTP1Rules`, to which its answers look like the framework's. It never refuses: that is the framework's.
final class ImmediateAnswers: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the client's certificate says, once it is known.
    enum Peer {
        case unread
        case known(CertificateSubject)
        /// Without a certificate, or with one that names nobody: nothing is answered here.
        case nobody
    }

    private let answer: ImmediateAnswer
    private let logger: Logger
    private var peer: Peer
    private var date = HTTPDate()
    /// Requests that the framework has not answered. Answers keep the order of the requests, so all that follow are its own, too.
    private var passedOn = 0
    /// The request that is being read is answered at its end.
    private var current: (head: HTTPRequestHead, request: BodilessRequest, body: [UInt8])?
    private var mustFlush = false

    /// - Parameter peer: tests play a client with a certificate.
    init(_ answer: @escaping ImmediateAnswer, peer: Peer = .unread, logger: Logger) {
        (self.answer, self.peer, self.logger) = (answer, peer, logger)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let found = find(head, context) {
                current = found
            } else {
                passedOn += 1
                context.fireChannelRead(data)
            }
        case .body: context.fireChannelRead(data)
        case .end:
            guard let (head, request, body) = current.take() else { return context.fireChannelRead(data) }
            write(body, to: request, head, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if mustFlush {
            mustFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { passedOn = max(0, passedOn - 1) }
        context.write(data, promise: promise)
    }

    // MARK: - One request

    /// A client that does not read its answers is left to the framework, which then stops reading its requests.
    private func find(
        _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) -> (HTTPRequestHead, BodilessRequest, [UInt8])? {
        guard passedOn == 0, head.method == .GET, !head.uri.utf8.contains(UInt8(ascii: "?")), context.channel.isWritable,
            !head.headers.contains(name: "Content-Length"), !head.headers.contains(name: "Transfer-Encoding"),
            case .known(let certificate) = identify(context)
        else { return nil }
        let request = BodilessRequest(
            path: head.uri,
            headers: head.headers,
            certificate: certificate,
            address: context.remoteAddress?.ipAddress,
            id: head.headers.first(name: "X-Request-Id").flatMap(RequestIDMiddleware.harmless) ?? RequestID().description
        )
        return answer(request).map { (head, request, $0) }
    }

    /// The certificate is known when the handshake is over, and that it is with the first request.
    private func identify(_ context: ChannelHandlerContext) -> Peer {
        guard case .unread = peer else { return peer }
        peer = .nobody
        do {
            guard let certificate = try context.channel.pipeline.syncOperations.nioSSL_peerCertificate() else { return peer }
            peer = .known(try CertificateSubject(der: try certificate.toDERBytes()))
        } catch {
            // The ordinary way meets the same, and tells it.
        }
        return peer
    }

    private func write(
        _ body: [UInt8],
        to request: BodilessRequest,
        _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        let fields: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-cache, private", "X-Request-Id": request.id,
            "Audit-Id": request.id, "Date": date.text(), "Content-Length": String(body.count),
        ]
        let answer = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        mustFlush = true
        logger.debug(
            "request answered",
            metadata: [
                "request": .string(request.id), "method": "GET", "path": .string(String(request.path.prefix(256))),
                "code": "200",
            ]
        )
    }
}
