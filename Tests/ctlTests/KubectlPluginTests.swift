import Foundation
import JSON
import Testing

@testable import Client
@testable import ctl

/// The kubectl of `POSTERN_KUBECTL`, else the machine's own.
private enum RealKubectl {
    static let path: String? = {
        let named = ProcessInfo.processInfo.environment["POSTERN_KUBECTL"].map { [$0] }
        return (named ?? ["/usr/local/bin/kubectl", "/usr/bin/kubectl"]).first(where: FileManager.default.isExecutableFile)
    }()
}

/// Exec plugins of a kubeconfig, with the machine's own kubectl and with us: what the plugin is told, and what the person reads.
@Suite(.enabled(if: RealKubectl.path != nil))
struct KubectlPluginTests {
    private static let version = "apiVersion: client.authentication.k8s.io/v1"
    private static let usual = "\(version), interactiveMode: Never"

    static let users = [
        "exec: {command: ./tells, args: [a b, c], env: [{name: OWN, value: x}], provideClusterInfo: true, \(usual)}",
        "exec: {command: ./tells, apiVersion: client.authentication.k8s.io/v1beta1}",
        "exec: {command: no-such-plugin, installHint: 'Install me', \(usual)}",
        "exec: {command: no-such-plugin, \(usual)}",
        "exec: {command: ./missing, \(usual)}",
        "exec: {command: ./notExecutable, \(usual)}",
        "exec: {command: ./empty, \(usual)}",
        "exec: {command: ./half, \(usual)}",
        "exec: {command: ./noStatus, \(usual)}",
        "exec: {command: ./tells, apiVersion: v9, interactiveMode: Never}",
        "exec: {command: ./tells, interactiveMode: Never}",
        "exec: {command: ./tells, \(version)}",
        "exec: {command: ./tells, \(version), interactiveMode: Sometimes}",
        "exec: {command: ./tells, \(version), interactiveMode: Always}",
        "exec: {\(usual)}",
        "exec: {command: ./tells, env: [{value: x}], \(usual)}",
        "token: a, username: b, password: c",
        "as-groups: [b]",
    ]

    @Test(arguments: users)
    func agree(_ user: String) async throws {
        let folder = try Self.folder(user)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let told = {
            try FileManager.default.contents(atPath: "\(folder)/told").map { try Told(String(decoding: $0, as: UTF8.self)) }
        }
        let expected = try Self.runKubectl(in: folder)
        let toldByKubectl = try told()
        try? FileManager.default.removeItem(atPath: "\(folder)/told")
        var found = ""
        do {
            var overrides = ConnectionOverrides()
            overrides.isUnattended = true
            let kubeconfig = try KubeconfigFiles(flag: "\(folder)/config", environment: [:]).load()
            let configuration = try kubeconfig.clientConfiguration(overrides, userAgent: "test")
            guard case .plugin(let credentials) = configuration.credential else {
                Issue.record("a plugin was expected")
                return
            }
            _ = try await credentials.current()
        } catch {
            found = try #require(FailureReport(error)).text
        }
        #expect(found == expected)
        #expect(try told() == toldByKubectl)
        #expect(
            (toldByKubectl != nil) == user.contains("./tells") || expected.hasPrefix("error: ") || expected.contains("terminal")
        )
    }

    /// What a plugin was told.
    private struct Told: Equatable {
        let question: JSONValue
        /// Its arguments and a variable of its own.
        let rest: Substring

        init(_ text: String) throws {
            let end = text.firstIndex(of: "\n") ?? text.endIndex
            question = try JSONParser.parse(Array(text[..<end].utf8))
            rest = text[end...]
        }
    }

    /// Plugins, and a kubeconfig for a user. `tells` writes down what it was told and fails, so that nobody goes on to the server.
    private static func folder(_ user: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubectl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let output = { (members: String) in
            "#!/bin/sh\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\"\(members)}'\n"
        }
        let tells = """
            #!/bin/sh
            { printf '%s\\n' "$KUBERNETES_EXEC_INFO" "$#" "$@" "$OWN"; cat; } > "$(dirname "$0")/told"
            exit 3
            """
        let files: [(name: String, text: String, permissions: Int)] = [
            ("tells", tells, 0o700), ("empty", output(",\"status\":{}"), 0o700), ("noStatus", output(""), 0o700),
            ("half", output(",\"status\":{\"clientKeyData\":\"k\"}"), 0o700), ("notExecutable", "", 0o600),
            (
                "config",
                """
                current-context: c
                clusters:
                - name: c
                  cluster:
                    server: https://127.0.0.1:1
                    insecure-skip-tls-verify: true
                    tls-server-name: name.test
                    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {\(user)}}]
                """, 0o600
            ),
        ]
        for file in files {
            _ = FileManager.default.createFile(
                atPath: "\(folder)/\(file.name).text",
                contents: Data(file.text.utf8),
                attributes: [.posixPermissions: file.permissions]
            )
            // What we had open for writing ourselves, a process that another test starts just then would keep open, and busy.
            let copy = ["-p", "\(folder)/\(file.name).text", "\(folder)/\(file.name)"]
            try Process.run(URL(filePath: "/bin/cp"), arguments: copy).waitUntilExit()
        }
        return folder
    }

    /// What it prints on standard error.
    private static func runKubectl(in folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: try #require(RealKubectl.path))
        process.arguments = ["--kubeconfig", "\(folder)/config", "get", "--raw", "/version"]
        process.environment = ["HOME": folder, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
