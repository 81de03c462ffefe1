import Foundation
import JSON
import Testing

/// Holders of tokens at a worker's address, with the real kubectl: what roles give them, watches, and what the audit log tells.
@Suite(.systemTest, .timeLimit(.minutes(5)), .enabled(if: !RealClients.versions().isEmpty))
struct AccessTests {
    private static let kubectl = URL(filePath: "\(RealClients.path(RealClients.versions().last ?? ""))/kubectl")

    /// kubectl as jane, whose token a provider made, at the first worker.
    private struct Jane {
        let cluster: TestCluster
        let token: String

        var connection: [String] {
            [
                "--kubeconfig=/dev/null", "--server=\(cluster.workerURL(0))", "--token=\(token)",
                "--certificate-authority=\(cluster.data.appending(path: "pki/ca.crt").path)",
            ]
        }

        func may(_ arguments: String...) throws -> Bool { try cluster.run(kubectl, connection + arguments).code == 0 }

        func expect(_ arguments: String..., code: Int32 = 0, says text: String) throws {
            let outcome = try cluster.run(kubectl, connection + arguments)
            #expect(outcome.code == code, "\(arguments): \(outcome.output)")
            #expect(outcome.output.contains(text), "\(arguments): \(outcome.output)")
        }
    }

    @Test func holdersOfTokensHaveWhatTheirRolesGive() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with { cluster, controller in
                try await Self.configure(cluster, issuer)
                let jane = Jane(cluster: cluster, token: try issuer.token(for: "console"))
                try jane.expect("auth", "whoami", says: "sso:jane")
                try jane.expect(
                    "get",
                    "co",
                    code: 1,
                    says: "clusteroperators.config.openshift.io is forbidden: User \"sso:jane\""
                )
                try Self.give(cluster)
                try await eventually("the roles are in force") { try jane.may("get", "co") }
                try jane.expect("get", "co", "kube-apiserver", says: "MESSAGE")
                try jane.expect("auth", "can-i", "--list", "-n", "openshift-config", says: "configmaps")
                try jane.expect(
                    "create",
                    "configmap",
                    "m",
                    "--from-literal=a=b",
                    "-n",
                    "openshift-config",
                    says: "configmap/m created"
                )
                try jane.expect("get", "configmaps", "-n", "default", code: 1, says: "forbidden")
                try jane.expect("get", "co", "--as=root", code: 1, says: "cannot impersonate resource \"users\"")
                try await Self.watches(jane)
                try Self.asksTheControllerAboutTokens(cluster, jane.token)
                try Self.tellsWhoItWas(cluster, jane.token)
                kill(controller.processIdentifier, SIGKILL)
                controller.waitUntilExit()
                try jane.expect("get", "co", code: 1, says: "the controller's API does not answer")
                try jane.expect("auth", "whoami", says: "sso:jane")
            }
        }
    }

    @Test(arguments: ["x.y.z", "sha256~nothing"])
    func nobodyElseGetsAnything(_ token: String) async throws {
        try await TestCluster.with { cluster, _ in
            let jane = Jane(cluster: cluster, token: token)
            try jane.expect("get", "co", code: 1, says: "You must be logged in to the server")
        }
    }

    private static func configure(_ cluster: TestCluster, _ issuer: TestIssuer) async throws {
        try apply([issuer.authorityConfigMap(), issuer.authentication], cluster)
        try await eventually("the workers have the configuration", within: .seconds(30)) {
            let status = try cluster.ctl("get", "kubeapiserver", "cluster", "-o", "jsonpath={.status.latestAvailableRevision}")
            return try status.output == "2" && cluster.isSettled()
        }
    }

    /// The group of the token may read everywhere, and administer one namespace.
    private static func give(_ cluster: TestCluster) throws {
        func binding(_ kind: String, _ name: String, _ role: String, namespace: JSONValue = .null) -> JSONValue {
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind),
                "metadata": ["name": .string(name), "namespace": namespace],
                "subjects": [["kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "sso:dev"]],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role)],
            ]
        }
        try apply(
            [
                binding("ClusterRoleBinding", "devs", "authentication-admin"),
                binding("RoleBinding", "devs", "admin", namespace: "openshift-config"),
            ],
            cluster
        )
    }

    private static func apply(_ objects: [JSONValue], _ cluster: TestCluster) throws {
        for (number, object) in objects.enumerated() {
            let file = cluster.folder.appending(path: "object-\(number).json")
            try Data(JSONWriter.bytes(of: object)).write(to: file)
            let applied = try cluster.ctl("apply", "-f", file.path)
            try #require(applied.code == 0, "\(applied.output)")
        }
    }

    /// A watch through the worker shows what changes.
    private static func watches(_ jane: Jane) async throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = kubectl
        process.arguments =
            jane.connection + ["get", "configmaps", "-n", "openshift-config", "-w", "-o", "name"]
        process.environment = ["HOME": jane.cluster.folder.path]
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        var shown = ""
        while !shown.contains("configmap/m\n") { shown += try #require(Self.read(pipe)) }
        try jane.expect("create", "configmap", "later", "-n", "openshift-config", says: "configmap/later created")
        while !shown.contains("configmap/later\n") { shown += try #require(Self.read(pipe)) }
    }

    /// nil at the end; the suite's time limit bounds the wait.
    private static func read(_ pipe: Pipe) -> String? {
        let data = pipe.fileHandleForReading.availableData
        return data.isEmpty ? nil : String(decoding: data, as: UTF8.self)
    }

    private static func asksTheControllerAboutTokens(_ cluster: TestCluster, _ token: String) throws {
        let review: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "metadata": ["name": "x"],
            "spec": ["token": .string(token)],
        ]
        let file = cluster.folder.appending(path: "review.json")
        try Data(JSONWriter.bytes(of: review)).write(to: file)
        let outcome = try cluster.run(kubectl, ["create", "--validate=false", "-f", file.path, "-o", "yaml"])
        #expect(outcome.code == 0 && outcome.output.contains("username: sso:jane"), "\(outcome.output)")
        #expect(!outcome.output.contains(token))
    }

    private static func tellsWhoItWas(_ cluster: TestCluster, _ token: String) throws {
        let text = try String(contentsOf: cluster.data.appending(path: "audit.log"), encoding: .utf8)
        let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        let creation = try #require(
            lines.first {
                $0["verb"] == "create" && $0.value(at: "user", "username") == "sso:jane"
                    && $0["objectRef"]?["resource"] == "configmaps"
            }
        )
        #expect(creation.value(at: "annotations", "postern.dev/through") == "system:node:worker-0")
        #expect(creation["sourceIPs"]?.arrayValue?.first == "127.0.0.1")
        #expect(creation.value(at: "requestObject", "data", "a") == "b")
        #expect(!text.contains(token))
    }
}
