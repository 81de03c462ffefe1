import Foundation
import JSON
import Synchronization
import Testing

@testable import Client

struct ExecPluginTests {
    @Test func tellsThePluginWhatItAsksFor() async throws {
        let folder = try PluginFolder(
            """
            D=$(dirname "$0"); printf '%s' "$KUBERNETES_EXEC_INFO" > "$D/info"; printf '%s|' "$@" "$OWN" "${HOME:+home}" > "$D/rest"
            \(PluginFolder.printing(#"{"token":"t-1"}"#))
            """
        )
        defer { try? folder.remove() }
        let plugin = try folder.plugin(
            [
                "args": ["get token", "--x=$HOME"], "env": [["name": "OWN", "value": "a b"]], "provideClusterInfo": true,
            ],
            cluster: ["server": "https://a"]
        )
        let credential = try await plugin.run()
        #expect(credential.token?.expose() == "t-1" && credential.expiration == nil)
        #expect(folder.read("rest") == "get token|--x=$HOME|a b|home|")
        #expect(
            try JSONParser.parse(Array(folder.read("info").utf8)) == [
                "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                "spec": ["interactive": false, "cluster": ["server": "https://a"]],
            ]
        )
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let script: String
        let says: String
    }

    static let bad = [
        Bad(testDescription: "not JSON", script: "echo s3cret", says: "decoding stdout: it is not JSON"),
        Bad(testDescription: "nothing", script: "", says: "decoding stdout: it is not JSON"),
        Bad(
            testDescription: "another kind",
            script: #"echo '{"kind":"s3cret"}'"#,
            says: "decoding stdout: it is not an ExecCredential"
        ),
        Bad(
            testDescription: "another version",
            script: #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'"#,
            says: "exec plugin is configured to use API version client.authentication.k8s.io/v1, "
                + "plugin returned version client.authentication.k8s.io/v1beta1"
        ),
        Bad(
            testDescription: "an unreadable certificate",
            script: PluginFolder.printing(#"{"clientCertificateData":"s3cret","clientKeyData":"s3cret"}"#),
            says: "failed parsing client key/certificate: they are not PEM"
        ),
        Bad(
            testDescription: "no time",
            script: PluginFolder.printing(#"{"token":"s3cret","expirationTimestamp":"soon"}"#),
            says: "decoding stdout: expirationTimestamp is no time of RFC 3339"
        ),
        Bad(testDescription: "ended by a signal", script: "kill -9 $$", says: "failed with exit code -1"),
        Bad(testDescription: "too much", script: "head -c 1100000 /dev/zero", says: "printed more than 1048576 bytes"),
    ]

    @Test(arguments: bad)
    func saysWhatIsWrongAndNothingOfTheOutput(_ bad: Bad) async throws {
        let folder = try PluginFolder(bad.script)
        defer { try? folder.remove() }
        let plugin = try folder.plugin()
        let failure = await #expect(throws: ExecPluginFailure.self) { _ = try await plugin.run() }
        #expect(failure?.message.hasSuffix(bad.says) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("s3cret") == false)
    }

    @Test func endsAPluginThatTakesTooLong() async throws {
        let folder = try PluginFolder("exec sleep 600")
        defer { try? folder.remove() }
        let process = PluginProcess(
            command: "plugin",
            path: "\(folder.path)/plugin",
            arguments: [],
            environment: ["PATH=/usr/bin:/bin"],
            hasInput: false,
            showsErrors: false,
            timeout: .milliseconds(300)
        )
        let failure = await #expect(throws: ExecPluginFailure.self) { _ = try await process.output() }
        #expect(failure?.message == "exec: executable plugin did not end within 0 s")
    }

    /// A plugin that runs into its time would be another error.
    @Test func endsWithWhoAskedForIt() async throws {
        let folder = try PluginFolder("exec sleep 600")
        defer { try? folder.remove() }
        let plugin = try folder.plugin()
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await plugin.run() }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    struct Mode: CustomTestStringConvertible, Sendable {
        let mode: JSONValue
        let terminal: Bool
        var isUnattended = false
        /// nil: refused.
        let interactive: Bool?
        var testDescription: String { "\(mode) \(terminal) \(isUnattended)" }
    }

    @Test(arguments: [
        Mode(mode: "Never", terminal: true, interactive: false),
        Mode(mode: "IfAvailable", terminal: true, interactive: true),
        Mode(mode: "IfAvailable", terminal: false, interactive: false),
        Mode(mode: "IfAvailable", terminal: true, isUnattended: true, interactive: false),
        Mode(mode: "Always", terminal: true, interactive: true),
        Mode(mode: "Always", terminal: false, interactive: nil),
        Mode(mode: "Always", terminal: true, isUnattended: true, interactive: nil),
    ])
    func asksThePersonOnlyWhereItMay(_ c: Mode) throws {
        let folder = try PluginFolder("")
        defer { try? folder.remove() }
        let plugin = try folder.plugin(["interactiveMode": c.mode], isUnattended: c.isUnattended)
        if let interactive = c.interactive {
            #expect(try plugin.isInteractive(hasTerminal: c.terminal) == interactive)
        } else {
            #expect(throws: ExecPluginFailure.self) { try plugin.isInteractive(hasTerminal: c.terminal) }
        }
    }

    @Test func olderPluginsNeedNotSayWhetherTheyAsk() throws {
        let plugin = try ExecPlugin(["command": "x", "apiVersion": "client.authentication.k8s.io/v1beta1"], user: "bob")
        #expect(plugin.interactiveMode == .ifAvailable)
    }

    // MARK: - Requests

    private static let path = ResourcePath("v1", "nodes", name: "a")

    /// Gives `t-1` at its first run, `t-2` at its second.
    private static let counting = """
        N=$(wc -l < "$RUNS" | tr -d ' ')
        \(PluginFolder.printing(#"{"token":"t-'$N'"}"#))
        """

    private func tokens(
        _ folder: PluginFolder,
        accepting accepted: Set<String>,
        _ body: (ControllerClient) async throws -> Void
    ) async throws -> [String] {
        let seen = Mutex<[String]>([])
        try await StubServer.with { request in
            let token = request.headers["authorization"] ?? ""
            seen.withLock { $0.append(token) }
            return accepted.contains(token) ? .json("{}") : .json("{}", status: 401)
        } body: { server in
            let credential = ClientConfiguration.Credential.plugin(PluginCredentials(try folder.plugin()))
            try await ControllerClient.with(ClientConfiguration(server: server.url, credential: credential), body: body)
        }
        return seen.withLock { $0 }
    }

    @Test func runsThePluginOnceForManyRequests() async throws {
        let folder = try PluginFolder(Self.counting)
        defer { try? folder.remove() }
        let tokens = try await tokens(folder, accepting: ["Bearer t-1"]) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await client.get(Self.path) } }
                try await group.waitForAll()
            }
            _ = try await client.raw("/readyz")
        }
        #expect(folder.runs == 1)
        #expect(tokens == Array(repeating: "Bearer t-1", count: 9))
    }

    @Test func runsItAgainForATokenThatIsRefused() async throws {
        let folder = try PluginFolder(Self.counting)
        defer { try? folder.remove() }
        let tokens = try await tokens(folder, accepting: ["Bearer t-2"]) { client in
            _ = try await client.get(Self.path)
            _ = try await client.get(Self.path)
        }
        #expect(folder.runs == 2)
        #expect(tokens == ["Bearer t-1", "Bearer t-2", "Bearer t-2"])
    }

    @Test func theSameTokenIsNotSentAgain() async throws {
        let folder = try PluginFolder(PluginFolder.printing(#"{"token":"old"}"#))
        defer { try? folder.remove() }
        let tokens = try await tokens(folder, accepting: []) { client in
            let failure = await #expect(throws: APIFailure.self) { try await client.get(Self.path) }
            #expect(failure?.isUnauthorized == true)
        }
        #expect(folder.runs == 2 && tokens == ["Bearer old"])
    }

    @Test func runsItAgainWhenTheTokenIsExpired() async throws {
        let folder = try PluginFolder(PluginFolder.printing(#"{"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"}"#))
        defer { try? folder.remove() }
        _ = try await tokens(folder, accepting: ["Bearer t"]) { client in
            _ = try await client.get(Self.path)
            _ = try await client.get(Self.path)
        }
        #expect(folder.runs == 2)
    }

    @Test func aWatchUsesItToo() async throws {
        let folder = try PluginFolder(Self.counting)
        defer { try? folder.remove() }
        let tokens = try await tokens(folder, accepting: ["Bearer t-2"]) { client in
            // The stub's answer has no event.
            for try await _ in client.watch(ResourcePath("v1", "nodes"), after: nil) {}
        }
        #expect(tokens == ["Bearer t-1", "Bearer t-2"])
    }
}
