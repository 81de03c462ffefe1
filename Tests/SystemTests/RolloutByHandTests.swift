import Foundation
import JSON
import Testing

/// What an administrator does about a roll-out: tries it, holds it, compares it, undoes it, with a provider that comes and goes.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(4)))
struct RolloutByHandTests {
    @Test func triesHoldsComparesAndUndoes() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with(workers: 2) { cluster, _ in
                let file = cluster.folder.appending(path: "oidc.json")
                try Data(JSONWriter.bytes(of: issuer.authentication)).write(to: file)
                try await Self.triesWithoutChanging(issuer, cluster, file.path)
                try Self.holdsTheRollout(cluster, file.path)
                try Self.comparesRevisions(cluster)
                try Self.restarts(cluster)
                issuer.stop()
                try Self.isNotHeldUpByAProviderThatIsDown(cluster, file.path)
            }
        }
    }

    private static func triesWithoutChanging(_ issuer: TestIssuer, _ cluster: TestCluster, _ file: String) async throws {
        let missing = try cluster.ctl("preflight", "-f", file)
        #expect(missing.code == 1 && missing.output.contains("would not come into force:\n"), "\(missing)")
        #expect(missing.output.contains("idp-ca"), "\(missing)")
        let authority = cluster.folder.appending(path: "authority.json")
        try Data(JSONWriter.bytes(of: try issuer.authorityConfigMap())).write(to: authority)
        try #require(try cluster.ctl("apply", "-f", authority.path).code == 0)
        let good = try cluster.ctl("preflight", "-f", file)
        #expect(good.code == 0 && good.output == "authentication.config.openshift.io/cluster passed\n", "\(good)")
        let wrong = cluster.folder.appending(path: "wrong.json")
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing(issuer.url, with: "https://localhost:1")
        try Data(text.utf8).write(to: wrong)
        // A dry run is told what an administrator would find out after the change; it would be taken all the same.
        let dry = try cluster.ctl("apply", "-f", wrong.path, "--dry-run=server")
        #expect(dry.code == 0 && dry.output.contains("Warning: preflight failed: provider \"sso\" cannot be reached"), "\(dry)")
        #expect(try cluster.ctl("preflight", "-f", wrong.path).code == 1)
        try assertsWhoSomebodyIs(cluster, file)
        #expect(try cluster.ctl("get", "authenticationrevisions", "-o", "name").output.split(separator: "\n").count == 1)
    }

    /// What an administrator writes down about a user is tried before anything is changed.
    private static func assertsWhoSomebodyIs(_ cluster: TestCluster, _ file: String) throws {
        func assert(_ username: String) throws {
            let patch =
                #"{"spec":{"assertions":[{"name":"jane","claims":{"sub":"1","name":"jane"},"username":"\#(username)"}]}}"#
            let outcome = try cluster.ctl("patch", "rolloutpolicy", "cluster", "--type=merge", "-p", patch)
            try #require(outcome.code == 0, "\(outcome)")
        }
        try assert("jane")
        let wrong = try cluster.ctl("preflight", "-f", file)
        #expect(
            wrong.code == 1 && wrong.output.contains(#"assertion "jane" has username "sso:jane", expected "jane""#),
            "\(wrong)"
        )
        try assert("sso:jane")
        #expect(try cluster.ctl("preflight", "-f", file).code == 0)
    }

    private static func holdsTheRollout(_ cluster: TestCluster, _ file: String) throws {
        #expect(try cluster.ctl("rollout", "resume").code == 1)
        #expect(try cluster.ctl("rollout", "pause").output == "authentication.config.openshift.io/cluster paused\n")
        #expect(try cluster.ctl("rollout", "pause").code == 1)
        let applied = try cluster.ctl("apply", "-f", file)
        #expect(
            applied.code == 0 && applied.output.contains("Warning: the roll-out is paused; ctl rollout resume"),
            "\(applied)"
        )
        let paused = try cluster.ctl("rollout", "status", "--timeout=5s")
        #expect(paused.code == 2 && paused.output.contains("the roll-out is paused, ctl rollout resume"), "\(paused)")
        let waited = try cluster.ctl("wait", "--for=condition=RolledOut", "authentication/cluster", "--timeout=1s")
        #expect(waited.code == 1, "\(waited)")
        #expect(try cluster.ctl("rollout", "resume").output == "authentication.config.openshift.io/cluster resumed\n")
        #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
        let told = try cluster.ctl("wait", "--for=condition=RolledOut", "authentication/cluster", "--timeout=60s")
        #expect(told.code == 0, "\(told)")
    }

    private static func comparesRevisions(_ cluster: TestCluster) throws {
        let diff = try cluster.ctl("rollout", "diff")
        #expect(diff.code == 1 && diff.output.hasPrefix("--- revision 1, by "), "\(diff)")
        #expect(diff.output.contains("\n+  type: OIDC\n") && diff.output.contains("\n+    name: sso\n"), "\(diff)")
        #expect(!diff.output.contains("jwks"), "\(diff)")
        #expect(try cluster.ctl("rollout", "diff", "2", "2").code == 0)
        let none = try cluster.ctl("rollout", "diff", "9")
        #expect(none.code == 2 && none.output.contains("there is no revision 9"), "\(none)")
    }

    private static func restarts(_ cluster: TestCluster) throws {
        let restarted = try cluster.ctl("rollout", "restart", "--reason", "once\u{1B}[31m more")
        #expect(restarted.output == "authentication.config.openshift.io/cluster restarted\n", "\(restarted)")
        #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
        let history = try cluster.ctl("rollout", "history").output
        #expect(history.contains("forced: once\\u{1B}[31m more at "), "\(history)")
        let other = try cluster.ctl("rollout", "restart", "deployment/nginx")
        #expect(other.code == 64 && other.output.contains("the only roll-out is that of authentication/cluster"), "\(other)")
    }

    private static func isNotHeldUpByAProviderThatIsDown(_ cluster: TestCluster, _ file: String) throws {
        let tried = try cluster.ctl("preflight", "-f", file)
        #expect(tried.code == 0 && tried.output.contains("  note: provider \"sso\" cannot be reached"), "\(tried)")
        let patch =
            #"{"spec":{"oidcProviders":[{"name":"sso","issuer":{"issuerURL":"https://localhost:1","audiences":["a"]},"#
            + #""claimMappings":{"username":{"claim":"sub","prefixPolicy":"NoPrefix"}}}]}}"#
        try #require(try cluster.ctl("patch", "authentication", "cluster", "--type=merge", "-p", patch).code == 0)
        #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 1)
        #expect(try cluster.ctl("rollout", "undo").code == 0)
        #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
        // A restart is for the keys as they are now.
        let late = try cluster.ctl("rollout", "restart")
        #expect(
            late.code == 2 && late.output.contains("no new revision after 20 s: provider \"sso\" cannot be reached"),
            "\(late)"
        )
    }
}
