import AsyncHTTPClient
import Client
import Foundation
import JSON
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import Worker

/// Requests for the API that a worker passes on: who may, in whose name, and what ends them.
@Suite(.timeLimit(.minutes(3)))
struct APIRelayTests {
    let provider = TestProvider()

    /// A worker before a server that stands for the controller.
    private func withRelay(
        places: RelayPlaces = RelayPlaces(),
        _ body: @Sendable (TestListener, TestUpstream, HTTPClient, _ token: String) async throws -> Void
    ) async throws {
        let token = try provider.token()
        let live = LiveState(try provider.state())
        try await TestUpstream.with { upstream in
            let transport = try HTTPTransport(server: upstream.url, trust: .system)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            do {
                try await TestListener.with(live) { judge in
                    APIRelay(
                        admission: RelayAdmission(judge: judge),
                        server: upstream.url,
                        transport: transport,
                        places: places,
                        logger: logger
                    )
                } body: { listener in
                    try await listener.withClient { try await body(listener, upstream, $0, token) }
                }
            } catch {
                await transport.shutdown()
                throw error
            }
            await transport.shutdown()
        }
    }

    private static func request(
        _ listener: TestListener,
        _ path: String,
        token: String?,
        method: HTTPMethod = .GET,
        headers: HTTPHeaders = [:],
        bodyBytes: Int = 0
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: listener.url + path)
        request.method = method
        request.headers = headers
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if bodyBytes > 0 { request.body = .bytes(ByteBuffer(repeating: 0x20, count: bodyBytes)) }
        return request
    }

    @Test func passesARequestOnInTheUsersName() async throws {
        try await withRelay { listener, upstream, client, token in
            let forged: HTTPHeaders = [
                "X-Remote-User": "root", "X-Remote-Group": "system:masters", "X-Remote-Extra-a": "b", "Cookie": "c",
                "X-Other": "d",
                "Accept": "application/json;as=Table", "Content-Type": "application/json", "Impersonate-User": "bob",
            ]
            let request = Self.request(
                listener,
                "/api/v1/x?a=%20b",
                token: token,
                method: .POST,
                headers: forged,
                bodyBytes: 1 << 20
            )
            let response = try await client.execute(request, timeout: .seconds(10))
            #expect(response.status == .accepted)
            #expect(String(buffer: try await response.body.collect(upTo: 100)) == "hello world")
            #expect(response.headers["Content-Type"] == ["application/json"])
            #expect(response.headers["Audit-Id"] == ["7"])
            #expect(response.headers["Set-Cookie"].isEmpty)
            let seen = try #require(upstream.seen.first)
            #expect(seen.head.uri == "/api/v1/x?a=%20b")
            #expect(seen.head.method == .POST)
            #expect(seen.bodyBytes == 1 << 20)
            #expect(seen.head.headers["X-Remote-User"] == ["idp:jane"])
            #expect(!seen.head.headers["X-Remote-Group"].contains("system:masters"))
            #expect(seen.head.headers["X-Remote-Extra-a"].isEmpty)
            #expect(seen.head.headers["Impersonate-User"] == ["bob"])
            #expect(seen.head.headers["Accept"] == ["application/json;as=Table"])
            #expect(seen.head.headers["X-Forwarded-For"] == ["127.0.0.1"])
            for name in ["Authorization", "Cookie", "X-Other"] { #expect(seen.head.headers[name].isEmpty, "\(name)") }
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let name: String
        var token: String?
        var bodyBytes = 0
        let status: UInt
        var testDescription: String { name }
    }

    static let refused = [
        Refused(name: "no token", status: 401), Refused(name: "a bad token", token: "x.y.z", status: 401),
        Refused(name: "a large body of nobody", bodyBytes: 100_000, status: 413),
    ]

    @Test(arguments: refused)
    func passesNothingOnFor(_ c: Refused) async throws {
        try await withRelay { listener, upstream, client, _ in
            let request = Self.request(listener, "/api/v1/x", token: c.token, method: .POST, bodyBytes: c.bodyBytes)
            let refusal = try await client.execute(request, timeout: .seconds(10))
            #expect(refusal.status.code == c.status)
            #expect(upstream.seen.isEmpty)
        }
    }

    @Test func takesAsMuchAsTheAPIAndNoMore() async throws {
        try await withRelay { listener, upstream, client, token in
            let fits = Self.request(listener, "/api/v1/x", token: token, method: .PUT, bodyBytes: 3 << 20)
            let taken = try await client.execute(fits, timeout: .seconds(10))
            #expect(taken.status == .accepted)
            let large = Self.request(listener, "/api/v1/x", token: token, method: .PUT, bodyBytes: (3 << 20) + 1)
            let tooLarge = try await client.execute(large, timeout: .seconds(10))
            #expect(tooLarge.status == .payloadTooLarge)
            #expect(upstream.seen.count == 1)
        }
    }

    @Test func answersItselfWhatIsItsOwn() async throws {
        try await withRelay { listener, upstream, client, token in
            let path = "/apis/user.openshift.io/v1/users/~"
            let user = try await listener.get(path, token: token, by: client)
            #expect(user.status == 200)
            let live = try await listener.get("/livez", by: client)
            #expect(live.status == 200)
            let elsewhere = try await listener.get("/elsewhere", token: token, by: client)
            #expect(elsewhere.status == 404)
            #expect(upstream.seen.isEmpty)
            // Whose name one may take, only the controller knows.
            let request = Self.request(listener, path, token: token, headers: ["Impersonate-User": "bob"])
            let impersonated = try await client.execute(request, timeout: .seconds(10))
            #expect(impersonated.status == .accepted)
            #expect(upstream.seen.count == 1)
        }
    }

    @Test func aConnectionServesManyRequestsInTheirOrder() async throws {
        try await withRelay { listener, upstream, client, token in
            for number in 0..<20 {
                let answer = try await listener.get("/api/v1/\(number)", token: token, by: client)
                #expect(answer.status == 202)
                let live = try await listener.get("/livez", by: client)
                #expect(live.status == 200)
            }
            #expect(upstream.seen.map(\.head.uri) == (0..<20).map { "/api/v1/\($0)" })
        }
    }

    @Test func saysThatTheControllerDoesNotAnswer() async throws {
        try await withRelay { listener, _, client, token in
            let answer = try await listener.get("/api/none", token: token, by: client)
            #expect(answer.status == 503)
            #expect(answer.headers["Retry-After"] == ["5"])
            let next = try await listener.get("/api/v1/x", token: token, by: client)
            #expect(next.status == 202)
        }
    }

    /// Half an answer must not look like a whole one.
    @Test func cutsOffWhatIsCutOff() async throws {
        try await withRelay { listener, _, client, token in
            await #expect(throws: (any Error).self) { try await listener.get("/api/cut", token: token, by: client) }
        }
    }

    // MARK: - Watches

    private static func watching(_ listener: TestListener, _ client: HTTPClient, _ token: String) async throws
        -> HTTPClientResponse
    {
        try await client.execute(request(listener, "/api/watch?watch=true", token: token), timeout: .seconds(10))
    }

    @Test func aWatchIsPassedOnAsItHappensAndEndsWithItsClient() async throws {
        try await withRelay { listener, upstream, client, token in
            try await listener.withClient { other in
                let response = try await Self.watching(listener, other, token)
                var bytes = response.body.makeAsyncIterator()
                let first = try await bytes.next()
                #expect(first.map { String(buffer: $0) } == "first\n")
                #expect(upstream.closedWatches == 0)
            }
            // The client of the watch is gone.
            let deadline = ContinuousClock.now + .seconds(20)
            while upstream.closedWatches == 0, ContinuousClock.now < deadline {
                let live = try await listener.get("/livez", by: client)
                #expect(live.status == 200)
            }
            #expect(upstream.closedWatches == 1)
        }
    }

    @Test func aWatchEndsWithTheWorker() async throws {
        try await withRelay { listener, _, client, token in
            let response = try await Self.watching(listener, client, token)
            var bytes = response.body.makeAsyncIterator()
            let first = try await bytes.next()
            #expect(first != nil)
            try await listener.stop()
            // To its end, as a watch whose time is up; one that is held open until nobody waits any longer is cut off.
            let rest = try await bytes.next()
            #expect(rest == nil)
        }
    }

    // MARK: - Places

    @Test func oneUserLeavesRoomForTheOthers() async throws {
        let other = try provider.token { $0["name"] = "john" }
        let places = RelayPlaces(limit: 3, share: 2)
        try await withRelay(places: places) { listener, upstream, client, token in
            try await listener.withClient { watcher in
                let watches = [
                    try await Self.watching(listener, watcher, token), try await Self.watching(listener, watcher, token),
                ]
                #expect(watches.map(\.status) == [.accepted, .accepted])
                let third = try await listener.get("/api/v1/x", token: token, by: client)
                #expect(third.status == 429)
                #expect(third.headers["Retry-After"] == ["1"])
                let johns = try await listener.get("/api/v1/x", token: other, by: client)
                #expect(johns.status == 202)
            }
            // The watches went with their client, and their places are free again.
            let deadline = ContinuousClock.now + .seconds(20)
            while places.users > 0, ContinuousClock.now < deadline {
                let live = try await listener.get("/livez", by: client)
                #expect(live.status == 200)
            }
            #expect(places.users == 0)
            for path in ["/api/v1/x", "/api/none", "/api/v1/x"] {
                let answer = try await listener.get(path, token: token, by: client)
                #expect(answer.status == (path == "/api/none" ? 503 : 202))
            }
        }
    }

    @Test func aBodyIsLetComeWhenItsTokenIsGood() async throws {
        try await withRelay { listener, upstream, client, token in
            for (token, status) in [(token, 202), ("x.y.z", 401)] as [(String, UInt)] {
                let expecting: HTTPHeaders = ["Expect": "100-continue"]
                var request = Self.request(listener, "/api/v1/x", token: token, method: .POST, headers: expecting)
                request.body = .bytes(ByteBuffer(string: "body"))
                let answer = try await client.execute(request, timeout: .seconds(10))
                #expect(answer.status.code == status)
                #expect((answer.headers["Connection"] == ["close"]) == (status == 401))
            }
            #expect(upstream.seen.map(\.bodyBytes) == [4])
        }
    }
}
