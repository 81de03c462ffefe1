import Atomics
import Authenticator
import JSON
import Listening
import NIOCore
import NIOHTTP1
import Snapshot
import Testing

@testable import Worker

/// A token that comes again gets the answer that it got before, and only as long as that answer would be given anew.
struct VerifiedTokensTests {
    let provider = TestProvider()

    private func bytes(_ response: WorkerResponse) -> String {
        var response = response
        response.decision = nil
        var buffer = ByteBuffer()
        buffer.write(response, connection: .unsaid, withBody: true)
        return String(buffer: buffer)
    }

    @Test func givesTheSameAnswerAgain() throws {
        let routes = TestRoutes(try provider.state())
        let token = try provider.token()
        let judge = try routes.routes
        let request = WorkerRequest(
            method: .GET,
            uri: "/auth",
            headers: ["authorization": "bearer \(token)"],
            address: IPAddress("127.0.0.1")
        )
        guard case .now(let first) = judge.answer(request), case .now(let second) = judge.answer(request) else {
            Issue.record("an answer that comes later")
            return
        }
        #expect(first.prepared == nil)
        #expect(second.prepared != nil)
        #expect(bytes(first) == bytes(second))
        #expect(first.decision != second.decision)
        #expect(routes.counters.authenticated == 2)
    }

    @Test(arguments: [nil, ["client"], ["client", "x"], ["other"]] as [[String]?])
    func keepsReviewsWithOtherAudiencesApart(audiences: [String]?) throws {
        let routes = TestRoutes(try provider.state())
        let token = try provider.token()
        let alone = try TestRoutes(provider.state()).review(token, audiences: audiences)
        for other in [nil, ["client"], ["client", "x"], ["other"], ["client x"]] as [[String]?] {
            _ = try routes.review(token, audiences: other)
            _ = try routes.review(token, audiences: other, version: "v1beta1")
        }
        _ = try routes.get("/auth", token: token)
        let again = try routes.review(token, audiences: audiences)
        #expect(again.prepared != nil)
        #expect(bytes(again) == bytes(alone))
    }

    @Test func keepsNoRefusal() throws {
        let routes = TestRoutes(try provider.state())
        for token in [try provider.token { $0["exp"] = 1 }, try TestProvider().token(), "x"] {
            for _ in 0..<2 { #expect(try routes.get("/auth", token: token).prepared == nil) }
        }
        #expect(routes.live.load().verified.count == 0)
    }

    @Test func anotherConfigurationStartsWithNone() throws {
        let routes = TestRoutes(try provider.state())
        let token = try provider.token()
        for _ in 0..<2 { #expect(try routes.get("/auth", token: token).status == .ok) }
        let next = try provider.state(revision: 2, usernamePrefix: "new:")
        routes.live.update { _ in next }
        #expect(try routes.get("/auth", token: token).headers["X-Remote-User"] == ["new:jane"])
    }

    @Test func aWithdrawnKeyTakesItsTokensAlong() throws {
        let routes = TestRoutes(try provider.state())
        let token = try provider.token()
        for _ in 0..<2 { #expect(try routes.get("/auth", token: token).status == .ok) }
        let other = TestProvider().jwks
        let keys = IssuerKeys(set: try KeySet.parse(other), seed: .init(jwks: other, fetchedAt: TestProvider.now))
        routes.live.update { $0.with(keys, of: TestProvider.issuerURL) }
        #expect(try routes.get("/auth", token: token).status == .unauthorized)
        routes.live.update { $0.with(nil, of: TestProvider.issuerURL) }
        #expect(try routes.get("/auth", token: token).status == .serviceUnavailable)
    }

    @Test func theSameKeysFetchedAgainTakeNothing() throws {
        let routes = TestRoutes(try provider.state())
        let token = try provider.token()
        _ = try routes.get("/auth", token: token)
        let keys = IssuerKeys(set: try KeySet.parse(provider.jwks), seed: .init(jwks: provider.jwks, fetchedAt: 1))
        routes.live.update { $0.with(keys, of: TestProvider.issuerURL) }
        #expect(try routes.get("/auth", token: token).prepared != nil)
    }

    // MARK: The table

    private func verified(_ keys: TokenKey.Maker, _ token: String, answerSize: Int = 0) throws -> VerifiedToken {
        let decision = try provider.state().judge(Array(provider.token().utf8), now: TestProvider.now)
        let identity = try #require(decision?.identity)
        let answer = PreparedAnswer(.text(String(repeating: "x", count: answerSize)))
        return VerifiedToken(
            identity,
            key: keys.key(of: Substring(token).utf8, question: "q"),
            answer: answer,
            counter: DecisionCounters.Counter(0)
        )
    }

    @Test func forgetsWithTheTokensEnd() throws {
        let table = VerifiedTokens()
        let token = try verified(table.keys, "t")
        table.add(token, now: TestProvider.now)
        #expect(table.find(token.key, now: TestProvider.now + 3600) === token)
        #expect(table.find(token.key, now: TestProvider.now + 3601) == nil)
        table.add(token, now: TestProvider.now + 3601)
        #expect(table.count == 1)
    }

    @Test func isBoundedInNumberAndSize() throws {
        let table = VerifiedTokens()
        let identity = try #require(try provider.state().judge(Array(provider.token().utf8), now: TestProvider.now)?.identity)
        let small = PreparedAnswer(.empty(.ok))
        let large = PreparedAnswer(.text(String(repeating: "x", count: 1 << 20)))
        for number in 0..<60 {
            let key = table.keys.key(of: Substring("large \(number)").utf8, question: "")
            table.add(VerifiedToken(identity, key: key, answer: large, counter: .init(0)), now: TestProvider.now)
        }
        #expect((20..<32).contains(table.count))
        for number in 0..<50_000 {
            let key = table.keys.key(of: Substring("\(number)").utf8, question: "")
            table.add(VerifiedToken(identity, key: key, answer: small, counter: .init(0)), now: TestProvider.now)
        }
        #expect(table.count <= VerifiedTokens.defaultCapacity)
    }

    @Test func canBeSwitchedOff() throws {
        let state = try provider.state()
        let routes = TestRoutes(
            WorkerState(authenticator: state.authenticator, keys: state.keys, verified: VerifiedTokens(capacity: 0))
        )
        let token = try provider.token()
        for _ in 0..<2 { #expect(try routes.get("/auth", token: token).prepared == nil) }
        #expect(routes.live.load().verified.count == 0)
    }

    @Test func keepsItsCapacityWhenItIsEmptied() throws {
        let provider = TestProvider()
        let state = try provider.state()
        let small = WorkerState(verified: VerifiedTokens(capacity: 13))
        #expect(small.verified.capacity == 16)
        let next = small.with(try #require(state.authenticator), keys: state.keys)
        #expect(next.verified.capacity == 16)
        #expect(next.with(nil, of: TestProvider.issuerURL).verified.capacity == 16)
    }

    @Test func isWrittenByManyAtOnce() async throws {
        let table = VerifiedTokens()
        let tokens = try (0..<64).map { try verified(table.keys, "\($0)") }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        for token in tokens {
                            table.add(token, now: TestProvider.now)
                            let found = table.find(token.key, now: TestProvider.now)
                            #expect(found == nil || found === token)
                        }
                    }
                }
            }
        }
        #expect(table.count == tokens.count)
    }
}
