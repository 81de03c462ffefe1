import Foundation
import JSON
import Testing

/// A real token in a secret keeps a configuration back that would refuse it, in dry runs and for good.
@Suite(.systemTest, .timeLimit(.minutes(4)))
struct ProbeTokenTests {
    @Test func keepsBackWhatWouldRefuseIt() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with { cluster, _ in
                // It expired an hour ago, and is as good a sample as ever.
                let now = Int64(Date().timeIntervalSince1970)
                let token = try issuer.token(for: "console", #"{"iat":\#(now - 7_200),"exp":\#(now - 3_600)}"#)
                try Data("\(token)\n".utf8).write(to: cluster.folder.appending(path: "token"))
                let policy = #"""
                    {"spec":{"probeTokens":[{"name":"jane","secret":{"name":"jane-sample"},"username":"sso:jane"}]}}
                    """#
                try #require(try cluster.ctl("patch", "rolloutpolicy", "cluster", "--type=merge", "-p", policy).code == 0)
                try Self.apply(try issuer.authorityConfigMap(), cluster)
                let file = cluster.folder.appending(path: "authentication.json").path

                try Self.write(issuer.authentication, to: file)
                let missing = try cluster.ctl("preflight", "-f", file)
                #expect(missing.code != 0 && missing.output.contains("spec.probeTokens[0].secret.name"), "\(missing)")
                let secret = try cluster.ctl(
                    "create",
                    "secret",
                    "generic",
                    "jane-sample",
                    "-n",
                    "openshift-config",
                    "--from-file",
                    "token=\(cluster.folder.appending(path: "token").path)"
                )
                try #require(secret.code == 0, "\(secret)")
                let good = try cluster.ctl("preflight", "-f", file)
                #expect(
                    good.code == 0 && good.output.contains(#"probe token "jane" would be accepted as "sso:jane""#),
                    "\(good)"
                )

                var other = issuer.authentication
                var provider = try #require(other.value(at: "spec", "oidcProviders")?.arrayValue?.first)
                provider["claimMappings"]?["username"]?["prefix"]?["prefixString"] = "other:"
                other["spec"]?["oidcProviders"] = [provider]
                try Self.write(other, to: file)
                let says = #"probe token "jane" has username "other:jane", expected "sso:jane""#
                let trial = try cluster.ctl("apply", "-f", file, "--dry-run=server")
                #expect(trial.output.contains(says), "\(trial)")
                try #require(try cluster.ctl("apply", "-f", file).code == 0)
                let held = try cluster.ctl("rollout", "status", "--timeout=60s")
                #expect(held.code == 1 && held.output.contains(says), "\(held)")

                try Self.write(issuer.authentication, to: file)
                try #require(try cluster.ctl("apply", "-f", file).code == 0)
                let done = try cluster.ctl("rollout", "status", "--timeout=60s")
                #expect(done.code == 0, "\(done)")
                let told = try cluster.ctl("get", "authentication", "cluster", "-o", "yaml")
                let signature = try #require(token.split(separator: ".").last)
                #expect(told.output.contains("probe token") && !told.output.contains(signature))
                #expect(!cluster.log.contains(signature))
            }
        }
    }

    private static func write(_ object: JSONValue, to file: String) throws {
        try Data(JSONWriter.bytes(of: object)).write(to: URL(filePath: file))
    }

    private static func apply(_ object: JSONValue, _ cluster: TestCluster) throws {
        let file = cluster.folder.appending(path: "object.json").path
        try write(object, to: file)
        let outcome = try cluster.ctl("apply", "-f", file)
        try #require(outcome.code == 0, "\(outcome)")
    }
}
