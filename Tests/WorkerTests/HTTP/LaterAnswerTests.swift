import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import Worker

/// Requests whose answer is not there at once.
struct LaterAnswerTests {
    /// Gathers what takes the answers, by path; `/now` is answered at once.
    private final class Waiting: Sendable {
        private let completions = Mutex<[String: @Sendable (WorkerResponse) -> Void]>([:])

        func reply(_ request: WorkerRequest) -> WorkerReply {
            let path = String(request.path)
            if path == "/now" { return .now(.text(path)) }
            return .later { complete in self.completions.withLock { $0[path] = complete } }
        }

        func complete(_ path: String) { completions.withLock { $0.removeValue(forKey: path) }?(.text(path)) }
        var paths: [String] { completions.withLock { $0.keys.sorted() } }
    }

    private func channel(_ waiting: Waiting) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addRequestHandlers { waiting.reply($0) }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func bodies(_ channel: EmbeddedChannel) throws -> [String] {
        var bodies: [String] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            bodies.append(String(String(buffer: buffer).split(separator: "\r\n\r\n").last ?? ""))
        }
        return bodies
    }

    private static func request(_ path: String) -> ByteBuffer { ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n") }

    @Test func answersWhenTheAnswerIsThere() throws {
        let waiting = Waiting()
        let channel = try channel(waiting)
        try channel.writeInbound(Self.request("/later"))
        #expect(try bodies(channel) == [])
        waiting.complete("/later")
        channel.embeddedEventLoop.run()
        #expect(try bodies(channel) == ["/later"])
        try channel.writeInbound(Self.request("/now"))
        #expect(try bodies(channel) == ["/now"])
    }

    @Test func answersInTheOrderOfTheRequests() throws {
        let waiting = Waiting()
        let channel = try channel(waiting)
        var all = ByteBuffer()
        for path in ["/1", "/now", "/2", "/now"] { all.writeImmutableBuffer(Self.request(path)) }
        try channel.writeInbound(all)
        #expect(waiting.paths == ["/1"])
        waiting.complete("/1")
        channel.embeddedEventLoop.run()
        #expect(try bodies(channel) == ["/1", "/now"])
        #expect(waiting.paths == ["/2"])
        waiting.complete("/2")
        channel.embeddedEventLoop.run()
        #expect(try bodies(channel) == ["/2", "/now"])
    }

    @Test func readsNothingMoreWhileAnAnswerIsWaitedFor() throws {
        let waiting = Waiting()
        let channel = try channel(waiting)
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try channel.writeInbound(Self.request("/later"))
        let before = reads.count
        channel.read()
        #expect(reads.count == before)
        waiting.complete("/later")
        channel.embeddedEventLoop.run()
        #expect(reads.count == before + 1)
    }

    @Test func forgetsAConnectionThatWentAway() throws {
        let waiting = Waiting()
        let channel = try channel(waiting)
        try channel.writeInbound(Self.request("/later"))
        _ = try channel.finish()
        waiting.complete("/later")
        channel.embeddedEventLoop.run()
        #expect(try bodies(channel) == [])
    }

    @Test func aStoppingWorkerGivesTheAnswerAndCloses() throws {
        let waiting = Waiting()
        let channel = try channel(waiting)
        try channel.writeInbound(Self.request("/later"))
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(channel.isActive)
        waiting.complete("/later")
        channel.embeddedEventLoop.run()
        #expect(try bodies(channel) == ["/later"])
        #expect(!channel.isActive)
    }

    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var count = 0
        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }
}
