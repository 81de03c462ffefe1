import JSON
import Testing

@testable import Client

@Suite(.timeLimit(.minutes(5)))
struct WatchEventsTests {
    private static let nodes = ResourcePath("v1", "nodes")
    private static let added = #"{"type":"ADDED","object":{"metadata":{"name":"worker-0","resourceVersion":"8"}}}"#
    private static let bookmark = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#

    private func events(_ answer: StubServer.Answer, watchTimeout: Duration = .seconds(300)) async throws -> [WatchEvent] {
        try await StubServer.with { _ in
            answer
        } body: { server in
            var configuration = ClientConfiguration(server: server.url)
            configuration.watchTimeout = watchTimeout
            return try await ControllerClient.with(configuration) { client in
                var events: [WatchEvent] = []
                for try await event in client.watch(Self.nodes, after: "7") { events.append(event) }
                return events
            }
        }
    }

    @Test func cutsEventsFromAnyChunks() async throws {
        let text = "\(Self.added)\n\n\(Self.bookmark)\n"
        let halves = [String(text.prefix(20)), String(text.dropFirst(20))]
        for chunks in [[text], halves, text.map(String.init)] {
            let events = try await events(.init(chunks: chunks))
            #expect(events.map(\.change) == [.added, .bookmark])
            #expect(events.map(\.resourceVersion) == ["8", "9"])
            #expect(events.first?.name == "worker-0")
        }
    }

    @Test func asksForWhatItNeeds() async throws {
        let uri = try await StubServer.with { request in
            .json(#"{"type":"ADDED","object":{"uri":"\#(request.uri)"}}"# + "\n")
        } body: { server in
            try await ControllerClient.with(ClientConfiguration(server: server.url)) { client in
                for try await event in client.watch(Self.nodes, after: "7", .name("worker-0")) {
                    return event.object["uri"]?.stringValue
                }
                return nil
            }
        }
        #expect(
            uri
                == "/api/v1/nodes?fieldSelector=metadata.name%3Dworker-0&watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=7"
        )
    }

    @Test(arguments: [
        ("worker-0", "metadata.name=worker-0"), ("idp:a=", #"metadata.name=idp:a\="#), (#"a,b\c"#, #"metadata.name=a\,b\\c"#),
        ("=\u{301}", "metadata.name=\\=\u{301}"),
    ])
    func aNameIsNoSelectorOfItsOwn(_ name: String, _ selector: String) {
        #expect(Selection.name(name).fieldSelector == selector)
    }

    @Test func tellsThatItMustBeginAnew() async throws {
        let gone =
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}"#
        let inside = await #expect(throws: APIFailure.self) { try await events(.init(chunks: [gone + "\n"])) }
        #expect(inside?.isExpired == true)
        let atOnce = await #expect(throws: APIFailure.self) {
            try await events(.json(#"{"kind":"Status","code":410,"reason":"Expired"}"#, status: 410))
        }
        #expect(atOnce?.isExpired == true)
    }

    @Test func aBrokenConnectionIsAFailureAndNotAnEnd() async throws {
        let failure = await #expect(throws: TransportFailure.self) {
            try await events(.init(chunks: [Self.added + "\n"], ending: .breaks))
        }
        #expect(failure?.reason == .interrupted)
    }

    @Test func anEventThatIsNoneIsRefused() async throws {
        for line in ["nonsense", "{}", #"{"type":"SOMETHING","object":{}}"#] {
            let failure = await #expect(throws: TransportFailure.self) { try await events(.init(chunks: [line + "\n"])) }
            #expect(failure?.reason == .notJSON)
        }
    }

    @Test func linesHaveABound() {
        var lines = LineBuffer(limit: 10)
        let first = lines.append("12345678".utf8)
        let none = lines.takeLine()
        let second = lines.append("9\n0".utf8)
        let line = lines.takeLine()
        #expect(first && second)
        #expect(none == nil)
        #expect(line == Array("123456789".utf8))
        // One chunk may pass the bound, because it is there already; the next is refused.
        let long = lines.append(String(repeating: "x", count: 20).utf8)
        let tooLong = lines.append("x".utf8)
        #expect(long && !tooLong)
    }
}
