import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// An HTTP/1.1 connection with a `ConnectionPeer` around all its requests.
struct ConnectionChannel: ServerChildChannel {
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await ConnectionPeer.$current.withValue(ConnectionPeer()) {
            await base.handle(value: value, logger: logger)
        }
    }
}

extension HTTPServerBuilder {
    /// Connections with our limits, whose requests can ask who is at the other end.
    static let connections = HTTPServerBuilder { responder in
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: RequestLimits.idle,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: RequestLimits.headerFieldBytes,
                maxHeaderListSize: RequestLimits.headerListBytes,
                maxHeaderFieldCount: RequestLimits.headerFields
            )
        )
        return ConnectionChannel(base: HTTP1Channel(responder: responder, configuration: configuration))
    }
}
