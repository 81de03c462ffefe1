import Foundation
import JSON
import NIOHTTP1
import Testing

/// Real proxies ask a worker, with the configurations of examples/forward-auth.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(3)))
struct ForwardAuthTests {
    /// All at one start of the proxy.
    @Test(.enabled(if: !Proxy.installed.isEmpty), arguments: Proxy.installed)
    func asksTheWorker(_ proxy: Proxy) async throws {
        try await ProxiedApplication.with(proxy) { application in
            try await passesTheIdentityOn(application)
            try await refusesTheOthers(application)
            try await replacesForgedHeaders(application)
            try await refusesOrRemovesUnknownForgedHeaders(application)
            try await passesLargeIdentitiesOn(application)
            try await failsClosedWithoutTheWorker(application)
        }
    }

    private func passesTheIdentityOn(_ application: ProxiedApplication) async throws {
        let token = try application.token()
        let identity = application.proxy.identity(groups: ["dev", "ops"])
        let read = try await application.send(token: token)
        #expect(read.status == 200)
        #expect(read.identity == identity)
        #expect(!read.arrived("authorization"))
        #expect(read.arrived?["path"] == "/a/b?x=1")
        let write = try await application.send(.PUT, "/a//b/../c?x=1&y=%2F", token: token, body: "content")
        #expect(write.status == 200)
        #expect(write.identity == identity)
        #expect(write.arrived?["method"] == "PUT")
        #expect(write.arrived?["body"] == "content")
        // A group is one group, whatever its name.
        let odd = try await application.send(token: try application.token(teams: #"["a,b", "100%"]"#))
        #expect(odd.identity == application.proxy.identity(groups: ["a,b", "100%"]))
    }

    private func refusesTheOthers(_ application: ProxiedApplication) async throws {
        for token in [nil, "x", "a.b.c", try application.expiredToken(), try application.token() + "A"] {
            let answer = try await application.send(token: token)
            #expect(answer.status == 401)
            #expect(answer.headers["WWW-Authenticate"] == ["Bearer"])
            #expect(answer.arrived == nil)
        }
        // It cannot be known now who that is: not 401, or a client would throw a good token away.
        let unknown = try await application.send(token: try application.tokenOfAbsentIssuer())
        #expect(unknown.status == 503)
        #expect(unknown.arrived == nil)
    }

    private static let forged = [
        ("X-Remote-User", "sso:root"), ("x-remote-uid", "0"), ("X-Remote-Group", "system:masters"),
        ("X-Remote-Group", "wheel"), ("X-REMOTE-GROUPS", "system:masters"), ("X-Remote-Extra", "scopes=all"),
    ]

    private func replacesForgedHeaders(_ application: ProxiedApplication) async throws {
        let (token, lonely) = (try application.token(), try application.token(teams: "[]"))
        let proxy = application.proxy
        let answer = try await application.send(token: token, headers: Self.forged)
        #expect(answer.status == 200)
        #expect(answer.identity == proxy.identity(groups: ["dev", "ops"]))
        // Where the worker says nothing, the client's own must not stay.
        #expect(try await application.send(token: lonely, headers: Self.forged).identity == proxy.identity(groups: []))
        let anonymous = try await application.send(headers: Self.forged)
        #expect(anonymous.status == 401)
        #expect(anonymous.arrived == nil)
        // A second Authorization header might be the one that counts behind the proxy.
        let twice = try await application.send(token: token, headers: [("Authorization", "Bearer x")])
        #expect(twice.arrived == nil)
    }

    private func refusesOrRemovesUnknownForgedHeaders(_ application: ProxiedApplication) async throws {
        let token = try application.token()
        let identity = application.proxy.identity(groups: ["dev", "ops"])
        let unknown = try await application.send(token: token, headers: [("X-Remote-Extra-Scopes", "all")])
        if application.proxy.removesUnknownIdentityHeaders {
            #expect(unknown.status == 200)
            #expect(unknown.identity == identity)
        } else {
            #expect(unknown.status == 403)
            #expect(unknown.arrived == nil)
        }
        // To many servers these are the same names; none of them may arrive.
        for name in ["X_Remote_User", "x_remote_group", "X-Remote_Groups", "X_Remote_Extra_Scopes"] {
            let answer = try await application.send(token: token, headers: [(name, "root")])
            #expect(
                answer.status == 200 && answer.identity == identity || answer.status == 403 && answer.arrived == nil,
                "\(name)"
            )
        }
        // What names a header in Connection wants it removed on the way.
        let hop = try await application.send(token: token, headers: [("Connection", "X-Remote-User, X-Remote-Groups")])
        #expect(hop.arrived == nil || hop.identity == identity)
    }

    /// More than a page of headers.
    private func passesLargeIdentitiesOn(_ application: ProxiedApplication) async throws {
        let groups = (0..<40).map { "\($0)-" + String(repeating: "(", count: 80) }
        let teams = "[" + groups.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let answer = try await application.send(token: try application.token(teams: teams))
        #expect(answer.status == 200)
        #expect(answer.identity == application.proxy.identity(groups: groups))
    }

    private func failsClosedWithoutTheWorker(_ application: ProxiedApplication) async throws {
        let token = try application.token()
        _ = application.worker.stop()
        let answer = try await application.send(token: token, headers: Self.forged)
        #expect(answer.status >= 500)
        #expect(answer.arrived == nil)
    }

    // MARK: The documentation

    /// What docs/forward-auth.md shows of a configuration is what was tried.
    @Test func theDocumentationShowsTheExamples() throws {
        let page = try String(contentsOf: TestCluster.root.appending(path: "docs/forward-auth.md"), encoding: .utf8)
        func lines(_ text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let examples = try Proxy.allCases.flatMap(\.files).map { file in
            lines(try String(contentsOf: Proxy.examples.appending(path: file), encoding: .utf8)).joined(separator: "\n")
        }
        let blocks = page.split(separator: "\n```").filter {
            ["nginx", "yaml", "caddyfile"].contains($0.prefix { $0 != "\n" })
        }
        #expect(blocks.count >= Proxy.allCases.count)
        for block in blocks {
            let shown = lines(block.drop { $0 != "\n" }).joined(separator: "\n")
            #expect(examples.contains { $0.contains(shown) }, "no example has: \(shown)")
        }
        for file in Proxy.allCases.flatMap(\.files) { #expect(page.contains("examples/forward-auth/\(file)")) }
    }
}
