package import NIOCore

/// What one request and one listener may cost us.
package enum RequestLimits {
    /// The largest body, which is also the largest manifest.
    package static let bodyBytes = 3 << 20
    package static let headerFieldBytes = 32 << 10
    package static let headerListBytes = 64 << 10
    package static let headerFields = 100
    package static let bearerTokenBytes = 16 << 10
    package static let connections = 4096
    /// A connection that says nothing for so long is closed; a watch that waits for news is not silent in this sense.
    package static let idle = TimeAmount.seconds(150)
    /// A request that takes longer to arrive is refused, whether it is silent or comes drop by drop.
    package static let arrival = TimeAmount.seconds(60)
    /// How long a connection stays open after its last answer for a client that does not close it.
    static let farewell = TimeAmount.seconds(2)
}
