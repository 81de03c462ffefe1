import JSON
import Schema
import Store
import Testing

@testable import Reconcile

/// What a dry run of a configuration is told, and that nothing comes of it.
@Suite(.timeLimit(.minutes(5)))
struct ConfigurationTrialTests {
    private static func sentences(_ spec: JSONValue, in cluster: TestCluster) async throws -> [String] {
        let trial = ConfigurationTrial(store: cluster.store, providers: cluster.providers, now: TestCluster.now)
        var object = try await cluster.store.get(.authentication).value
        object["spec"] = spec
        let before = try await cluster.store.currentRevision()
        let sentences = await trial.sentences(about: object)
        let after = try await cluster.store.currentRevision()
        #expect(before == after)
        return sentences
    }

    @Test func isSilentWhenAllIsWell() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            cluster.providers.serve(Specs.issuer)
            let sentences = try await Self.sentences(Specs.oidc(), in: cluster)
            #expect(sentences == [])
        }
    }

    @Test func tellsWhatTheProviderAnswers() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            let sentences = try await Self.sentences(Specs.oidc(), in: cluster)
            #expect(
                sentences == [
                    "preflight failed: provider \"keycloak\" cannot be reached at https://idp.test (connection refused); "
                        + "check issuerURL, name resolution and network"
                ]
            )
        }
    }

    @Test func tellsWhatIsMissingAndAsksNobodyThen() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            let sentences = try await Self.sentences(Specs.oidc(secret: "console-secret"), in: cluster)
            #expect(sentences.count == 1 && sentences.first?.hasPrefix("preflight failed: ") == true, "\(sentences)")
            #expect(sentences.first?.contains("console-secret") == true, "\(sentences)")
            #expect(cluster.providers.asked == 0)
        }
    }

    @Test func tellsWhatCannotBeRead() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            let sentences = try await Self.sentences(["oidcProviders": "none"], in: cluster)
            #expect(sentences.count == 1 && sentences.first?.hasPrefix("preflight failed: it cannot be read") == true)
        }
    }

    /// Dry runs cost their sender nothing, so they are few at a time.
    @Test func asksForFewAtATime() async throws {
        try await TestCluster.withoutLoops(workers: 0) { cluster in
            cluster.providers.hang(Specs.issuer)
            let trial = ConfigurationTrial(store: cluster.store, providers: cluster.providers, now: TestCluster.now)
            var object = try await cluster.store.get(.authentication).value
            object["spec"] = Specs.oidc()
            let asked = object
            await withTaskGroup(of: [String].self) { group in
                for _ in 0...ConfigurationTrial.limit { group.addTask { await trial.sentences(about: asked) } }
                let first = await group.next()
                #expect(first == ["preflight was not run: 64 others are asking providers; try again"])
                group.cancelAll()
            }
        }
    }
}
