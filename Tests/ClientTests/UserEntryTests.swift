import Foundation
import JSON
import Testing

@testable import Client

/// What a kubeconfig says about a user and a server, beyond certificates and tokens.
struct UserEntryTests {
    private func configuration(
        user: String,
        cluster: String = "server: 'https://a:1'",
        _ overrides: ConnectionOverrides = .init()
    ) throws -> ClientConfiguration {
        let yaml = """
            current-context: a
            clusters: [{name: a, cluster: {\(cluster)}}]
            users: [{name: u, user: {\(user)}}]
            contexts: [{name: a, context: {cluster: a, user: u}}]
            """
        return try Kubeconfig.parse(Array(yaml.utf8), source: "test").clientConfiguration(overrides, userAgent: "test")
    }

    private static let exec = "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"

    struct Refusal: CustomTestStringConvertible, Sendable {
        let user: String
        var cluster = "server: 'https://a:1'"
        let says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        Refusal(user: "username: b, password: c", says: "user \"u\" has a name and a password, which the API does not take"),
        Refusal(
            user: "token: a, username: b",
            says: "more than one authentication method found for u; found [token basicAuth]"
        ),
        Refusal(user: "auth-provider: {name: oidc}", says: "from the auth provider \"oidc\", which ctl does not have"),
        Refusal(user: "as-groups: [g]", says: "requesting uid, groups or user-extra for u without impersonating a user"),
        Refusal(user: "as-uid: x", says: "requesting uid, groups or user-extra for u without impersonating a user"),
        Refusal(user: "token: a", cluster: "server: 'https://a', proxy-url: 'http://p'", says: "proxy-url of cluster \"a\""),
        Refusal(user: "\(exec), auth-provider: {name: oidc}", says: "in combination with an exec plugin for u"),
    ])
    func saysWhatIsNotSupported(_ c: Refusal) {
        let failure = #expect(throws: InvalidKubeconfig.self) { try configuration(user: c.user, cluster: c.cluster) }
        #expect(failure?.message.contains(c.says) == true, "\(failure?.message ?? "")")
    }

    @Test(arguments: [("https://a", true), ("HTTPS://a", true), ("http://a", false)])
    func saysWhoItIsOverTLSOnly(_ server: String, _ isSent: Bool) throws {
        for user in [Self.exec, "token: t", "client-certificate-data: QQ==, client-key-data: QQ=="] {
            var isNone = false
            if case .none = try configuration(user: user, cluster: "server: '\(server)'").credential { isNone = true }
            #expect(isNone != isSent, "\(user)")
        }
        var overrides = ConnectionOverrides()
        overrides.token = SecretText("t")
        var isNone = false
        if case .none = try configuration(user: "", cluster: "server: '\(server)'", overrides).credential { isNone = true }
        #expect(isNone != isSent)
    }

    @Test func aTokenOnTheCommandLineStandsAboveThePlugin() throws {
        var overrides = ConnectionOverrides()
        overrides.token = SecretText("t")
        guard case .token = try configuration(user: Self.exec, overrides).credential else {
            Issue.record("the token was expected")
            return
        }
    }

    @Test func impersonates() throws {
        let user = "as: 'jane', as-uid: '7', as-groups: [a, b], as-user-extra: {'example.com/scope': [s, t]}"
        let headers = try #require(try configuration(user: user).impersonation).headers.map { "\($0.0): \($0.1)" }
        #expect(
            headers == [
                "Impersonate-User: jane", "Impersonate-Uid: 7", "Impersonate-Group: a", "Impersonate-Group: b",
                "Impersonate-Extra-example.com%2Fscope: s", "Impersonate-Extra-example.com%2Fscope: t",
            ]
        )
        var overrides = ConnectionOverrides()
        overrides.asUser = "joe"
        overrides.asGroups = ["c"]
        let changed = try #require(try configuration(user: user, overrides).impersonation)
        #expect(changed.user == "joe" && changed.groups == ["c"] && changed.uid == "7")
        #expect(try configuration(user: "token: t").impersonation == nil)
    }

    @Test func impersonationIsSent() async throws {
        try await StubServer.with { request in
            .json(request.headers["impersonate-user"] == "jane" ? "{}" : "[]")
        } body: { server in
            var configuration = ClientConfiguration(server: server.url)
            configuration.impersonation = Impersonation(user: "jane")
            let answer = try await ControllerClient.with(configuration) {
                try await $0.get(ResourcePath("v1", "nodes", name: "a"))
            }
            #expect(answer == [:])
        }
    }

    @Test func asksTheServerByAnotherName() async throws {
        try await StubServer.with { request in
            .json(#"{"host":"\#(request.headers["host"] ?? "")","uri":"\#(request.uri)"}"#)
        } body: { server in
            var configuration = ClientConfiguration(server: server.url)
            configuration.serverName = "api.example.test"
            let answer = try await ControllerClient.with(configuration) {
                try await $0.get(ResourcePath("v1", "nodes", name: "a"))
            }
            // It got there, although the name leads nowhere.
            #expect(answer == ["host": .string(String(server.url.dropFirst("http://".count))), "uri": "/api/v1/nodes/a"])
        }
    }

    @Test func aNameThatIsNoneIsRefused() {
        #expect(throws: TransportFailure.self) { try ServerName("a/b", server: "https://a") }
    }

    @Test func findsThePluginBesideTheKubeconfig() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let users = ["./bin/a", "b", "/usr/c"].enumerated().map { "{name: u\($0), user: {exec: {command: \($1)}}}" }
        try Data("users: [\(users.joined(separator: ", "))]".utf8).write(to: URL(filePath: "\(folder)/config"))
        let kubeconfig = try KubeconfigFiles(flag: "\(folder)/config", environment: [:]).load()
        let commands = (0..<3).map { kubeconfig[.users, "u\($0)"]?["exec"]?["command"]?.stringValue }
        #expect(commands == ["\(folder)/bin/a", "b", "/usr/c"])
        let shown = try KubeconfigFiles(flag: "\(folder)/config", environment: [:]).load(findsPlugins: false)
        #expect(shown[.users, "u0"]?["exec"]?["command"] == "./bin/a")
    }
}
