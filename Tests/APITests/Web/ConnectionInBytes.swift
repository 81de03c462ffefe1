import NIOCore
import NIOEmbedded

/// A connection without a socket: bytes go in, bytes come out.
protocol ConnectionInBytes {
    var channel: EmbeddedChannel { get }
}

extension ConnectionInBytes {
    /// From here on the channel is active, as after a client has connected.
    func open() throws { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }

    /// Sends bytes and gives what came back.
    func exchange(_ text: String) throws -> String {
        try channel.writeInbound(ByteBuffer(string: text))
        return try output()
    }

    func output() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }
}
