import JSON
import NIOCore
import NIOHTTP1
import Testing

@testable import Worker

/// What each kind of proxy is answered under its own path.
struct ForwardAuthProfileTests {
    let provider = TestProvider()

    // MARK: Paths and methods

    struct Place: CustomTestStringConvertible, Sendable {
        let path: String
        let profile: ForwardAuthProfile?
        var testDescription: String { path }

        init(_ path: String, _ profile: ForwardAuthProfile?) { (self.path, self.profile) = (path, profile) }
    }

    static let places = [
        Place("/auth", .generic), Place("/auth/nginx", .nginx), Place("/auth/caddy", .caddy), Place("/auth/traefik", .traefik),
        // The path of the original request follows; for OPTIONS * it is a star.
        Place("/auth/envoy", .envoy), Place("/auth/envoy/", .envoy), Place("/auth/envoy/a/../b", .envoy),
        Place("/auth/envoy*", .envoy),
        Place("", nil), Place("auth", nil), Place("/auth/", nil), Place("/authx", nil), Place("/Auth", nil),
        Place("/auth/nginx/", nil), Place("/auth/caddy/x", nil), Place("/auth/traefik*", nil), Place("/auth/envoyx", nil),
        Place("/auth/../auth", nil), Place("/%61uth", nil),
    ]

    @Test(arguments: places)
    func isKnownByItsPath(_ c: Place) throws {
        #expect(ForwardAuthProfile(path: Substring(c.path)) == c.profile)
        let response = try TestRoutes(provider.state()).get(c.path + "?a=/auth", token: try provider.token())
        #expect(response.status == (c.profile == nil ? .notFound : .ok))
    }

