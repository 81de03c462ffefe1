import Authenticator
import JSON
import Logging
import Store
import Testing

@testable import Reconcile

/// Providers that are in force are asked again and again, and what they answer is told.
@Suite(.timeLimit(.minutes(5)))
struct ProviderLoopTests {
    private static func loop(_ cluster: TestCluster, _ health: Shared<[ProviderHealth]?>) -> ProviderLoop {
        ProviderLoop(
            store: cluster.store,
            providers: cluster.providers,
            health: health,
            now: { 1_000 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test func tellsOfAProviderThatGoesDownAndComesBack() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            let health = Shared<[ProviderHealth]?>(nil)
            // Each loop asks at its first look; the rounds after it are a matter of time only.
            var first = Self.loop(cluster, health)
            #expect(try await first.look() == .again(after: ProviderLoop.interval))
            let name = try #require(health.current?.first?.name)
            #expect(health.current == [ProviderHealth(name: name)])
            let asked = cluster.providers.asked
            let pause = try await first.look()
            if case .again(let pause) = pause { #expect(pause <= ProviderLoop.interval) } else { Issue.record("\(pause)") }

            cluster.providers.answer(Specs.issuer, .failure(.unexpectedStatus(url: Specs.issuer, 503)))
            var second = Self.loop(cluster, health)
            _ = try await second.look()
            #expect(
                health.current == [
                    ProviderHealth(
                        name: name,
                        failure: ProviderHealth.Failure(since: 1_000, text: "\(Specs.issuer) answers with status 503")
                    )
                ]
            )
            // Once more before it counts as down; the cluster's own loop may have asked, too.
            #expect(cluster.providers.asked >= asked + 2)

            cluster.providers.answer(
                Specs.issuer,
                .success(ProviderMaterial(jwks: FakeProviders.keys, certificateExpiry: 1_000 + 86_400))
            )
            var third = Self.loop(cluster, health)
            _ = try await third.look()
            #expect(health.current?.first?.failure == nil)
            #expect(health.current?.first?.warning == "the certificate of provider \"\(name)\" ends in 1 day; renew it")
        }
    }

    @Test func thereIsNobodyToAskWithoutProviders() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            let health = Shared<[ProviderHealth]?>(nil)
            var loop = Self.loop(cluster, health)
            _ = try await loop.look()
            #expect(health.current == [])
        }
    }
}
