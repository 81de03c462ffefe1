import AsyncHTTPClient
import Atomics
import Foundation
import JSON
import Listening
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import Worker

/// Real sockets, real TLS.
@Suite(.timeLimit(.minutes(5)))
struct WorkerListenerTests {
    let provider = TestProvider()

    @Test func recognisesCallersByTheirCertificates() async throws {
        let token = try provider.token()
        try await TestListener.with(LiveState(try provider.state())) { listener in
            let askers: [((chain: String, key: String)?, UInt)] = [
                (nil, 403), (try listener.pki.client("joe", ["dev"]), 403),
                (try listener.pki.client("api", ["system:authenticators"]), 201),
                (try listener.pki.client("system:admin", ["system:masters"]), 201),
            ]
            for (certificate, status) in askers {
                try await listener.withClient(certificate: certificate) { client in
                    var request = HTTPClientRequest(url: listener.url + "/apis/authentication.k8s.io/v1/tokenreviews")
                    request.method = .POST
                    request.body = .bytes(Array(#"{"spec":{"token":"\#(token)"}}"#.utf8))
                    let response = try await client.execute(request, timeout: .seconds(10))
                    #expect(response.status.code == status)
                    let body = try JSONParser.parse(try await response.body.collect(upTo: 1 << 20).readableBytesView)
                    if status == 201 { #expect(body.value(at: "status", "user", "username") == "idp:jane") }
                }
            }
        }
    }

    @Test func talksToNobodyWithACertificateOfAnotherAuthority() async throws {
        let stranger = try TestPKI()
        defer { stranger.remove() }
        let certificate = try stranger.client("system:admin", ["system:masters"])
        try await TestListener.with(LiveState(try provider.state())) { listener in
            await #expect(throws: (any Error).self) {
                try await listener.withClient(certificate: certificate) { try await listener.get("/livez", by: $0) }
            }
        }
    }

    @Test func answersForwardAuth() async throws {
        let token = try provider.token()
        try await TestListener.with(LiveState(try provider.state())) { listener in
            try await listener.withClient { client in
                let good = try await listener.get("/auth", token: token, by: client)
                #expect(good.status == 200)
                #expect(good.headers["X-Remote-User"] == ["idp:jane"])
                #expect(try await listener.get("/auth", token: "x", by: client).status == 401)
                #expect(try await listener.get("/nothing", by: client).status == 404)
            }
        }
    }

    // MARK: For local processes

    /// Whoever reaches the loopback listener needs no credentials; the other one grants nobody more for it.
    @Test func answersLocalProcessesWithoutCredentials() async throws {
        let token = try provider.token()
        var access = EndpointAccess(forwardAuthFrom: try #require(AddressList("")))
        access.loopback = ListenAddress(host: "127.0.0.1", port: 0)
        try await TestListener.with(LiveState(try provider.state()), access: access) { listener in
            try await listener.withClient { client in
                let doors: [(url: String, review: UInt, auth: UInt)] = [
                    ("http://127.0.0.1:\(listener.localPort)", 201, 200), (listener.url, 403, 403),
                ]
                for door in doors {
                    var review = HTTPClientRequest(url: door.url + "/apis/authentication.k8s.io/v1/tokenreviews")
                    review.method = .POST
                    review.body = .bytes(Array(#"{"spec":{"token":"\#(token)"}}"#.utf8))
                    let reviewed = try await client.execute(review, timeout: .seconds(10))
                    #expect(reviewed.status.code == door.review)
                    var auth = HTTPClientRequest(url: door.url + "/auth/nginx")
                    auth.headers.add(name: "Authorization", value: "Bearer \(token)")
                    let identified = try await client.execute(auth, timeout: .seconds(10))
                    #expect(identified.status.code == door.auth)
                }
            }
        }
    }

    @Test func opensNoOtherDoorUnasked() async throws {
        try await TestListener.with(LiveState(try provider.state())) { listener in #expect(listener.localPort == 0) }
    }

    /// Two replicas of a snapshot take turns while valid tokens keep coming: each answer is one of the two, none is a failure.
    @Test func failsNoValidRequestWhileSnapshotsAreSwapped() async throws {
        let states = [
            try provider.state(revision: 1, usernamePrefix: "a:"), try provider.state(revision: 2, usernamePrefix: "b:"),
        ]
        let live = LiveState(states[0])
        let token = try provider.token()
        try await TestListener.with(live) { listener in
            let isDone = ManagedAtomic(false)
            let names = try await listener.withClient { client in
                try await withThrowingTaskGroup(of: [String: Int].self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            var names: [String: Int] = [:]
                            for _ in 0..<250 {
                                let answer = try await listener.get("/auth", token: token, by: client)
                                names["\(answer.status) \(answer.headers["X-Remote-User"].first ?? "")", default: 0] += 1
                            }
                            return names
                        }
                    }
                    group.addTask {
                        var turn = 0
                        while !isDone.load(ordering: .relaxed) {
                            turn += 1
                            let next = states[turn % 2]
                            live.update { _ in next }
                            await Task.yield()
                        }
                        return [:]
                    }
                    var total: [String: Int] = [:]
                    for _ in 0..<4 { total.merge(try await group.next() ?? [:], uniquingKeysWith: +) }
                    isDone.store(true, ordering: .relaxed)
                    return total
                }
            }
            #expect(Set(names.keys) == ["200 a:jane", "200 b:jane"], "\(names)")
            #expect(names.values.reduce(0, +) == 1000)
        }
    }

    // MARK: Stopping

    @Test func stopsWithIdleConnectionsOpen() async throws {
        let token = try provider.token()
        try await TestListener.with(LiveState(try provider.state()), drain: .seconds(120)) { listener in
            try await listener.withClient { client in
                #expect(try await listener.get("/auth", token: token, by: client).status == 200)
                let started = ContinuousClock.now
                try await listener.stop()
                #expect(ContinuousClock.now - started < .seconds(60))
                await #expect(throws: (any Error).self) { try await listener.get("/livez", by: client) }
            }
        }
    }

    @Test func cutsOffWhoDoesNotFinish() async throws {
        try await TestListener.with(LiveState(try provider.state()), drain: .milliseconds(300)) { listener in
            try await listener.withClient { client in
                let (stream, source) = AsyncStream.makeStream(of: ByteBuffer.self)
                var request = HTTPClientRequest(url: listener.url + "/apis/authentication.k8s.io/v1/tokenreviews")
                request.method = .POST
                request.body = .stream(stream, length: .unknown)
                source.yield(ByteBuffer(string: "{"))
                let half = request
                try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    tasks.addTask {
                        do {
                            _ = try await client.execute(half, timeout: .seconds(20))
                            return true
                        } catch {
                            return false
                        }
                    }
                    // The other half of that request never comes.
                    #expect(try await listener.get("/livez", by: client).status == 200)
                    try await listener.stop()
                    #expect(try await tasks.next() == false)
                }
                source.finish()
            }
        }
    }

    /// A replacement that comes early waits for its predecessor, and never answers beside it.
    @Test func takesThePortOverFromAPredecessor() async throws {
        let live = LiveState(try provider.state())
        try await TestListener.with(live) { listener in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let (openings, opened) = AsyncStream.makeStream(of: Void.self)
            let second = try WorkerListener(
                state: live,
                address: ListenAddress(host: "127.0.0.1", port: listener.port),
                tls: ServingContext(ServingFiles(folder: listener.pki.worker).context()),
                access: EndpointAccess(forwardAuthFrom: try #require(AddressList(""))),
                drain: .seconds(1),
                patience: .seconds(30),
                logger: logger,
                onListening: { _ in opened.yield() }
            )
            let group = ServiceGroup(services: [second], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { opened.finish() }
                    try await group.run()
                }
                try await listener.stop()
                var isOpen = false
                for await _ in openings {
                    isOpen = true
                    break
                }
                #expect(isOpen)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    /// Two clusters that were given the same ports must not share them.
    @Test func doesNotShareItsPort() async throws {
        let live = LiveState(try provider.state())
        try await TestListener.with(live) { listener in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let second = try WorkerListener(
                state: live,
                address: ListenAddress(host: "127.0.0.1", port: listener.port),
                tls: ServingContext(ServingFiles(folder: listener.pki.worker).context()),
                access: EndpointAccess(forwardAuthFrom: try #require(AddressList(""))),
                drain: .seconds(1),
                patience: .zero,
                logger: logger
            )
            let failure = await #expect(throws: ListenFailure.self) { try await second.run() }
            #expect(failure?.description.contains("127.0.0.1:\(listener.port): Address already in use") == true)
        }
    }

    @Test func doesNotStartWithoutCertificates() throws {
        #expect(throws: ServingFiles.Problem.self) { try ServingFiles(folder: "/nonexistent").context() }
    }
}
