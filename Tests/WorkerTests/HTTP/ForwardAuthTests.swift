import JSON
import NIOHTTP1
import Testing

@testable import Worker

struct ForwardAuthTests {
    let provider = TestProvider()

    @Test func passesTheIdentityOnAsHeaders() throws {
        let response = try TestRoutes(provider.state()).get("/auth", token: try provider.token())
        #expect(response.status == .ok)
        #expect(response.headers["X-Remote-User"] == ["idp:jane"])
        #expect(response.headers["X-Remote-Uid"] == ["u-1"])
        #expect(response.headers["X-Remote-Extra-example.com%2Fteam"] == ["u-1"])
        // Not joined by commas: a group's name may hold one.
        #expect(response.headers.filter { $0.name == "X-Remote-Group" }.map(\.value) == ["g:dev", "g:ops"])
        #expect(response.headers.contains(name: "X-Postern-Decision"))
        #expect(response.body.isEmpty)
    }

    @Test func refusesFlatly() throws {
        let routes = TestRoutes(try provider.state())
        let tokens = [nil, "x", try provider.token { $0["exp"] = 1 }, try TestProvider().token()]
        for token in tokens {
            let response = try routes.get("/auth", token: token)
            #expect(response.status == .unauthorized)
            #expect(response.headers["WWW-Authenticate"] == ["Bearer"])
            #expect(try response.json["message"] == "Unauthorized")
            #expect(!response.headers.contains(name: "X-Remote-User"))
        }
        #expect(routes.counters.refused == 4)
    }

    @Test func saysTryAgainWhenItCannotKnow() throws {
        for state in [WorkerState(), try provider.state(hasKeys: false)] {
            let response = try TestRoutes(state).get("/auth", token: try provider.token())
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers.contains(name: "Retry-After"))
        }
    }

    @Test(arguments: ["10.0.0.1", "::2", "::ffff:10.0.0.1"])
    func answersNobodyElse(address: String) throws {
        let routes = TestRoutes(try provider.state())
        #expect(try routes.get("/auth", token: try provider.token(), from: address).status == .forbidden)
        #expect(routes.counters.authenticated == 0)
    }

    @Test(arguments: ["127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func answersItsProxies(address: String) throws {
        #expect(try TestRoutes(provider.state()).get("/auth", token: try provider.token(), from: address).status == .ok)
    }

    @Test func refusesTwoAuthorizationHeaders() throws {
        let value = "Bearer \(try provider.token())"
        let response = try TestRoutes(provider.state()).send(
            .GET,
            "/auth",
            headers: ["Authorization": value, "authorization": value]
        )
        #expect(response.status == .unauthorized)
    }

    @Test func takesTheSchemeInAnyCase() throws {
        let routes = TestRoutes(try provider.state())
        for scheme in ["bearer", "BEARER"] {
            #expect(
                try routes.send(.GET, "/auth", headers: ["Authorization": "\(scheme) \(try provider.token())"]).status == .ok
            )
        }
        #expect(try routes.send(.GET, "/auth", headers: ["Authorization": "Basic eDp5"]).status == .unauthorized)
        #expect(try routes.send(.GET, "/auth", headers: ["Authorization": "Bearer"]).status == .unauthorized)
    }

    @Test func refusesAnIdentityThatIsTooLargeForHeaders() throws {
        let groups = (0..<800).map { JSONValue.string("d\($0)") }
        let response = try TestRoutes(provider.state()).get(
            "/auth",
            token: try provider.token { $0["groups"] = .array(groups) }
        )
        #expect(response.status == .forbidden)
        #expect(response.headers["X-Postern-Refusal"] == ["identity_too_large"])
        #expect(!response.headers.contains(name: "X-Remote-User"))
    }

    /// A space at the end would be trimmed on the way, and the user become another one.
    @Test func refusesAnIdentityThatHeadersWouldChange() throws {
        let response = try TestRoutes(provider.state()).get("/auth", token: try provider.token { $0["name"] = "jane " })
        #expect(response.status == .forbidden)
        #expect(response.headers["X-Postern-Refusal"] == ["identity_unfit"])
    }
}
