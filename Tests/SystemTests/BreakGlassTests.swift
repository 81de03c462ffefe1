import Foundation
import JSON
import Testing

/// The way in when no token opens: made, used with the real kubectl, revoked, and asked for before a mode that works is left.
@Suite(.systemTest, .timeLimit(.minutes(4)), .enabled(if: !RealClients.versions().isEmpty))
struct BreakGlassTests {
    private static let kubectl = URL(filePath: "\(RealClients.path(RealClients.versions().last ?? ""))/kubectl")

    @Test func isIssuedUsedAndRevoked() async throws {
        try await TestCluster.with { cluster, _ in
            let verified = try cluster.ctl("break-glass", "verify")
            #expect(verified.code == 0 && verified.output.hasPrefix("CERTIFICATE    USER           EXPIRES IN   VERIFIED\n"))
            // Ten years from the cluster's first second, which may be this very one.
            let rows = ["10y", "9y "].map { "\nsystem-admin   system:admin   \($0)          " }
            #expect(rows.contains(where: verified.output.contains), "\(verified)")
            let file = cluster.folder.appending(path: "alice.kubeconfig").path
            let issued = try cluster.ctl("break-glass", "issue", "--name=alice", "--ttl=10m", "-o", file)
            #expect(
                issued.code == 0 && issued.output.contains("the break-glass certificate of alice, valid until"),
                "\(issued)"
            )
            let again = try cluster.ctl("break-glass", "issue", "--name=bob", "-o", file)
            #expect(again.code == 1 && again.output.contains("is there already"), "\(again)")
            let who = try cluster.run(Self.kubectl, ["--kubeconfig", file, "auth", "whoami"])
            #expect(who.code == 0 && who.output.contains("break-glass:alice"), "\(who)")
            let write = ["--kubeconfig", file, "create", "namespace", "made-by-alice"]
            #expect(try cluster.run(Self.kubectl, write).code == 0)
            let own = try cluster.ctl("break-glass", "verify", "--kubeconfig", file)
            #expect(own.code == 0 && own.output.contains("Warning: the certificate expires in"), "\(own)")
            try await eventually("the use is told") {
                let events = try cluster.ctl("get", "events", "-A").output
                return events.contains("BreakGlassIssued") && events.contains("certificate alice is used as break-glass:alice")
            }
            let list = try cluster.ctl("break-glass", "list").output
            #expect(list.contains("alice          break-glass:alice   Valid   "), "\(list)")
            #expect(try cluster.run(Self.kubectl, ["delete", "bgc", "alice"]).code == 0)
            let revoked = try cluster.run(Self.kubectl, ["--kubeconfig", file, "get", "nodes"])
            #expect(revoked.code == 1 && revoked.output.contains("has been revoked or has expired"), "\(revoked)")
            let refused = try cluster.ctl("break-glass", "verify", "--kubeconfig", file)
            #expect(refused.code == 1 && refused.output.contains("the server refuses the certificate"), "\(refused)")
            let kept = try cluster.ctl("delete", "breakglasscertificate", "system-admin")
            #expect(kept.code == 1 && kept.output.contains("cannot be revoked"), "\(kept)")
            let audit = try String(contentsOf: cluster.data.appending(path: "audit.log"), encoding: .utf8)
            #expect(audit.contains(#""postern.dev/break-glass":"alice""#))
        }
    }

    @Test func isProvenBeforeAModeThatWorksIsLeft() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with { cluster, _ in
                try await Self.configure(cluster, issuer)
                let jane = [
                    "--kubeconfig=/dev/null", "--server=\(cluster.workerURL(0))", "--token=\(try issuer.token(for: "console"))",
                    "--certificate-authority=\(cluster.data.appending(path: "pki/ca.crt").path)",
                ]
                let leave =
                    jane + ["patch", "authentication", "cluster", "--type=merge", "-p", #"{"spec":{"type":"None"}}"#]
                let ctl = TestCluster.program("ctl")
                try await eventually("the role is in force") {
                    try cluster.run(ctl, jane + ["auth", "can-i", "patch", "authentications"]).code == 0
                }
                try await eventually("leaving is refused when the last use is long ago") {
                    // Only those who may do everything can turn back the record; that they do is a use, noted once a minute.
                    try Self.turnBackTheRecord(cluster)
                    let refused = try cluster.run(ctl, leave + ["--dry-run=server"])
                    return refused.code == 1 && refused.output.contains("OIDC works now and would be left for None")
                        && refused.output.contains("ctl break-glass verify")
                }
                let noCertificate = try cluster.run(ctl, jane + ["break-glass", "verify"])
                #expect(
                    noCertificate.code == 1 && noCertificate.output.contains("has no client certificate"),
                    "\(noCertificate)"
                )
                let forbidden = try cluster.run(
                    ctl,
                    jane + ["break-glass", "issue", "--name=jane", "-o", cluster.folder.appending(path: "jane").path]
                )
                #expect(forbidden.code == 1 && forbidden.output.contains("forbidden"), "\(forbidden)")
                let file = cluster.folder.appending(path: "bob.kubeconfig").path
                try #require(try cluster.ctl("break-glass", "issue", "--name=bob", "-o", file).code == 0)
                let verified = try cluster.ctl("break-glass", "verify", "--kubeconfig", file)
                #expect(verified.code == 0, "\(verified)")
                let left = try cluster.run(ctl, leave)
                #expect(left.code == 0, "\(left)")
            }
        }
    }

    /// The provider's configuration, and a role for jane that lets her change it.
    private static func configure(_ cluster: TestCluster, _ issuer: TestIssuer) async throws {
        let binding: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "devs"],
            "subjects": [["kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "sso:dev"]],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "authentication-admin"],
        ]
        for (number, object) in [try issuer.authorityConfigMap(), issuer.authentication, binding].enumerated() {
            let file = cluster.folder.appending(path: "object-\(number).json")
            try Data(JSONWriter.bytes(of: object)).write(to: file)
            let applied = try cluster.ctl("apply", "-f", file.path)
            try #require(applied.code == 0, "\(applied.output)")
        }
        try await eventually("the workers have the configuration", within: .seconds(30)) {
            let status = try cluster.ctl("get", "kubeapiserver", "cluster", "-o", "jsonpath={.status.latestAvailableRevision}")
            return try status.output == "2" && cluster.isSettled()
        }
    }

    private static func turnBackTheRecord(_ cluster: TestCluster) throws {
        let time = Date(timeIntervalSinceNow: -8 * 86_400).ISO8601Format()
        let patched = try cluster.ctl(
            "patch",
            "breakglasscertificate",
            "system-admin",
            "--subresource=status",
            "--type=merge",
            "-p",
            #"{"status":{"lastUsedTime":"\#(time)"}}"#
        )
        try #require(patched.code == 0, "\(patched)")
    }
}
