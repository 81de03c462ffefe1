import NIOCore
import NIOHTTP1

/// What one request and one connection may cost a worker.
enum HTTPLimits {
    /// A `TokenReview` with the longest token and room to spare.
    static let bodyBytes = 64 << 10
    static let bodyDepth = 32
    /// Of a request that is passed on to the API: as much as the API takes. Only for holders of good tokens.
    static let relayedBodyBytes = 3 << 20
    /// All identity headers of one answer together; proxies and servers behind them take little more than this.
    static let identityHeaderBytes = 16 << 10
    static let connections = 4096
    /// A connection that completes no request for so long is closed, whether it is silent or sends drop by drop.
    static let idle = TimeAmount.seconds(60)
    /// How long a connection without a request in progress is kept when the worker stops: a request may be on its way.
    static let idleWhileDraining = TimeAmount.milliseconds(500)

    static var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 32 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 100
        return limits
    }
}
