import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// An HTTP/1 connection that keeps to the `HTTP1Rules`, with a `ConnectionPeer` around all its requests.
struct ConnectionChannel: ServerChildChannel {
    let base: HTTP1Channel
    /// How long a request may take to arrive.
    let patience: TimeAmount
    let immediate: ImmediateAnswer?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // Where the framework lets us add handlers, the version of HTTP is lost already.
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let rules = HTTP1Rules(patience: patience)
            try pipeline.addHandler(rules, position: .after(decoder))
            if let immediate { try pipeline.addHandler(ImmediateAnswers(immediate, logger: logger), position: .after(rules)) }
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await ConnectionPeer.$current.withValue(ConnectionPeer()) {
                await base.handle(value: value, logger: logger)
            }
        }
    }
}

extension HTTPServerBuilder {
    /// Connections with our limits, whose requests can ask who is at the other end.
    static func connections(patience: TimeAmount, immediate: ImmediateAnswer?) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let configuration = HTTP1Channel.Configuration(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: RequestLimits.headerFieldBytes,
                    maxHeaderListSize: RequestLimits.headerListBytes,
                    maxHeaderFieldCount: RequestLimits.headerFields
                )
            )
            let base = HTTP1Channel(responder: responder, configuration: configuration)
            return ConnectionChannel(base: base, patience: patience, immediate: immediate)
        }
    }
}
