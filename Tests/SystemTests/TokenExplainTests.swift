import Foundation
import JSON
import Testing

/// `ctl token explain` against a cluster and a provider: what it says, and the exit code that scripts go by.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(4)))
struct TokenExplainTests {
    struct Case: Sendable {
        let name: String
        var audience = "console"
        var claims = "{}"
        /// nil: as it comes from the provider.
        var token: String?
        let code: Int32
        var reason: String?
        var others: [String] = []
    }

    private static let cases = [
        Case(name: "good", code: 0),
        Case(name: "other audience", audience: "account", code: 1, reason: "audience_mismatch"),
        Case(name: "expired", claims: #"{"exp": 1700000000}"#, code: 1, reason: "expired"),
        Case(
            name: "unknown issuer",
            claims: #"{"iss": "https://nobody.example"}"#,
            code: 1,
            reason: "issuer_unknown",
            others: ["sso"]
        ),
        Case(name: "not a token", token: "hello", code: 1, reason: "malformed"),
        Case(name: "encrypted", token: "e30.AAAA.AAAA.AAAA.AAAA", code: 1, reason: "malformed"),
        Case(name: "of the built-in server", token: "sha256~abcdefgh", code: 1, reason: "wrong_mode"),
        Case(name: "groups kept elsewhere", claims: elsewhere, code: 2, reason: "claims_source_unavailable"),
    ]
    private static let elsewhere = """
        {"groups": null, "_claim_names": {"groups": "s"}, "_claim_sources": {"s": {"endpoint": "https://localhost:1/groups"}}}
        """

    @Test func saysWhatAWorkerWouldSay() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with { cluster, _ in
                let builtIn = try Explained(cluster, "sha256~abcdefgh")
                #expect(builtIn.code == 1 && builtIn.document["reason"] == "token_unknown")
                let files = try Self.files(issuer, cluster)
                try Self.namesWhatIsInNoFile(issuer, cluster, files)
                try await Self.configure(cluster, files)
                for c in Self.cases { try Self.expect(c, issuer, cluster) }
                try await Self.asksAWorker(issuer, cluster)
                issuer.stop()
                try Self.knowsNothingWithoutKeys(issuer, cluster, files)
            }
        }
    }

    private static func expect(_ c: Case, _ issuer: TestIssuer, _ cluster: TestCluster) throws {
        let token = try c.token ?? issuer.token(for: c.audience, c.claims)
        let explained = try Explained(cluster, token)
        #expect(explained.code == c.code, "\(c.name)")
        #expect(explained.document["verdict"] == ["accepted", "refused", "undecided"][Int(c.code)], "\(c.name)")
        #expect(explained.document["reason"]?.stringValue == c.reason, "\(c.name)")
        #expect(explained.document["otherProviders"].stringValues == c.others, "\(c.name)")
        #expect(explained.document["configuration"] == "revision 2", "\(c.name)")
    }

    /// The worker's word is the exit code, also where this command could not say.
    private static func asksAWorker(_ issuer: TestIssuer, _ cluster: TestCluster) async throws {
        let good = try Explained(cluster, try issuer.token(for: "console"), "--worker", "worker-0")
        #expect(good.code == 0 && good.document["worker"]?["username"] == "sso:jane")
        #expect(good.document["user"]?["groups"] == ["sso:dev", "sso:ops"])
        let bad = try Explained(cluster, try issuer.token(for: "other"), "--worker", "worker-0")
        #expect(bad.code == 1 && bad.document["worker"]?["verdict"] == "refused")
        let id = try #require(bad.document["worker"]?["error"]?.stringValue?.components(separatedBy: "id=").last)
        let log = cluster.data.appending(path: "workers/worker-0/worker.log")
        try await eventually("the decision's id is in the worker's log") {
            try String(contentsOf: log, encoding: .utf8).contains("id=\(id)")
        }
        let nobody = try Explained(cluster, "hello", "--worker", "nobody")
        #expect(nobody.code == 2 && nobody.output.contains("there is no worker \"nobody\""))
    }

    private static func namesWhatIsInNoFile(_ issuer: TestIssuer, _ cluster: TestCluster, _ files: Files) throws {
        let token = try issuer.token(for: "console")
        let alone = try Explained(cluster, token, "--kubeconfig", files.noServer, "-f", files.authentication)
        #expect(alone.code == 2 && alone.output.contains("ConfigMap openshift-config/idp-ca"))
        let asked = try Explained(cluster, token, "-f", files.authentication)
        #expect(asked.code == 2 && asked.output.contains("config map openshift-config/idp-ca, named in spec.oidcProviders[0]"))
        let both = try Explained(
            cluster,
            token,
            "--kubeconfig",
            files.noServer,
            "-f",
            files.authentication,
            "-f",
            files.authority
        )
        #expect(both.code == 0 && both.document["provider"] == "sso")
        let kubernetes = try Explained(cluster, token, "--kubeconfig", files.noServer, "-f", files.kubernetes)
        #expect(kubernetes.code == 0 && kubernetes.document["user"]?["username"] == "k8s:u-1")
    }

    /// A revision comes with keys; a file does not.
    private static func knowsNothingWithoutKeys(_ issuer: TestIssuer, _ cluster: TestCluster, _ files: Files) throws {
        let token = try issuer.token(for: "console")
        let revision = try Explained(cluster, token, "--revision", "2")
        #expect(revision.code == 0 && revision.document["notes"].stringValues.contains { $0.contains("cannot be reached") })
        let file = try Explained(cluster, token, "-f", files.authentication)
        #expect(file.code == 2 && file.document["reason"] == "provider_unavailable")
    }

    // MARK: - The cluster and its files

    private struct Files {
        let authentication: String
        let authority: String
        let kubernetes: String
        /// A kubeconfig that names no server.
        let noServer: String
    }

    private static func files(_ issuer: TestIssuer, _ cluster: TestCluster) throws -> Files {
        let authority = try String(contentsOf: issuer.authority, encoding: .utf8)
        let kubernetes: JSONValue = [
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
            "jwt": [
                [
                    "issuer": [
                        "url": .string(issuer.url), "audiences": ["console"], "certificateAuthority": .string(authority),
                    ],
                    "claimMappings": ["username": ["claim": "sub", "prefix": "k8s:"]],
                ]
            ],
        ]
        func write(_ value: JSONValue, _ name: String) throws -> String {
            let file = cluster.folder.appending(path: name)
            try Data(JSONWriter.bytes(of: value)).write(to: file)
            return file.path
        }
        return Files(
            authentication: try write(issuer.authentication, "authentication.json"),
            authority: try write(issuer.authorityConfigMap(), "authority.json"),
            kubernetes: try write(kubernetes, "kubernetes.json"),
            noServer: try write(["apiVersion": "v1", "kind": "Config"], "none.kubeconfig")
        )
    }

    private static func configure(_ cluster: TestCluster, _ files: Files) async throws {
        for file in [files.authority, files.authentication] {
            let applied = try cluster.ctl("apply", "-f", file)
            try #require(applied.code == 0, "\(applied.output)")
        }
        try await eventually("the workers have the configuration", within: .seconds(30)) {
            let status = try cluster.ctl("get", "kubeapiserver", "cluster", "-o", "jsonpath={.status.latestAvailableRevision}")
            return try status.output == "2" && cluster.isSettled()
        }
    }
}

/// What the command answered about one token.
private struct Explained {
    let code: Int32
    let output: String

    init(_ cluster: TestCluster, _ token: String, _ arguments: String...) throws {
        let file = cluster.folder.appending(path: "token")
        try Data(token.utf8).write(to: file)
        let outcome = try cluster.run(
            TestCluster.program("ctl"),
            ["token", "explain", "--token-file", file.path, "-o", "json"] + arguments
        )
        (code, output) = (outcome.code, outcome.output)
    }

    /// Empty when it answered with words.
    var document: JSONValue { (try? JSONParser.parse(output)) ?? [:] }
}
