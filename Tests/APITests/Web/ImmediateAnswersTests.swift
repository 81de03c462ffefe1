import Listening
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// A connection with answers in front of the framework, in bytes: what they look like, and that all answers keep their order.
struct ImmediateAnswersTests {
    /// Plays the framework: counts what it is asked, and answers when it is told to.
    private final class Framework: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        var requests: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data) { requests.append(head.uri) }
        }

        func answer(_ context: ChannelHandlerContext) {
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "4"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "slow")))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private final class Connection: ConnectionInBytes {
        let channel = EmbeddedChannel()
        let framework = Framework()

        init(_ peer: ImmediateAnswers.Peer = .known(CertificateSubject(commonName: "jane", organizations: []))) throws {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
            let immediate = ImmediateAnswers(
                { $0.path.hasPrefix("/quick") ? Array("\($0.certificate.commonName) \($0.path)".utf8) : nil },
                peer: peer,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try pipeline.addHandlers(HTTP1Rules(patience: .seconds(60)), immediate, framework)
            try open()
        }

        func answer() throws -> String {
            framework.answer(try channel.pipeline.syncOperations.context(handler: framework))
            return try output()
        }
    }

    private static func get(_ path: String, more: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\(more)\r\n" }

    @Test func answersWithWhatClientsExpectOfAnyAnswer() throws {
        let connection = try Connection()
        let answer = try connection.exchange(Self.get("/quick/1", more: "X-Request-Id: mine\r\n"))
        let lines = answer.components("\r\n")
        #expect(lines.first == "HTTP/1.1 200 OK" && lines.last == "jane /quick/1")
        for line in [
            "Content-Type: application/json", "Cache-Control: no-cache, private", "X-Request-Id: mine", "Audit-Id: mine",
            "Content-Length: 13",
        ] {
            #expect(lines.contains(line), "\(answer)")
        }
        let date = /Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/
        #expect(lines.contains { $0.wholeMatch(of: date) != nil }, "\(answer)")
        #expect(connection.framework.requests.isEmpty)
    }

    @Test func saysTheDateAsHTTPDoes() {
        var date = HTTPDate()
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(at: 784_111_778) == "Sun, 06 Nov 1994 08:49:38 GMT")
    }

    @Test func makesAnIdForARequestThatHasNone() throws {
        let connection = try Connection()
        let ids = try (0..<2).map { _ in
            try connection.exchange(Self.get("/quick")).components("\r\n").first { $0.hasPrefix("X-Request-Id: ") }
        }
        #expect(ids[0] != nil && ids[1] != nil && ids[0] != ids[1])
    }

    @Test(arguments: [
        "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", "GET /quick?watch=true HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /quick? HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /quick HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi",
        "GET /quick HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func leavesTheRestToTheFramework(_ request: String) throws {
        let connection = try Connection()
        #expect(try connection.exchange(request) == "")
        #expect(connection.framework.requests.count == 1)
    }

    @Test func answersNobodyWhoIsNotKnown() throws {
        for peer in [ImmediateAnswers.Peer.nobody, .unread] {
            let connection = try Connection(peer)
            #expect(try connection.exchange(Self.get("/quick")) == "")
            #expect(connection.framework.requests == ["/quick"])
        }
    }

    @Test func answersKeepTheOrderOfTheRequests() throws {
        let connection = try Connection()
        let first = try connection.exchange(Self.get("/quick/1") + Self.get("/slow") + Self.get("/quick/2"))
        #expect(first.hasSuffix("jane /quick/1"))
        #expect(connection.framework.requests == ["/slow", "/quick/2"])
        #expect(try connection.exchange(Self.get("/quick/3")) == "")
        for _ in 0..<3 { #expect(try connection.answer().hasSuffix("slow")) }
        #expect(try connection.exchange(Self.get("/quick/4")).hasSuffix("jane /quick/4"))
    }

    /// Nothing piles up for a client that asks without reading.
    @Test func leavesAClientThatDoesNotReadToTheFramework() throws {
        let connection = try Connection()
        connection.channel.isWritable = false
        #expect(try connection.exchange(Self.get("/quick")) == "")
        #expect(connection.framework.requests == ["/quick"])
    }

    @Test func endsTheConnectionWhenAskedTo() throws {
        let connection = try Connection()
        let answer = try connection.exchange("GET /quick HTTP/1.0\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && answer.contains("Connection: close\r\n"), "\(answer)")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] { split(separator: separator).map(String.init) }
}
