import NIOCore
import NIOHTTP1

/// An answer that is passed on while it arrives.
struct Relaying {
    let head: HTTPRequestHead
    /// Succeeds when the answer has ended, however.
    let over: EventLoopPromise<Void>
    /// nil until the head of the answer has been written.
    var framing: Framing?

    init(_ head: HTTPRequestHead, over: EventLoopPromise<Void>) { (self.head, self.over) = (head, over) }

    /// How the client sees the end of the body.
    enum Framing {
        /// RFC 9112 section 7.1
        case chunks
        /// The connection's end, for clients of HTTP/1.0.
        case close
        case noBody
    }

    var isWatch: Bool {
        let query = head.uri.drop { $0 != "?" }.dropFirst()
        return query.split(separator: "&").contains { $0 == "watch=true" || $0 == "watch=1" || $0 == "watch" }
    }
}

/// What the relay does on the connection; all of it on the event loop.
extension RequestHandler {
    func beginRelayed(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ context: ChannelHandlerContext)
        -> EventLoopFuture<Void>
    {
        guard case .relaying(var relaying) = state, relaying.framing == nil else { return gone(context) }
        let framing = Self.framing(of: status, to: relaying.head)
        relaying.framing = framing
        state = .relaying(relaying)
        var headers = headers
        switch framing {
        case .chunks: headers.add(name: "Transfer-Encoding", value: "chunked")
        case .close: headers.add(name: "Connection", value: "close")
        case .noBody: break
        }
        var buffer = context.channel.allocator.buffer(capacity: 1_024)
        buffer.writeHead(status, headers)
        buffer.writeStaticString("\r\n")
        return context.writeAndFlush(wrapOutboundOut(buffer))
    }

    func addRelayed(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        guard case .relaying(let relaying) = state, let framing = relaying.framing else { return gone(context) }
        guard bytes.readableBytes > 0, framing != .noBody else { return context.eventLoop.makeSucceededVoidFuture() }
        var buffer = context.channel.allocator.buffer(capacity: bytes.readableBytes + 16)
        if framing == .chunks { buffer.writeString(String(bytes.readableBytes, radix: 16) + "\r\n") }
        buffer.writeImmutableBuffer(bytes)
        if framing == .chunks { buffer.writeStaticString("\r\n") }
        return context.writeAndFlush(wrapOutboundOut(buffer))
    }

    /// Ends the answer as complete. One that has not begun becomes an error.
    func endRelayed(_ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        guard case .relaying(let relaying) = state else { return gone(context) }
        guard let framing = relaying.framing else { return failRelayed(context) }
        let closes = isDraining || framing == .close || !relaying.head.isKeepAlive
        lastActivity = .now()
        state = closes ? .closing : .idle
        relaying.over.succeed()
        var buffer = context.channel.allocator.buffer(capacity: 8)
        if framing == .chunks { buffer.writeStaticString("0\r\n\r\n") }
        let written = context.writeAndFlush(wrapOutboundOut(buffer))
        if closes {
            let channel = context.channel
            written.whenComplete { _ in channel.close(promise: nil) }
        } else {
            goOn(context)
        }
        return written
    }

    /// Says that the API cannot be asked; an answer that has begun is cut off, so that nobody takes it for the whole.
    func failRelayed(_ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        guard case .relaying(let relaying) = state else { return gone(context) }
        relaying.over.succeed()
        if relaying.framing == nil {
            respond(.apiUnavailable, to: relaying.head, context)
            goOn(context)
        } else {
            state = .closing
            context.close(promise: nil)
        }
        return context.eventLoop.makeSucceededVoidFuture()
    }

    private func gone(_ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.eventLoop.makeFailedFuture(RelayedAnswer.Gone())
    }

    private static func framing(of status: HTTPResponseStatus, to head: HTTPRequestHead) -> Relaying.Framing {
        if head.method == .HEAD || status == .noContent || status == .notModified { return .noBody }
        return head.version == .http1_0 ? .close : .chunks
    }
}
