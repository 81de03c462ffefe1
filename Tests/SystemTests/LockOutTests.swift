import Foundation
import JSON
import Testing

/// Configurations that are well-formed, and with which nobody could log in: they go no further than the first worker, and it returns.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(4)))
struct LockOutTests {
    /// A change to the one provider of `TestIssuer.authentication`.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let name: String
        let change: @Sendable (inout JSONValue, TestIssuer) -> Void
        /// What `ctl rollout status` says.
        let says: String
        var testDescription: String { name }
    }

    static let beforeTheFirstWorker = [
        Mistake(
            name: "a username claim that no token has",
            change: { provider, _ in provider["claimMappings"]?["username"]?["claim"] = "upn" },
            says: "claim \"upn\" not present"
        ),
        Mistake(
            name: "another audience",
            change: { provider, _ in provider["issuer"]?["audiences"] = ["consoles"] },
            says: "expected audience in [\"consoles\"] got [\"console\"]"
        ),
        Mistake(
            name: "another path of the issuer",
            change: { provider, issuer in provider["issuer"]?["issuerURL"] = .string("\(issuer.url)/realms/none") },
            says: "not rolled out: "
        ),
        Mistake(
            name: "another certificate authority",
            change: { provider, _ in provider["issuer"]?["issuerCertificateAuthority"]?["name"] = "other-ca" },
            says: "is not trusted"
        ),
        Mistake(
            name: "a required claim that nobody has",
            change: { provider, _ in
                provider["claimValidationRules"] = [
                    ["type": "RequiredClaim", "requiredClaim": ["claim": "department", "requiredValue": "it"]]
                ]
            },
            says: "claim \"department\" not present"
        ),
    ]

    /// What the kinds of claims do not tell shows when people log in.
    static let atTheFirstWorker = Mistake(
        name: "a rule that nobody fulfils",
        change: { provider, _ in
            provider["claimValidationRules"] = [
                ["type": "CEL", "cel": ["expression": "claims.name == 'nobody'", "message": "nobody only"]]
            ]
        },
        says: "fail at revision"
    )

    @Test func stopsBeforeTheSecondWorkerAndReturns() async throws {
        try await TestIssuer.with { issuer in
            try await TestIssuer.with { other in
                try await TestCluster.with(workers: 3) { cluster, _ in
                    try await Self.begin(cluster, issuer, other)
                    let logins = try TestLogins(try issuer.token(for: "console"), at: cluster)
                    try await eventually("the logins are known") {
                        let path = "jsonpath={.items[*].status.authentication.claimShapes[0].provider}"
                        let shapes = try cluster.ctl("get", "nodes", "-o", path).output
                        return shapes.contains("sso sso sso")
                    }
                    for mistake in Self.beforeTheFirstWorker {
                        try Self.apply(mistake, issuer, cluster)
                        #expect(try Self.revisions(cluster) == "2 2 2", "\(mistake.name)")
                        #expect(try cluster.ctl("get", "authenticationrevisions", "-o", "name").output.contains("-3") == false)
                    }
                    try await Self.failsAtTheFirstWorker(issuer, cluster)
                    let counts = try logins.end()
                    #expect(counts.allSatisfy { $0.accepted > 100 }, "\(counts)")
                    // The first worker refused some, while it had the revision that failed; the others have never refused anybody.
                    #expect(counts.dropFirst().allSatisfy { $0.refused == 0 }, "\(counts)")
                }
            }
        }
    }

    /// A login is demanded, and nobody logs in; then somebody does.
    @Test func waitsForALogin() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with(workers: 3) { cluster, _ in
                try await Self.begin(cluster, issuer, issuer)
                let demand = #"{"spec":{"requireProofOfLogin":true,"proofOfLoginSeconds":2}}"#
                try #require(try cluster.ctl("patch", "rolloutpolicy", "cluster", "--type=merge", "-p", demand).code == 0)
                let harmless = Mistake(
                    name: "one more audience",
                    change: { provider, _ in provider["issuer"]?["audiences"] = ["console", "more"] },
                    says: "nobody logged in through revision 3 within 2 seconds"
                )
                try Self.apply(harmless, issuer, cluster)
                #expect(try Self.revisions(cluster) == "2 2 2")
                let patience = #"{"spec":{"proofOfLoginSeconds":600}}"#
                try #require(try cluster.ctl("patch", "rolloutpolicy", "cluster", "--type=merge", "-p", patience).code == 0)
                try #require(try cluster.ctl("rollout", "restart").code == 0)
                let waiting = try cluster.ctl("rollout", "status", "--timeout=2s")
                #expect(
                    waiting.code == 2 && waiting.output.contains("revision 4 waits for somebody to log in through worker-0"),
                    "\(waiting)"
                )
                let logins = try TestLogins(try issuer.token(for: "console"), at: cluster)
                let status = try cluster.ctl("rollout", "status", "--timeout=60s")
                #expect(status.code == 0, "\(status)")
                _ = try logins.end()
            }
        }
    }

    /// A change that is not confirmed comes undone; one that is, with somebody who logs in, stays.
    @Test func undoesWhatNobodyConfirms() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with(workers: 2) { cluster, _ in
                try Self.apply(try issuer.authorityConfigMap(), cluster)
                let file = cluster.folder.appending(path: "oidc.json")
                try Data(JSONWriter.bytes(of: issuer.authentication)).write(to: file)
                #expect(try cluster.ctl("apply", "-f", file.path, "--confirm-within=1s").code == 64)
                try #require(try cluster.ctl("apply", "-f", file.path, "--confirm-within=10s").code == 0)
                #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
                let waits = try cluster.ctl("rollout", "confirm", "--timeout=1s")
                #expect(waits.code == 2 && waits.output.contains("nobody has logged in through it yet"), "\(waits)")
                try await eventually("the change is undone") {
                    try cluster.ctl("get", "authentication", "cluster", "-o", "jsonpath={.spec.type}").output == ""
                }
                #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
                #expect(try cluster.ctl("rollout", "history").output.contains("revision 2 was not confirmed in time"))
                #expect(try cluster.ctl("rollout", "confirm").output.contains("waits for no confirmation"))

                try #require(try cluster.ctl("apply", "-f", file.path, "--confirm-within=10m").code == 0)
                #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
                let logins = try TestLogins(try issuer.token(for: "console"), at: cluster)
                let confirmed = try cluster.ctl("rollout", "confirm")
                #expect(confirmed.output == "authentication.config.openshift.io/cluster confirmed\n", "\(confirmed)")
                let again = try cluster.ctl("apply", "-f", file.path, "--confirm-within=10m")
                #expect(again.code == 0 && again.output.contains("the spec is as it was, so --confirm-within does nothing"))
                _ = try logins.end()
            }
        }
    }

    // MARK: - Steps

    /// Mode OIDC with the provider, on all workers.
    private static func begin(_ cluster: TestCluster, _ issuer: TestIssuer, _ other: TestIssuer) async throws {
        var otherAuthority = try other.authorityConfigMap()
        otherAuthority["metadata"]?["name"] = "other-ca"
        for object in [try issuer.authorityConfigMap(), otherAuthority, issuer.authentication] { try apply(object, cluster) }
        let status = try cluster.ctl("rollout", "status", "--timeout=60s")
        try #require(status.code == 0, "\(status)")
        #expect(try revisions(cluster) == "2 2 2")
    }

    private static func apply(_ object: JSONValue, _ cluster: TestCluster) throws {
        let file = cluster.folder.appending(path: "object.json")
        try Data(JSONWriter.bytes(of: object)).write(to: file)
        let outcome = try cluster.ctl("apply", "-f", file.path)
        try #require(outcome.code == 0, "\(outcome)")
    }

    private static func apply(_ mistake: Mistake, _ issuer: TestIssuer, _ cluster: TestCluster) throws {
        var authentication = issuer.authentication
        var provider = try #require(authentication.value(at: "spec", "oidcProviders")?.arrayValue?.first)
        mistake.change(&provider, issuer)
        authentication["spec"]?["oidcProviders"] = [provider]
        try apply(authentication, cluster)
        let status = try cluster.ctl("rollout", "status", "--timeout=60s")
        #expect(status.code == 1 && status.output.contains(mistake.says), "\(mistake.name): \(status)")
    }

    private static func failsAtTheFirstWorker(_ issuer: TestIssuer, _ cluster: TestCluster) async throws {
        try apply(atTheFirstWorker, issuer, cluster)
        #expect(try revisions(cluster) == "2 2 2")
        let events = try cluster.ctl("get", "events", "-n", "openshift-kube-apiserver", "-o", "jsonpath={.items[*].message}")
            .output
        let everywhere = try cluster.ctl("get", "events", "-A", "-o", "jsonpath={.items[*].message}").output
        let touched = (events + everywhere).contains("Updating node \"worker-1\" from revision 2 to 3")
        #expect((events + everywhere).contains("Updating node \"worker-0\" from revision 2 to 3") && !touched)
        let failed = try cluster.ctl(
            "get",
            "kubeapiserver",
            "cluster",
            "-o",
            "jsonpath={.status.nodeStatuses[0].lastFailedRevision}"
        )
        #expect(failed.output == "3", "\(failed)")
        // What was right before is right again, and everybody is told so.
        try apply(issuer.authentication, cluster)
        let status = try cluster.ctl("rollout", "status", "--timeout=60s")
        #expect(status.code == 0, "\(status)")
        let wait = try cluster.ctl("wait", "--for=condition=Serving", "authentication/cluster", "--timeout=60s")
        #expect(wait.code == 0, "\(wait)")
        let healthy = try cluster.ctl("wait", "--for=condition=Healthy", "authentication/cluster", "--timeout=60s")
        #expect(healthy.code == 0, "\(healthy)")
        // Whoever goes back from there comes to what was good, not to what failed.
        let history = try cluster.ctl("rollout", "history").output
        let results = history.split(separator: "\n").map { line in
            ["Good", "Failed"].first { line.contains(" \($0) ") } ?? "-"
        }
        #expect(results == ["-", "Good", "Good", "Failed", "Good"], "\(history)")
        let undone = try cluster.ctl("rollout", "undo", "--dry-run=client")
        #expect(undone.output.contains("rolled back to revision 1"), "\(undone)")
    }

    private static func revisions(_ cluster: TestCluster) throws -> String {
        try cluster.ctl("get", "kubeapiserver", "cluster", "-o", "jsonpath={.status.nodeStatuses[*].currentRevision}").output
    }
}