    /// Envoy asks with the method of the original request.
    @Test(arguments: ForwardAuthProfile.allCases, [.GET, .HEAD, .POST, .DELETE, .OPTIONS, .RAW(value: "BREW")] as [HTTPMethod])
    func takesTheMethodsOfItsProxy(_ profile: ForwardAuthProfile, method: HTTPMethod) throws {
        let headers: HTTPHeaders = ["Authorization": "Bearer \(try provider.token())"]
        let response = try TestRoutes(provider.state()).send(method, "/\(profile.rawValue)", headers: headers)
        if profile == .envoy || method == .GET || method == .HEAD {
            #expect(response.status == .ok)
        } else {
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers["Allow"] == ["GET, HEAD"])
        }
    }

    // MARK: The identity

    private func identity(_ response: WorkerResponse) -> [String] {
        response.headers.filter { $0.name.hasPrefix("X-Remote-") }.map { "\($0.name): \($0.value)" }
    }

    @Test(arguments: ForwardAuthProfile.allCases)
    func isToldWhatItCanPassOn(_ profile: ForwardAuthProfile) throws {
        let response = try TestRoutes(provider.state()).get("/\(profile.rawValue)", token: try provider.token())
        let name = ["X-Remote-User: idp:jane", "X-Remote-Uid: u-1"]
        switch profile {
        case .generic, .traefik:
            let repeated = ["X-Remote-Group: g:dev", "X-Remote-Group: g:ops", "X-Remote-Extra-example.com%2Fteam: u-1"]
            #expect(identity(response) == name + repeated)
        case .nginx, .envoy, .caddy:
            #expect(identity(response) == name + ["X-Remote-Groups: g:dev,g:ops", "X-Remote-Extra: example.com/team=u-1"])
        }
    }

    @Test(arguments: ForwardAuthProfile.allCases)
    func isToldAboutItsSizeLimit(_ profile: ForwardAuthProfile) throws {
        // Small in the token, large in headers of both forms.
        let groups = (0..<800).map { JSONValue.string("üüü\($0)") }
        let routes = TestRoutes(try provider.state())
        let response = try routes.get("/\(profile.rawValue)", token: try provider.token { $0["groups"] = .array(groups) })
        #expect(response.status == .forbidden)
        #expect(response.headers["X-Postern-Refusal"] == ["identity_too_large"])
        #expect(identity(response) == [])
        #expect((routes.counters.authenticated, routes.counters.refused) == (0, 1))
    }

    /// A joined header carries any group; a repeated one would lose the blank on the way.
    @Test(arguments: ForwardAuthProfile.allCases)
    func isNotToldWhatItWouldChange(_ profile: ForwardAuthProfile) throws {
        let token = try provider.token { $0["groups"] = ["dev "] }
        let response = try TestRoutes(provider.state()).get("/\(profile.rawValue)", token: token)
        switch profile {
        case .generic, .traefik:
            #expect(response.status == .forbidden)
            #expect(response.headers["X-Postern-Refusal"] == ["identity_unfit"])
        case .nginx, .envoy, .caddy: #expect(response.headers["X-Remote-Groups"] == ["g:dev%20"])
        }
    }

    // MARK: What the client sent itself

    struct Sent: CustomTestStringConvertible, Sendable {
        let name: String
        let isForged: Bool
        var testDescription: String { name }

        init(_ name: String, _ isForged: Bool) { (self.name, self.isForged) = (name, isForged) }
    }

    static let sent = [
        Sent("X-Remote-Extra-Scopes", true), Sent("x-remote-extra-scopes", true), Sent("X-REMOTE-EXTRA-", true),
        Sent("X_Remote_Extra_Scopes", true), Sent("X-Remote-Extra_Scopes", true), Sent("X_Remote_User", true),
        Sent("x-remote_group", true),
        // The proxy replaces these, or takes them out.
        Sent("X-Remote-User", false), Sent("X-Remote-Groups", false), Sent("X-Remote-Extra", false),
        Sent("X-Remote-ExtraX", false), Sent("X-Remoteuser_", false), Sent("X-Remote", false), Sent("X_Request_ID", false),
        Sent("X-Remote\u{7F}Extra-", false), Sent("X-Remote-Extra\r", false), Sent("", false),
    ]

    @Test(arguments: sent)
    func refusesForgedHeadersThatTheProxyWouldPassOn(_ c: Sent) throws {
        let routes = TestRoutes(try provider.state())
        let headers: HTTPHeaders = ["Authorization": "Bearer \(try provider.token())", c.name: "x"]
        for profile in ForwardAuthProfile.allCases {
            let response = try routes.send(.GET, "/\(profile.rawValue)", headers: headers)
            // A proxy that is told names by their beginning takes forged ones out itself.
            guard c.isForged, ![.generic, .traefik].contains(profile) else {
                #expect(response.status == .ok)
                continue
            }
            #expect(response.status == .forbidden)
            #expect(response.headers["X-Postern-Refusal"] == ["identity_forged"])
            #expect(response.headers.contains(name: "X-Postern-Decision"))
            #expect(identity(response) == [])
        }
        #expect(routes.counters.refused == (c.isForged ? 3 : 0))
    }

    /// Whoever is nobody is told no more by it.
    @Test func refusesForgedHeadersWithoutAToken() throws {
        let response = try TestRoutes(provider.state()).send(.GET, "/auth/nginx", headers: ["X-Remote-Extra-A": "x"])
        #expect(response.status == .forbidden)
    }

    struct Removal: CustomTestStringConvertible, Sendable {
        let claim: String
        let names: [String]
        var testDescription: String { "without \(claim)" }
    }

    static let removals = [
        Removal(claim: "nothing", names: ["X-Remote-Group"]),
        Removal(claim: "groups", names: ["X-Remote-Group", "X-Remote-Groups"]),
    ]

    /// Envoy only replaces headers that the answer has: those that it has not could be the client's.
    @Test(arguments: removals)
    func hasEnvoyRemoveWhatItDoesNotReplace(_ c: Removal) throws {
        let token = try provider.token { $0[c.claim] = nil }
        let routes = TestRoutes(try provider.state())
        for _ in ["new", "known"] {
            let response = try routes.get("/auth/envoy/x", token: token)
            var head = ByteBuffer()
            head.write(response, connection: .unsaid, withBody: false)
            #expect(String(buffer: head).contains("X-Envoy-Auth-Headers-To-Remove: \(c.names.joined(separator: ","))\r\n"))
        }
        for profile in ForwardAuthProfile.allCases where profile != .envoy {
            let response = try routes.get("/\(profile.rawValue)", token: token)
            #expect(!response.headers.contains(name: "X-Envoy-Auth-Headers-To-Remove"))
        }
        #expect(try !routes.get("/auth/envoy").headers.contains(name: "X-Envoy-Auth-Headers-To-Remove"))
    }
}
