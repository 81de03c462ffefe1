import Foundation
import Testing

@testable import API

/// The commands people type, with the real kubectl of this machine; skipped where there is none.
@Suite(.timeLimit(.minutes(3)), .enabled(if: Kubectl.path != nil))
struct KubectlTests {
    static let manifest = """
        apiVersion: config.openshift.io/v1
        kind: Authentication
        metadata:
          name: cluster
        spec:
          type: OIDC
          webhookTokenAuthenticator: null
          oidcProviders:
          - name: idp
            issuer: {issuerURL: "https://idp.example", audiences: [a]}
            claimMappings:
              username: {claim: email, prefixPolicy: Prefix, prefix: {prefixString: "oidc-user-test:"}}
        """

    @Test func readsAndChangesTheConfiguration() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            let file = try kubectl.file("auth.yaml", Self.manifest)
            let name = "authentication.config.openshift.io/cluster"
            try await kubectl.expect(["get", "authentication"], "cluster")
            try await kubectl.expect(["apply", "-f", file], "\(name) configured")
            try await kubectl.expect(["apply", "-f", file], "\(name) unchanged")
            try await kubectl.expect(
                ["get", "authentication", "cluster", "-o", "yaml"],
                "postern.dev/changed-by: system:admin"
            )
            try await kubectl.expect(["apply", "--dry-run=server", "-f", file], "\(name) unchanged (server dry run)")
            let revert = [
                "patch", "authentication.config/cluster", "--type=merge", "-p", "spec: {type: \"\", oidcProviders: null}",
            ]
            try await kubectl.expect(revert, "\(name) patched")
            try await kubectl.expect(revert, "\(name) patched (no change)")
            try await kubectl.expect(["label", "authentication", "cluster", "a=b"], "\(name) labeled")
            let editor = try kubectl.file("editor", "#!/bin/sh\nsed -i 's/type: .*/type: None/' \"$1\"\n", isProgram: true)
            try await kubectl.expect(
                ["edit", "authentication.config/cluster"],
                "\(name) edited",
                environment: ["EDITOR": editor]
            )
            try await kubectl.expect(["get", "authentication", "cluster", "-o", "jsonpath={.spec.type}"], "None")
            try await kubectl.expect(
                ["wait", "authentication/cluster", "--for=jsonpath={.spec.type}=None", "--timeout=5s"],
                "condition met"
            )
        }
    }

    @Test func appliesOnTheServer() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            let file = try kubectl.file("auth.yaml", Self.manifest.replacing("  webhookTokenAuthenticator: null\n", with: ""))
            let name = "authentication.config.openshift.io/cluster"
            try await kubectl.expect(["apply", "--server-side", "-f", file], "\(name) serverside-applied")
            try await kubectl.expect(["apply", "--server-side", "-f", file], "\(name) serverside-applied")
            let patch = ["patch", "authentication", "cluster", "--type=merge", "-p", #"{"spec":{"type":"None"}}"#]
            try await kubectl.expect(patch, "\(name) patched")
            let refused = try await kubectl.run(["apply", "--server-side", "-f", file])
            #expect(
                refused.code != 0 && refused.output.contains(#"conflict with "kubectl-patch" using config.openshift.io/v1"#)
            )
            #expect(refused.output.contains(".spec.type"), "\(refused.output)")
            try await kubectl.expect(["apply", "--server-side", "--force-conflicts", "-f", file], "serverside-applied")
            try await kubectl.expect(["get", "authentication", "cluster", "-o", "jsonpath={.spec.type}"], "OIDC")
            try await kubectl.expect(
                ["get", "authentication", "cluster", "--show-managed-fields", "-o", "yaml"],
                "f:oidcProviders:"
            )
            // From the client's apply to the server's: kubectl corrects the records itself.
            let map = try kubectl.file(
                "map.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: default}\ndata: {a: '1', b: '2'}\n"
            )
            try await kubectl.expect(["apply", "-f", map], "configmap/m created")
            _ = try kubectl.file(
                "map.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: default}\ndata: {a: '3'}\n"
            )
            try await kubectl.expect(["apply", "--server-side", "-f", map], "configmap/m serverside-applied")
            try await kubectl.expect(["get", "configmap", "m", "-n", "default", "-o", "jsonpath={.data}"], #"{"a":"3"}"#)
        }
    }

    /// These come as protobuf from kubectl 1.34 on.
    @Test func createsBuiltInKinds() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.expect(
                [
                    "create", "secret", "generic", "console-secret", "--from-literal=clientSecret=hunter2", "-n",
                    "openshift-config",
                ],
                "secret/console-secret created"
            )
            let value = Data("hunter2".utf8).base64EncodedString()
            try await kubectl.expect(
                ["get", "secret", "console-secret", "-n", "openshift-config", "-o", "jsonpath={.data.clientSecret} {.type}"],
                "\(value) Opaque"
            )
            let file = try kubectl.file("ca-bundle.crt", "pem\n")
            try await kubectl.expect(
                ["create", "configmap", "ca", "--from-file=ca-bundle.crt=\(file)", "-n", "openshift-config"],
                "configmap/ca created"
            )
            try await kubectl.expect(["create", "namespace", "team"], "namespace/team created")
            try await kubectl.expect(["auth", "whoami"], "system:admin")
            try await kubectl.expect(["auth", "can-i", "get", "secrets"], "yes")
            try await kubectl.expect(
                ["create", "configmap", "x", "-n", "nowhere"],
                "namespaces \"nowhere\" not found",
                code: 1
            )
        }
    }

    @Test func givesRightsAndAsksForThem() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            let asAlice = ["--as=alice", "--as-group=dev", "-n", "openshift-config"]
            try await kubectl.expect(["auth", "can-i", "get", "secrets"] + asAlice, "no", code: 1)
            try await kubectl.expect(
                ["create", "role", "reader", "--verb=get,list", "--resource=secrets,configmaps", "-n", "openshift-config"],
                "role.rbac.authorization.k8s.io/reader created"
            )
            try await kubectl.expect(
                ["create", "rolebinding", "readers", "--role=reader", "--group=dev", "-n", "openshift-config"],
                "rolebinding.rbac.authorization.k8s.io/readers created"
            )
            try await kubectl.expectSoon(["auth", "can-i", "get", "secrets"] + asAlice, "yes")
            try await kubectl.expect(["auth", "can-i", "delete", "secrets"] + asAlice, "no", code: 1)
            try await kubectl.expect(["auth", "can-i", "--list"] + asAlice, "configmaps")
            try await kubectl.expect(["get", "configmaps"] + asAlice, "No resources found")
            try await kubectl.expect(["get", "namespaces", "--as=alice"], "Error from server (Forbidden)", code: 1)
            try await kubectl.expect(["auth", "can-i", "--list"], "*.*")
            try await kubectl.expect(
                ["create", "clusterrole", "r", "--verb=get", "--resource=nodes"],
                "clusterrole.rbac.authorization.k8s.io/r created"
            )
            try await kubectl.expect(
                ["create", "clusterrolebinding", "b", "--clusterrole=r", "--user=bob", "--serviceaccount=default:robot"],
                "clusterrolebinding.rbac.authorization.k8s.io/b created"
            )
            try await kubectl.expect(["get", "clusterrolebindings", "b"], "NAME")
        }
    }

    @Test func explainsAndLists() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.expect(["api-resources"], "clusteroperators")
            try await kubectl.expect(["explain", "authentication.spec.oidcProviders"], "claimMappings")
            try await kubectl.expect(["explain", "secret", "--recursive"], "stringData")
            try await kubectl.expect(["version"], "Server Version: v1.34.0+postern")
            let co = "apiVersion: config.openshift.io/v1\nkind: ClusterOperator\nmetadata: {name: kube-apiserver}\nspec: {}\n"
            try await kubectl.expect(
                ["create", "-f", kubectl.file("co.yaml", co)],
                "clusteroperator.config.openshift.io/kube-apiserver created"
            )
            try await kubectl.expect(["get", "co"], "MESSAGE")
            try await kubectl.expect(["get", "co", "kube-apiserver"], "kube-apiserver")
        }
    }

    @Test func keepsSecretsOutOfSight() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            let secret = { (value: String) in
                "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: openshift-config}\nstringData: {a: \(value)}\n"
            }
            try await kubectl.expect(["apply", "-f", kubectl.file("s.yaml", secret("first"))], "secret/s created")
            try await kubectl.expect(["apply", "-f", kubectl.file("s.yaml", secret("second"))], "secret/s configured")
            let table = try await kubectl.run(["get", "secrets", "-A"])
            #expect(table.output.contains("Opaque   1"))
            let again = Data("second".utf8).base64EncodedString()
            #expect(!table.output.contains(again))
            try await kubectl.expect(["get", "secret", "s", "-n", "openshift-config", "-o", "jsonpath={.data.a}"], again)
            try await kubectl.expect(["delete", "secret", "s", "-n", "openshift-config"], "deleted")
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let command: [String]
        let message: String
        var testDescription: String { command.joined(separator: " ") }
    }

    @Test func tellsWhatIsWrong() async throws {
        try await LiveAPI.with { api in
            let kubectl = try Kubectl(api)
            let typo = try kubectl.file("typo.yaml", Self.manifest.replacing("type: OIDC", with: "tpye: OIDC"))
            let wrong = try kubectl.file("wrong.yaml", Self.manifest.replacing("type: OIDC", with: "type: OICD"))
            let refusals = [
                Refusal(command: ["apply", "-f", typo], message: "unknown field \"spec.tpye\""),
                Refusal(command: ["apply", "-f", wrong], message: "spec.type: Unsupported value: \"OICD\""),
                Refusal(
                    command: ["get", "authentication", "other"],
                    message: "Error from server (NotFound): authentications.config.openshift.io \"other\" not found"
                ),
                Refusal(
                    command: ["patch", "authentication", "cluster", "-p", "{}"],
                    message: "application/strategic-merge-patch+json is not supported"
                ),
                Refusal(command: ["get", "dreams"], message: "the server doesn't have a resource type \"dreams\""),
            ]
            for refusal in refusals {
                let outcome = try await kubectl.run(refusal.command)
                #expect(outcome.code != 0, "\(refusal.testDescription)")
                #expect(outcome.output.contains(refusal.message), "\(refusal.testDescription): \(outcome.output)")
            }
        }
    }
}

