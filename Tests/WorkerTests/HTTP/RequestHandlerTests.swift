import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Worker

/// The pipeline above TLS, fed with bytes.
struct RequestHandlerTests {
    /// Answers with method, path and body, so that one sees what arrived.
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addRequestHandlers { request in
            .now(.text("\(request.method.rawValue) \(request.path) \(String(decoding: request.body, as: UTF8.self))"))
        }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func output(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    private func exchange(_ channel: EmbeddedChannel, _ text: String) throws -> String {
        try channel.writeInbound(ByteBuffer(string: text))
        return try output(channel)
    }

    @Test func keepsTheConnection() throws {
        let channel = try channel()
        for _ in 0..<3 {
            let answer = try exchange(channel, "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nPOST /a hi"))
        }
        #expect(channel.isActive)
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let answer = try exchange(try channel(), "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        let paths = answer.split(separator: "\r\n").filter { $0.hasPrefix("GET /") }.map { $0.prefix(6) }
        #expect(paths == ["GET /1", "GET /2"])
    }

    @Test func takesABodyInPieces() throws {
        let channel = try channel()
        #expect(try exchange(channel, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n") == "")
        #expect(try exchange(channel, "1\r\nc\r\n0\r\n\r\n").hasSuffix("POST / abc"))
    }

    @Test func sendsNoBodyToHEAD() throws {
        let answer = try exchange(try channel(), "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.contains("Content-Length: 8\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
    ])
    func closesWhenAsked(request: String) throws {
        let channel = try channel()
        #expect(try exchange(channel, request).contains("Connection: close\r\n"))
        #expect(!channel.isActive)
    }

    @Test func keepsAnOldConnectionWhenAsked() throws {
        let channel = try channel()
        #expect(
            try exchange(channel, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").contains("Connection: keep-alive\r\n")
        )
        #expect(channel.isActive)
    }

    @Test func tellsThatTheBodyMayCome() throws {
        let channel = try channel()
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        for _ in 0..<2 {
            #expect(try exchange(channel, head) == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try exchange(channel, "hi").hasSuffix("POST / hi"))
        }
        let old = "POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(try exchange(channel, old) == "")
    }

    @Test func refusesABodyThatIsAnnouncedTooLarge() throws {
        let channel = try channel()
        #expect(try exchange(channel, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n").hasPrefix("HTTP/1.1 413 "))
        #expect(!channel.isActive)
    }

    @Test func refusesABodyThatGrowsTooLarge() throws {
        let channel = try channel()
        let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
        var answer = try exchange(channel, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<4 { answer += try exchange(channel, chunk) }
        #expect(answer == "")
        #expect(try exchange(channel, "1\r\nx\r\n").hasPrefix("HTTP/1.1 413 "))
        #expect(!channel.isActive)
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 40000))\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n" + (0..<200).map { "X-\($0): y\r\n" }.joined() + "\r\n",
    ])
    func endsTheConnectionAfterNonsense(request: String) throws {
        let channel = try channel()
        // The decoder's error comes out of the write as well; the connection is what counts.
        _ = try? channel.writeInbound(ByteBuffer(string: request))
        #expect(!(try output(channel)).contains("200 OK"))
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }

    // MARK: Time

    @Test func closesAConnectionThatCompletesNoRequest() throws {
        let channel = try channel()
        for _ in 0..<7 {
            try channel.writeInbound(ByteBuffer(string: channel.isActive ? "G" : ""))
            channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        }
        #expect(!channel.isActive)
    }

    @Test func keepsAConnectionThatIsUsed() throws {
        let channel = try channel()
        channel.embeddedEventLoop.advanceTime(by: .seconds(45))
        _ = try exchange(channel, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(channel.isActive)
    }

    // MARK: Stopping

    @Test func finishesTheRequestInProgress() throws {
        let channel = try channel()
        _ = try exchange(channel, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nh")
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(channel.isActive)
        let answer = try exchange(channel, "i")
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("POST / hi"))
        #expect(!channel.isActive)
    }

    @Test func answersARequestThatWasOnItsWay() throws {
        let channel = try channel()
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(try exchange(channel, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("GET / "))
        #expect(!channel.isActive)
    }

    @Test func closesAnIdleConnection() throws {
        let channel = try channel()
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}
