import Listening
import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server besides parsing: answers for HTTP/1.0, the end of a connection, `100 Continue`, and bounds for slow
/// bodies and silent connections.
///
/// The web framework is handed requests without their version, so it can do none of the first three. And every piece of a body
/// is a sign of life to it, however small: a request could go on for ever. What is answered in front of it is no sign of life at all.
final class HTTP1Rules: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request was not complete in time.
    struct TooSlow: Error {}

    /// A request whose answer has not ended.
    private struct Unanswered {
        let version: HTTPVersion
        /// Whether its sender waits to be told that the body may come.
        var isHeldBack: Bool
        /// Whether it is the last one of the connection.
        var isLast: Bool
    }

    private enum Receiving {
        case nothing
        case request
        /// What still arrives is thrown away.
        case leftovers
    }

    private let patience: TimeAmount
    private let idle: TimeAmount
    /// As many as one read of the socket held.
    private var unanswered = CircularBuffer<Unanswered>()
    private var receiving = Receiving.nothing
    private var deadline: Scheduled<Void>?
    private var silence: Scheduled<Void>?
    private var hasEnded = false
    private var lastAnswer = NIODeadline.distantPast

    /// - Parameters:
    ///   - patience: how long a request may take to arrive.
    ///   - idle: how long a connection stays open on which nothing is asked.
    init(patience: TimeAmount, idle: TimeAmount = RequestLimits.idle) { (self.patience, self.idle) = (patience, idle) }

    // MARK: - Silence

    func handlerAdded(context: ChannelHandlerContext) {
        lastAnswer = context.eventLoop.now
        watchSilence(context, after: idle)
    }

    /// Who waits for an answer may be silent for as long as it takes.
    private func watchSilence(_ context: ChannelHandlerContext, after delay: TimeAmount) {
        let channel = context.channel
        silence = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard self.unanswered.isEmpty else { return self.watchSilence(context, after: self.idle) }
            let rest = self.lastAnswer + self.idle - channel.eventLoop.now
            if rest > .nanoseconds(0) { self.watchSilence(context, after: rest) } else { channel.close(promise: nil) }
        }
    }

    // MARK: - Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .leftovers = receiving { return }
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, data, context)
        case .body: context.fireChannelRead(data)
        case .end:
            cancelDeadline()
            receiving = unanswered.last?.isLast == true ? .leftovers : .nothing
            context.fireChannelRead(data)
        }
    }

    private func receive(_ head: HTTPRequestHead, _ data: NIOAny, _ context: ChannelHandlerContext) {
        receiving = .request
        let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        let isTooLarge = head.expectsContinue && length > RequestLimits.bodyBytes
        unanswered.append(
            Unanswered(
                version: head.version,
                isHeldBack: head.expectsContinue && !isTooLarge,
                isLast: !head.isKeepAlive || isTooLarge
            )
        )
        if unanswered.count == 1 { letContinue(context) }
        context.fireChannelRead(data)
        if isTooLarge { giveUp(context, because: NIOTooManyBytesError(maxBytes: RequestLimits.bodyBytes)) }
    }

    /// The body of the request whose turn it is may come; earlier, this would stand within another's answer.
    private func letContinue(_ context: ChannelHandlerContext) {
        guard unanswered.first?.isHeldBack == true else { return }
        unanswered[unanswered.startIndex].isHeldBack = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    /// The request fails where its body is read, and the answer to that is its connection's last.
    private func giveUp(_ context: ChannelHandlerContext, because error: any Error) {
        cancelDeadline()
        receiving = .leftovers
        guard !unanswered.isEmpty else { return context.close(promise: nil) }
        unanswered[unanswered.index(before: unanswered.endIndex)].isLast = true
        context.fireErrorCaught(error)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most requests arrive at once, and need no clock.
        if case .request = receiving, deadline == nil {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
                self.deadline = nil
                self.giveUp(context, because: TooSlow())
            }
        }
        context.fireChannelReadComplete()
        if hasEnded { context.read() }
    }

    private func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelDeadline()
        silence?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if hasEnded, event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: - Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): context.write(wrapOutboundOut(.head(answer(head))), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            lastAnswer = context.eventLoop.now
            let isLast = unanswered.popFirst()?.isLast == true
            guard isLast else {
                context.write(data, promise: promise)
                return letContinue(context)
            }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.end(context) }
            context.writeAndFlush(data, promise: written)
        }
    }

    private func answer(_ head: HTTPResponseHead) -> HTTPResponseHead {
        // Nobody asked where the request could not be parsed; the framework then ends the connection itself.
        guard let request = unanswered.first else { return head }
        var head = head
        if request.version == .http1_0 {
            head.version = .http1_0
            // HTTP/1.0 has no chunks: without a length the end of the connection is the end of the answer.
            if !head.headers.contains(name: "Content-Length") { unanswered[unanswered.startIndex].isLast = true }
        }
        if unanswered[unanswered.startIndex].isLast {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        return head
    }

    /// Says that nothing more will come, and waits a moment for the other side to have read it: a close with bytes of a body
    /// still unread would take the answer back (RFC 9112 section 9.6).
    private func end(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        hasEnded = true
        receiving = .leftovers
        cancelDeadline()
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: RequestLimits.farewell) { channel.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        context.read()
    }
}
