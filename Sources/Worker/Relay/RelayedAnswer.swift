import NIOCore
import NIOHTTP1

/// The answer of a relayed request, as the relay sees it: each part is taken when the connection has room for it.
///
/// After the connection has gone, or the worker has ended the answer, `begin` and `add` throw and the rest does nothing.
struct RelayedAnswer: Sendable {
    /// Nobody waits for the answer any more.
    struct Gone: Error {}

    private let target: NIOLoopBound<(handler: RequestHandler, context: ChannelHandlerContext)>
    private let eventLoop: any EventLoop
    private let over: EventLoopFuture<Void>

    /// - Parameter over: succeeds when the answer has ended, however.
    init(_ handler: RequestHandler, _ context: ChannelHandlerContext, over: EventLoopFuture<Void>) {
        eventLoop = context.eventLoop
        target = NIOLoopBound((handler, context), eventLoop: context.eventLoop)
        self.over = over
    }

    /// Returns when the answer has ended, whoever ended it.
    func isOver() async {
        // It never fails.
        try? await over.get()
    }

    func begin(_ status: Int, _ headers: HTTPHeaders) async throws {
        try await onLoop { $0.handler.beginRelayed(HTTPResponseStatus(statusCode: status), headers, $0.context) }
    }

    func add(_ bytes: ByteBuffer) async throws {
        try await onLoop { $0.handler.addRelayed(bytes, $0.context) }
    }

    func end() async {
        // Nobody is left to be told that it could not be written.
        try? await onLoop { $0.handler.endRelayed($0.context) }
    }

    /// The controller did not answer, or not to the end.
    func fail() async { try? await onLoop { $0.handler.failRelayed($0.context) } }

    private func onLoop(
        _ body: @escaping @Sendable ((handler: RequestHandler, context: ChannelHandlerContext)) -> EventLoopFuture<Void>
    ) async throws {
        try await eventLoop.flatSubmit { body(target.value) }.get()
    }
}
