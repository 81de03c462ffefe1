import Certificates
import Foundation
import Hummingbird
import Listening
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Testing

@testable import Web

/// The whole server, spoken to in bytes: the framework and our rules for connections get along.
@Suite(.timeLimit(.minutes(2)))
struct RawConnectionTests {
    /// Answers with the length of the body.
    private static func withServer(
        patience: TimeAmount = .seconds(60),
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-raw-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try ClusterCertificates.open(dataFolder: folder.path, now: Date()).controller
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(
            responder: CallbackResponder<WebContext> { request, _ in
                let body = try await request.body.collect(upTo: RequestLimits.bodyBytes)
                return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "\(body.readableBytes) bytes")))
            },
            tls: try ServerTLS(
                certificateChain: [UInt8](Data(contentsOf: URL(filePath: files.certificatePath))),
                privateKey: [UInt8](Data(contentsOf: URL(filePath: files.keyPath))),
                clients: .ignored
            ),
            address: ListenAddress(host: "127.0.0.1", port: 0),
            patience: patience,
            logger: LiveAPI.quiet,
            onListening: { port.yield($0.port) }
        )
        let group = ServiceGroup(services: [server], logger: LiveAPI.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            do {
                try await body(try #require(await ports.first { _ in true }))
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Sends the first text, then each next one when what came holds its mark; gives everything up to the end of the connection.
    private static func said(
        _ port: Int,
        _ first: String,
        then rest: [(mark: String, text: String)] = []
    ) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let tls = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: first))
            var (text, rest) = ("", rest[...])
            for try await bytes in inbound {
                text += String(buffer: bytes)
                while let next = rest.first, text.contains(next.mark) {
                    rest = rest.dropFirst()
                    try await outbound.write(ByteBuffer(string: next.text))
                }
            }
            return text
        }
    }

    @Test func endsTheConnectionOfAnOldClient() async throws {
        try await Self.withServer { port in
            let answer = try await Self.said(port, "GET / HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && answer.hasSuffix("\r\n\r\n0 bytes"), "\(answer)")
            let kept = try await Self.said(
                port,
                "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                then: [("0 bytes", "GET / HTTP/1.0\r\n\r\n")]
            )
            #expect(kept.split(separator: "HTTP/1.0 200 OK").count == 2, "\(kept)")
        }
    }

    @Test func letsABodyComeThatIsHeldBack() async throws {
        try await Self.withServer { port in
            let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length"
            let answer = try await Self.said(port, "\(head): 5\r\n\r\n", then: [("100 Continue", "hello")])
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "\(answer)")
            #expect(answer.hasSuffix("5 bytes"))
            let refusal = try await Self.said(port, "\(head): 99999999\r\n\r\n")
            #expect(refusal.hasPrefix("HTTP/1.1 413 "), "\(refusal)")
            #expect(refusal.contains(#""reason":"RequestEntityTooLarge""#))
        }
    }

    @Test func givesUpABodyThatDoesNotCome() async throws {
        try await Self.withServer(patience: .milliseconds(200)) { port in
            let answer = try await Self.said(port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na")
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
            #expect(answer.contains(#""reason":"Timeout""#))
        }
    }
}
