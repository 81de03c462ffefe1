import Authenticator
import JSON
import Logging
import Schema
import ServiceLifecycle
import Store
import Synchronization
import Testing

@testable import Reconcile

/// The loops on a real store with workers that answer at once.
@Suite(.timeLimit(.minutes(5)))
struct ReconcileLoopTests {
    @Test func anEmptySpecBecomesTheFirstRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            let revision = try await cluster.revision(1)
            #expect(revision.spec.mode == "IntegratedOAuth")
            #expect(revision.spec.cause == "first revision")
            #expect(try await cluster.kubeAPIServer().latestAvailableRevision == 1)
            try await cluster.eventually("the status follows") {
                let available = try await cluster.condition("Available")?.message
                let progressing = try await cluster.condition("Progressing")?.status
                let summary = try await cluster.operatorCondition("kube-apiserver", "Progressing")?.message
                let metadata = try await cluster.authentication().integratedOAuthMetadata?.name
                return available == "3 of 3 workers answer" && progressing == .false && metadata == "oauth-openshift"
                    && summary == "NodeInstallerProgressing: 3 nodes are at revision 1"
            }
        }
    }

    @Test func aProviderIsAskedThenEveryWorkerGetsTheRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.createSecret("console-secret", ["clientSecret": "s3cret"])
            try await cluster.apply(Specs.oidc(secret: "console-secret"))
            try await cluster.settled(at: 2)
            let revision = try await cluster.revision(2)
            #expect(revision.spec.mode == "OIDC")
            #expect(revision.spec.changedBy == "system:admin")
            #expect(revision.spec.cause == "spec.oidcProviders added, spec.type added")
            #expect(
                revision.spec.snapshot["issuers"]?.arrayValue?.first?.value(at: "seed", "jwks")?.stringValue
                    == FakeProviders.keys
            )
            try await cluster.eventually("the clients are told") {
                let clients = try await cluster.authentication().oidcClients ?? []
                return clients.map { $0.conditions?[type: "Available"]?.status } == [.true, .true]
                    && clients.first?.currentOIDCClients?.first?.clientID == "console"
            }
        }
    }

    @Test func theSameContentMakesNoRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            var spec = Specs.oidc()
            spec["serviceAccountIssuer"] = "https://somewhere.else"
            try await cluster.apply(spec)
            try await cluster.eventually("the change is seen") {
                try await cluster.condition("Accepted")?.observedGeneration == 3
            }
            #expect(try await cluster.revisions() == [1, 2])
        }
    }

    @Test func aForceReasonMakesARevisionOfTheSameContent() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(["forceRedeploymentReason": "because I can"], to: .kubeAPIServer)
            try await cluster.settled(at: 2)
            #expect(try await cluster.revision(2).spec.cause == "forced: because I can")
            #expect(try await cluster.revisions() == [1, 2])
        }
    }

    @Test func aPausedRolloutMakesTheRevisionAndSendsNobody() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(["paused": true], to: .rolloutPolicy)
            try await cluster.apply(["forceRedeploymentReason": "once more"], to: .kubeAPIServer)
            try await cluster.eventually("the pause is told") {
                let condition = try await cluster.condition("RolledOut")
                let revisions = try await cluster.revisions()
                return revisions == [1, 2] && condition?.reason == "Paused"
            }
            let targets = try await cluster.kubeAPIServer().nodeStatuses?.map { $0.targetRevision ?? 0 }
            #expect(targets == [0, 0, 0])
            try await cluster.apply(["paused": false], to: .rolloutPolicy)
            try await cluster.settled(at: 2)
            try await cluster.eventually("the end is told") { try await cluster.condition("RolledOut")?.status == .true }
        }
    }

    @Test func whoRevertsGetsTheOldContentAsANewRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            try await cluster.apply(Specs.integrated, annotations: ["kubernetes.io/change-cause": "back to passwords"])
            try await cluster.settled(at: 3)
            let (first, third) = (try await cluster.revision(1), try await cluster.revision(3))
            #expect(first.spec.contentDigest == third.spec.contentDigest)
            #expect(third.spec.cause == "back to passwords")
        }
    }

    @Test func theCauseOfAChangeThatLedToNoRevisionIsNotTheNextOnes() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the provider is found to be down") {
                try await cluster.condition("Degraded")?.status == .true
            }
            let cause: JSONValue = ["kubernetes.io/change-cause": "rollback to revision 1"]
            try await cluster.apply(Specs.integrated, annotations: cause)
            try await cluster.eventually("the old configuration is seen to be in force") {
                let generation = try await cluster.store.get(.authentication).value.value(at: "metadata", "generation")
                let condition = try await cluster.condition("Degraded")
                return condition?.status == .false
                    && condition?.observedGeneration.map(JSONValue.integer) == generation
            }
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc(), annotations: cause)
            try await cluster.settled(at: 2)
            let revision = try await cluster.revision(2)
            #expect(revision.spec.cause?.hasPrefix("spec.") == true, "\(revision.spec.cause ?? "none")")
        }
    }

    @Test func anAssertionThatIsNotFulfilledKeepsTheRunningRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            let assertion: JSONValue = [
                "name": "jane", "claims": ["sub": "1", "email": "jane@example"], "username": "jane@example",
            ]
            try await cluster.apply(["assertions": [assertion]], to: .rolloutPolicy)
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the refusal is told") {
                let message = try await cluster.condition("Probed")?.message ?? ""
                return message.contains(
                    #"assertion "jane" has username "oidc-user-test:jane@example", expected "jane@example"; correct the claim"#
                )
            }
            #expect(try await cluster.revisions() == [1])
            var right = assertion
            right["username"] = "oidc-user-test:jane@example"
            try await cluster.apply(["assertions": [right]], to: .rolloutPolicy)
            try await cluster.settled(at: 2)
        }
    }

    /// Nobody is locked out by a provider that went down after a bad change.
    @Test func aChangeIsUndoneWhileTheProviderIsDown() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            var bad = Specs.oidc()
            var provider = bad["oidcProviders"]?.arrayValue?.first ?? [:]
            provider["claimMappings"] = ["username": ["claim": "nobody_has_this", "prefixPolicy": "NoPrefix"]]
            bad["oidcProviders"] = [provider]
            try await cluster.apply(bad)
            try await cluster.settled(at: 3)
            cluster.providers.answer(Specs.issuer, .failure(.unreachable(url: Specs.issuer, "connection refused")))
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 4)
            let (second, fourth) = (try await cluster.revision(2), try await cluster.revision(4))
            #expect(second.spec.contentDigest == fourth.spec.contentDigest)
            try await cluster.eventually("the outage is told") {
                try await cluster.condition("Probed")?.message?.contains("cannot be reached") == true
            }
        }
    }

    /// The built-in server was in charge in between: the keys are in an earlier revision.
    @Test func theWayBackToAProviderThatIsDownIsOpen() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            try await cluster.apply(Specs.integrated)
            try await cluster.settled(at: 3)
            cluster.providers.answer(Specs.issuer, .failure(.unreachable(url: Specs.issuer, "connection refused")))
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 4)
            try await cluster.eventually("the outage is told") {
                try await cluster.condition("Probed")?.reason == "ProviderUnavailable"
            }
        }
    }

    /// Whoever restarts wants the keys as they are now: with the old ones a stolen key would go on working.
    @Test func aRestartWaitsForTheProvider() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            cluster.providers.answer(Specs.issuer, .failure(.unreachable(url: Specs.issuer, "connection refused")))
            try await cluster.apply(["forceRedeploymentReason": "key withdrawn"], to: .kubeAPIServer)
            try await cluster.eventually("it is told") { try await cluster.condition("Probed")?.status == .false }
            #expect(try await cluster.revisions() == [1, 2])
            try await cluster.eventually("what runs is in force all the same") {
                let degraded = try await cluster.condition("Degraded")?.message ?? ""
                let rolledOut = try await cluster.condition("RolledOut")?.status
                return degraded.hasPrefix("The restart waits, revision 2 stays in force: ") && rolledOut == .true
            }
            // A change of something else goes through meanwhile, and the restart is still to be done.
            try await cluster.apply(Specs.oidc(audience: "other"))
            try await cluster.settled(at: 3)
            cluster.providers.serve(Specs.issuer)
            try await cluster.settled(at: 4)
            let last = try await cluster.revision(4)
            #expect(last.spec.cause == "forced: key withdrawn")
        }
    }

    @Test func aProviderThatIsDownKeepsTheRunningRevision() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the refusal is told") {
                try await cluster.operatorCondition("authentication", "Degraded")?.reason
                    == "ExternalOIDCController_SyncError"
            }
            let degraded = try #require(try await cluster.condition("Degraded"))
            #expect(
                degraded.message
                    == "The configuration is not in force, revision 1 stays in force: provider \"keycloak\" cannot be reached at "
                    + "https://idp.test (connection refused); check issuerURL, name resolution and network"
            )
            #expect(
                try await cluster.operatorCondition("authentication", "Degraded")?.message
                    == "ExternalOIDCControllerDegraded: could not validate IDP URL using the system CAs: "
                    + "persistent well-known GET error: Get \"https://idp.test\": connection refused"
            )
            #expect(try await cluster.revisions() == [1])
            // The next good apply goes through at once.
            cluster.providers.serve("https://other.test")
            try await cluster.apply(Specs.oidc(issuer: "https://other.test"))
            try await cluster.settled(at: 2)
            try await cluster.eventually("all is well again") { try await cluster.condition("Degraded")?.status == .false }
        }
    }

    @Test func aBetterConfigurationDoesNotWaitForAProviderThatHangs() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.hang(Specs.issuer)
            cluster.providers.serve("https://other.test")
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the provider is asked") { cluster.providers.asked > 0 }
            try await cluster.apply(Specs.oidc(issuer: "https://other.test"))
            try await cluster.settled(at: 2)
        }
    }

    @Test func whatIsMissingIsNamedAndTakenUpWhenItArrives() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc(authority: "idp-ca", secret: "console-secret"))
            try await cluster.eventually("both are named") {
                let message = try await cluster.condition("Accepted")?.message ?? ""
                return message.contains("config map openshift-config/idp-ca")
                    && message.contains("secret openshift-config/console-secret")
            }
            #expect(cluster.providers.asked == 0)
            try await cluster.createSecret("console-secret", ["clientSecret": "s3cret"])
            try await cluster.createConfigMap("idp-ca", ["ca-bundle.crt": .string(Certificates.authority)])
            try await cluster.settled(at: 2)
        }
    }

    @Test func aRefusedRevisionIsUndone() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            cluster.refused.withLock { _ = $0.insert(2) }
            try await cluster.apply(Specs.oidc())
            try await cluster.eventually("the failure is told") {
                try await cluster.kubeAPIServer().conditions?[type: "NodeInstallerDegraded"]?.status == .true
            }
            // Runbooks know that it takes two minutes to be told of the operator as a whole.
            let summary = try await cluster.operatorCondition("kube-apiserver", "Degraded")
            #expect(summary?.status == .false && summary?.reason == "AsExpected")
            #expect(try await cluster.currentRevisions() == [1, 1, 1])
            let failed = try #require(try await cluster.kubeAPIServer().nodeStatuses?.first)
            #expect(failed.lastFailedRevision == 2)
            #expect(failed.lastFailedReason == "OperandFailed")
            #expect(failed.lastFailedRevisionErrors == ["worker-0: SelfTestFailed: no usable key"])
            try await cluster.eventually("the administrator is told") {
                try await cluster.condition("Degraded")?.message?.hasPrefix("Revision 2 failed (worker-0: SelfTestFailed")
                    == true
            }
            // A new revision un-sticks it.
            try await cluster.apply(Specs.oidc(audience: "other"))
            try await cluster.settled(at: 3)
            #expect(try await cluster.kubeAPIServer().nodeStatuses?.first?.lastFailedRevision == nil)
        }
    }

    @Test func theOAuthServerIsWantedUntilTheLastWorkerHasLeft() async throws {
        try await TestCluster.withoutLoops { cluster in
            let loop = try cluster.loop()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await loop.run() }
                defer { group.cancelAll() }
                try await cluster.settled(at: 1)
                try await cluster.eventually("it is wanted") { loop.oauthServer.isWanted == true }
                cluster.providers.serve(Specs.issuer)
                cluster.stopped.withLock { _ = $0.insert("worker-2") }
                try await cluster.apply(Specs.oidc())
                try await cluster.eventually("two have left") { try await cluster.currentRevisions() == [2, 2, 1] }
                #expect(loop.oauthServer.isWanted == true)
                cluster.stopped.withLock { $0 = [] }
                // Any change makes the worker look again.
                try await cluster.apply(["logLevel": "Normal"], to: .kubeAPIServer)
                try await cluster.settled(at: 2)
                try await cluster.eventually("it is parked") { loop.oauthServer.isWanted == false }
                try await cluster.apply(Specs.integrated)
                try await cluster.eventually("it is wanted again") { loop.oauthServer.isWanted == true }
            }
        }
    }

    @Test func aControllerThatDiesAtAnyMomentIsContinuedByTheNext() async throws {
        try await TestCluster.withoutLoops { cluster in
            cluster.providers.serve(Specs.issuer)
            for round in 0..<12 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await (try cluster.loop()).run() }
                    try await cluster.apply(Specs.oidc(audience: "audience-\(round)"))
                    // A little more time each round: the loop is stopped in the middle of something else each time.
                    try await Task.sleep(for: .milliseconds(round * 4))
                    group.cancelAll()
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await (try cluster.loop()).run() }
                defer { group.cancelAll() }
                try await cluster.eventually("the last configuration is everywhere") {
                    let status = try await cluster.kubeAPIServer()
                    let latest = status.latestAvailableRevision ?? 0
                    guard latest > 0, status.lastGoodRevision == latest else { return false }
                    let issuer = try await cluster.revision(latest).spec.snapshot["issuers"]?.arrayValue?.first
                    return issuer?["audiences"] == ["audience-11"]
                }
            }
        }
    }

    /// A request of ten seconds' time, the shortest there is, and a clock that is ahead by more once it is asked.
    @Test func whatNobodyConfirmsIsUndone() async throws {
        try await TestCluster.withClock { cluster, setAhead in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc(), annotations: ["postern.dev/confirm-within": "10 first"])
            try await cluster.settled(at: 2)
            try await cluster.eventually("people are told") {
                try await cluster.condition("Confirmed")?.reason == "WaitingForConfirmation"
            }
            // On top of it another: what nobody has confirmed is nothing to come back to.
            try await cluster.apply(Specs.oidc(audience: "more"), annotations: ["postern.dev/confirm-within": "10 second"])
            try await cluster.settled(at: 3)
            setAhead(15)
            // The loops sleep by a clock of their own; a change in the world wakes them.
            try await cluster.createConfigMap("anything", ["a": "b"])
            try await cluster.settled(at: 4)
            #expect(try await cluster.revision(4).spec.mode == "IntegratedOAuth")
            #expect(try await cluster.revision(4).spec.cause == "revision 3 was not confirmed in time: back to revision 1")
            #expect(try await cluster.revision(4).spec.changedBy == "system:controller")
            try await cluster.eventually("nothing is left to confirm") { try await cluster.condition("Confirmed") == nil }
        }
    }

    @Test func whatIsConfirmedStays() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(["type": "None"], annotations: ["postern.dev/confirm-within": "3600 first"])
            try await cluster.settled(at: 2)
            let object = try await cluster.store.get(.revision(2))
            var value = object.value
            value["metadata"]?["annotations"]?["postern.dev/confirmed-by"] = "jane"
            try await cluster.writer.replace(object, by: value)
            try await cluster.eventually("it is granted") {
                try await cluster.revision(2).metadata.annotations?["postern.dev/confirmed-at"] != nil
            }
            try await cluster.eventually("nothing is left to confirm") { try await cluster.condition("Confirmed") == nil }
            #expect(try await cluster.revisions() == [1, 2])
        }
    }

    @Test func atRestNothingIsWritten() async throws {
        try await TestCluster.with { cluster in
            cluster.providers.serve(Specs.issuer)
            try await cluster.settled(at: 1)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            var last: Int64 = -1
            var quiet = 0
            try await cluster.eventually("300 ms without a write") {
                let revision = try await cluster.store.currentRevision()
                quiet = revision == last ? quiet + 1 : 0
                last = revision
                return quiet > 150
            }
            // Another loop on the same store finds nothing to do either.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await (try cluster.loop()).run() }
                defer { group.cancelAll() }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(try await cluster.store.currentRevision() == last)
        }
    }

    @Test func stopsGracefullyByReturning() async throws {
        try await TestCluster.withoutLoops { cluster in
            let group = ServiceGroup(
                services: [try cluster.loop()],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await cluster.settled(at: 1)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test func aDeletedRevisionsNumberIsNotUsedAgain() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            cluster.providers.serve(Specs.issuer)
            try await cluster.apply(Specs.oidc())
            try await cluster.settled(at: 2)
            _ = try await cluster.store.delete(.revision(2), ifVersion: nil)
            try await cluster.settled(at: 3)
            #expect(try await cluster.revisions() == [1, 3])
        }
    }

    @Test func oldRevisionsGo() async throws {
        try await TestCluster.with { cluster in
            try await cluster.settled(at: 1)
            try await cluster.apply(["succeededRevisionLimit": 5, "failedRevisionLimit": 5], to: .kubeAPIServer)
            cluster.providers.serve(Specs.issuer)
            for number in Int64(2)...9 {
                try await cluster.apply(Specs.oidc(audience: "audience-\(number)"))
                try await cluster.settled(at: number)
            }
            try await cluster.eventually("five are left") { try await cluster.revisions() == [5, 6, 7, 8, 9] }
        }
    }
}