/// The kubectl of this machine, with the administrator's kubeconfig and a home of its own.
struct Kubectl: Sendable {
    struct Outcome: Sendable {
        let code: Int32
        /// Both streams.
        let output: String
    }

    /// `POSTERN_KUBECTL` names another version than the machine's own.
    static let path = (ProcessInfo.processInfo.environment["POSTERN_KUBECTL"].map { [$0] } ?? usual)
        .first(where: FileManager.default.isExecutableFile)
    private static let usual = ["/usr/local/bin/kubectl", "/usr/bin/kubectl", "/bin/kubectl"]

    private let folder: URL
    private let kubeconfig: String

    init(_ api: LiveAPI) throws {
        folder = api.folder.appending(path: "kubectl")
        kubeconfig = api.kubeconfig
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func file(_ name: String, _ text: String, isProgram: Bool = false) throws -> String {
        let path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        if isProgram { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
        return path
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.path))
        process.arguments = ["--request-timeout=30s"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["HOME": folder.path, "KUBECONFIG": kubeconfig].merging(environment) { $1 }
        ) { $1 }
        let log = try file("output-\(UUID().uuidString)", "")
        let output = try #require(FileHandle(forWritingAtPath: log))
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        // Waiting must not hold a thread: the server that kubectl talks to runs on the same ones.
        let code = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(code: code, output: try String(contentsOfFile: log, encoding: .utf8))
    }

    /// Runs a command that must succeed and say `text`.
    func expect(
        _ arguments: [String],
        _ text: String,
        environment: [String: String] = [:],
        code: Int32 = 0
    ) async throws {
        let outcome = try await run(arguments, environment: environment)
        let command = arguments.joined(separator: " ")
        #expect(outcome.code == code, "kubectl \(command): \(outcome.output)")
        #expect(outcome.output.contains(text), "kubectl \(command): \(outcome.output)")
    }

    /// As `expect`, for what comes into force a moment after the answer that caused it.
    func expectSoon(_ arguments: [String], _ text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let outcome = try await run(arguments)
            if outcome.code == 0, outcome.output.contains(text) { return }
        }
        try await expect(arguments, text)
    }
}
