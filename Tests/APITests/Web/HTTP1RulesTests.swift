import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// Connections of every kind of client, in bytes: which answers they see, and how they end.
struct HTTP1RulesTests {
    /// A responder that answers what it is told to, when it is told to, and remembers what came.
    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        var requests: [String] = []
        var errors: [String] = []
        var answersAtOnce = true

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): requests.append(head.uri)
            case .body: break
            case .end: if answersAtOnce { answer(context) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            errors.append("\(type(of: error))")
            if answersAtOnce { answer(context, .requestTimeout) }
        }

        func answer(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus = .ok) {
            let hasLength = requests.last != "/stream"
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: hasLength ? ["Content-Length": "2"] : [:])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "hi")))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    /// Sockets can be closed in one direction, an embedded channel cannot.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var isHalfClosed = false

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output {
                isHalfClosed = true
                promise?.succeed()
            } else {
                context.close(mode: mode, promise: promise)
            }
        }
    }

    private final class Connection: ConnectionInBytes {
        let channel = EmbeddedChannel()
        let responder = Responder()
        let socket = Socket()

        init() throws {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(socket)
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
            try pipeline.addHandlers(HTTP1Rules(patience: .seconds(60)), responder)
            try open()
        }

        func answer() throws -> String {
            responder.answer(try channel.pipeline.syncOperations.context(handler: responder))
            return try output()
        }

        func advance(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

        /// At once for a client that looks, and after the farewell for any.
        var hasEnded: Bool {
            let isHalfClosed = socket.isHalfClosed
            advance(RequestLimits.farewell)
            return isHalfClosed && !channel.isActive
        }
    }

    struct Ending: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let version: String
        /// The field `Connection` of the answer.
        let says: String?
        let ends: Bool
        var testDescription: String { name }
    }

    static let endings = [
        Ending(name: "HTTP/1.1", request: "GET / HTTP/1.1\r\n", version: "HTTP/1.1", says: nil, ends: false),
        Ending(
            name: "HTTP/1.1 that asks for the end",
            request: "GET / HTTP/1.1\r\nConnection: Close\r\n",
            version: "HTTP/1.1",
            says: "close",
            ends: true
        ),
        Ending(name: "HTTP/1.0", request: "GET / HTTP/1.0\r\n", version: "HTTP/1.0", says: "close", ends: true),
        Ending(
            name: "HTTP/1.0 that keeps the connection",
            request: "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n",
            version: "HTTP/1.0",
            says: "keep-alive",
            ends: false
        ),
        Ending(
            name: "HTTP/1.0 and an answer without a length",
            request: "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n",
            version: "HTTP/1.0",
            says: "close",
            ends: true
        ),
    ]

    @Test(arguments: endings)
    func answersAndEndsAs(_ c: Ending) throws {
        let connection = try Connection()
        let answer = try connection.exchange("\(c.request)Host: x\r\n\r\n")
        #expect(answer.hasPrefix("\(c.version) 200 OK\r\n") && answer.hasSuffix("\r\n\r\nhi"), "\(answer)")
        let fields = answer.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("connection:") }
        #expect(fields.map { $0.dropFirst("connection: ".count).description } == (c.says.map { [$0] } ?? []))
        #expect(connection.hasEnded == c.ends)
    }

    @Test func nothingIsTakenAfterTheLastRequest() throws {
        let connection = try Connection()
        connection.responder.answersAtOnce = false
        _ = try connection.exchange("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n")
        #expect(connection.responder.requests == ["/1"])
    }

    /// The end of the client's side is the end.
    @Test func aClientThatClosesIsNotWaitedFor() throws {
        let connection = try Connection()
        _ = try connection.exchange("GET / HTTP/1.0\r\n\r\n")
        #expect(connection.channel.isActive)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!connection.channel.isActive)
    }

    // MARK: - 100 Continue

    private static let go = "HTTP/1.1 100 Continue\r\n\r\n"

    @Test func tellsThatTheBodyMayCome() throws {
        let connection = try Connection()
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
        for _ in 0..<2 {
            #expect(try connection.exchange(head) == Self.go)
            #expect(try connection.exchange("ab").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n",
    ])
    func tellsItToNobodyElse(_ head: String) throws {
        #expect(try Connection().exchange(head) == "")
    }

    @Test func tellsItWhenTheAnswersBeforeAreOut() throws {
        let connection = try Connection()
        connection.responder.answersAtOnce = false
        let second = "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(try connection.exchange("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n\(second)") == "")
        #expect(try connection.answer().hasSuffix("\r\n\r\nhi\(Self.go)"))
    }

    @Test func doesNotLetABodyComeThatIsTooLarge() throws {
        let connection = try Connection()
        let length = RequestLimits.bodyBytes + 1
        let answer = try connection.exchange(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(connection.responder.errors == ["NIOTooManyBytesError"])
        #expect(!answer.contains("100 Continue") && answer.lowercased().contains("connection: close\r\n"))
        #expect(connection.hasEnded)
    }

    // MARK: - Time

    /// Each answer begins the time anew; who waits for one may be silent for as long as it takes.
    @Test func aSilentConnectionIsClosed() throws {
        let connection = try Connection()
        for _ in 0..<3 {
            connection.advance(RequestLimits.idle - .seconds(1))
            #expect(try connection.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
        connection.responder.answersAtOnce = false
        _ = try connection.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.advance(.hours(2))
        #expect(try connection.answer().hasPrefix("HTTP/1.1 200 OK\r\n"))
        connection.advance(RequestLimits.idle - .seconds(1))
        #expect(connection.channel.isActive)
        connection.advance(RequestLimits.idle)
        #expect(!connection.channel.isActive)
    }

    @Test func aBodyThatComesDropByDropIsGivenUp() throws {
        let connection = try Connection()
        var answer = try connection.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<5 {
            connection.advance(.seconds(11))
            answer += try connection.exchange("a")
        }
        #expect(answer == "" && connection.responder.errors.isEmpty)
        connection.advance(.seconds(5))
        #expect(connection.responder.errors == ["TooSlow"])
        answer = try connection.output()
        #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.lowercased().contains("connection: close\r\n"))
        #expect(connection.hasEnded)
    }

    @Test func whatIsCompleteMayTakeItsTime() throws {
        let connection = try Connection()
        connection.responder.answersAtOnce = false
        _ = try connection.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
        _ = try connection.exchange("b")
        connection.advance(.seconds(600))
        #expect(connection.responder.errors.isEmpty)
        #expect(try connection.answer().hasPrefix("HTTP/1.1 200 OK\r\n"))
        // The next request has its own time.
        _ = try connection.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
        connection.advance(.seconds(59))
        #expect(connection.responder.errors.isEmpty)
    }

    /// Whoever was refused before the body came must end as well.
    @Test func aBodyThatComesAfterItsAnswerIsNotWaitedForEither() throws {
        let connection = try Connection()
        connection.responder.answersAtOnce = false
        _ = try connection.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
        #expect(try connection.answer().hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(connection.channel.isActive)
        connection.advance(.seconds(60))
        #expect(!connection.channel.isActive)
    }
}
