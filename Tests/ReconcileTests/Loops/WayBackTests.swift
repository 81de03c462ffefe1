import Authenticator
import Certificates
import JSON
import Resolve
import Schema
import Store
import Synchronization
import Testing

@testable import Reconcile

/// What was good before comes back, whatever stands in the way by then; what was not has to prove itself again.
struct WayBackTests {
    /// A false assertion: the name that users had before, and are not to have any more.
    private static let assertion: JSONValue = [
        "name": "jane", "claims": ["sub": "1", "email": "jane@example"], "username": "jane",
    ]

    private static let before = ObjectID(.configMaps, namespace: "openshift-config", name: "before")

    enum Obstacle: CaseIterable, Sendable {
        case none, pause, assertion, missingConfigMap, otherConfigMap, dueProof, deadProvider
    }

    @Test(arguments: Obstacle.allCases)
    func whatNobodyConfirmsIsUndone(in obstacle: Obstacle) async throws {
        try await TestCluster.withClock { cluster, setAhead in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.createConfigMap("before", ["ca-bundle.crt": .string(Certificates.authority)])
            try await cluster.apply(Specs.oidc(authority: "before"))
            try await cluster.settled(at: 2)
            try await cluster.apply(Specs.oidc(audience: "more"), annotations: ["postern.dev/confirm-within": "10 first"])
            try await cluster.settled(at: 3)
            switch obstacle {
            case .none: break
            case .pause: try await cluster.apply(["paused": true], to: .rolloutPolicy)
            case .assertion: try await cluster.apply(["assertions": [Self.assertion]], to: .rolloutPolicy)
            case .dueProof: try await cluster.apply(["requireProofOfLogin": true], to: .rolloutPolicy)
            case .missingConfigMap: _ = try await cluster.store.delete(Self.before, ifVersion: nil)
            case .otherConfigMap: try await Self.changeAuthority(in: cluster)
            case .deadProvider: cluster.providers.answer(Specs.issuer, .failure(.noUsableKey(url: Specs.issuer)))
            }
            setAhead(15)
            // The loops sleep by a clock of their own; a change in the world wakes them.
            try await cluster.createConfigMap("anything-else", ["a": "b"])
            // With another config map the configuration is another one, too: it is the next to be tried.
            try await cluster.settled(at: obstacle == .otherConfigMap ? 5 : 4)
            let (good, back) = (try await cluster.revision(2), try await cluster.revision(4))
            #expect(back.spec.contentDigest == good.spec.contentDigest)
            #expect(back.spec.cause == "revision 3 was not confirmed in time: back to revision 2")
            try await cluster.eventually("it is told that it is in force") {
                try await cluster.condition("RolledOut")?.status == .true
            }
            #expect(try await cluster.revision(3).status?.phase == "Good")
        }
    }

    private static func changeAuthority(in cluster: TestCluster) async throws {
        let object = try await cluster.store.get(before)
        var value = object.value
        value["data"] = ["ca-bundle.crt": .string(cluster.signer.certificatePEM)]
        try await cluster.writer.replace(object, by: value)
    }

    /// A pause that somebody wants holds what somebody wants, even if it is the configuration of before.
    @Test func whoGoesBackInAPauseWaits() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            try await cluster.apply(["paused": true], to: .rolloutPolicy)
            try await cluster.apply(Specs.integrated)
            try await cluster.eventually("the pause is told") { try await cluster.condition("RolledOut")?.reason == "Paused" }
            #expect(try await cluster.currentRevisions() == [2, 2, 2])
        }
    }

    /// The pause lets through what comes back, and nothing on top of it.
    @Test func whatIsAskedForAfterTheReturnWaits() async throws {
        try await TestCluster.withClock { cluster, setAhead in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc(), annotations: ["postern.dev/confirm-within": "10 first"])
            try await cluster.settled(at: 2)
            try await cluster.apply(["paused": true], to: .rolloutPolicy)
            setAhead(15)
            try await cluster.createConfigMap("anything", ["a": "b"])
            try await cluster.settled(at: 3)
            try await cluster.apply(["forceRedeploymentReason": "once more"], to: .kubeAPIServer)
            try await cluster.eventually("the pause is told") { try await cluster.condition("RolledOut")?.reason == "Paused" }
            #expect(try await cluster.revisions().last == 4)
            #expect(try await cluster.currentRevisions() == [3, 3, 3])
        }
    }

    /// The same configuration once more, and another authority in its config map, take nobody's request away.
    @Test(arguments: [false, true])
    func theRequestStaysWithTheConfiguration(isForced: Bool) async throws {
        try await TestCluster.withClock { cluster, setAhead in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.createConfigMap("before", ["ca-bundle.crt": .string(Certificates.authority)])
            try await cluster.apply(Specs.oidc(authority: "before"), annotations: ["postern.dev/confirm-within": "10 first"])
            try await cluster.settled(at: 2)
            if isForced {
                try await cluster.apply(["forceRedeploymentReason": "once more"], to: .kubeAPIServer)
            } else {
                try await Self.changeAuthority(in: cluster)
            }
            try await cluster.settled(at: 3)
            let (asked, carried) = (try await cluster.revision(2), try await cluster.revision(3))
            #expect(
                carried.metadata.annotations?["postern.dev/confirm-by"] == asked.metadata.annotations?["postern.dev/confirm-by"]
            )
            setAhead(15)
            try await cluster.createConfigMap("anything", ["a": "b"])
            try await cluster.settled(at: 4)
            #expect(try await cluster.revision(4).spec.mode == "IntegratedOAuth")
            #expect(try await cluster.revision(4).spec.cause == "revision 3 was not confirmed in time: back to revision 1")
        }
    }

    /// Other clients leave the words of an undo where they are; each undo writes its own.
    @Test func theWordsOfAnUndoAreThoseOfTheUndo() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            let words: JSONValue = ["kubernetes.io/change-cause": "rollback to revision 1"]
            // The undo was held back; what somebody applies next is none.
            try await cluster.apply(Specs.oidc(audience: "a"), annotations: words)
            try await cluster.settled(at: 2)
            #expect(try await cluster.revision(2).spec.cause == "spec.oidcProviders added, spec.type added")
            try await cluster.apply(Specs.integrated, annotations: words, with: "ctl-rollout-undo")
            try await cluster.settled(at: 3)
            #expect(try await cluster.revision(3).spec.cause == "rollback to revision 1")
        }
    }

    /// That something was a revision once says nothing for it, if it failed.
    @Test func whatFailedIsHeldBackAgain() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            cluster.refused.withLock { _ = $0.insert(3) }
            try await cluster.apply(Specs.oidc(audience: "bad"))
            try await cluster.eventually("it has failed") {
                let isThere = try await cluster.revisions().contains(3)
                return isThere ? try await cluster.revision(3).status?.phase == "Failed" : false
            }
            #expect(try await cluster.revision(3).status?.message == "worker-0: SelfTestFailed: no usable key")
            #expect(try await cluster.revision(2).status?.phase == "Good")
            try await cluster.apply(["assertions": [Self.assertion]], to: .rolloutPolicy)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 4)
            try await cluster.apply(Specs.oidc(audience: "bad"))
            try await cluster.eventually("it is held back") { try await cluster.condition("Probed")?.status == .false }
            #expect(try await cluster.revisions().last == 4)
        }
    }
}
