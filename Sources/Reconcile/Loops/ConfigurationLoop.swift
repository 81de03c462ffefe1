import Authenticator
import Certificates
import JSON
import Logging
import Resolve
import Schema
import ServiceLifecycle
import Snapshot
import Store

/// Turns what is asked for into the next revision: resolve, try on the providers, write.
///
/// A revision is one object, written at once, so there is no half of one: whoever dies before the write has done nothing, and
/// who dies after it has done everything.
struct ConfigurationLoop {
    /// A configuration that its providers did not bear out, and when to try again if nobody changes it.
    private struct Setback {
        let inputs: ConfigurationWorld.Inputs
        let count: Int
        let retryAt: Int64
    }

    let store: any ObjectStore
    let writer: ObjectWriter
    let providers: any ProviderSource
    let signer: SnapshotSigner
    let oauthMetadata: String?
    let outcome: Shared<ConfigurationOutcome?>
    let events: EventRecorder
    let bell: Bell
    let now: @Sendable () -> Int64
    let logger: Logger
    private var setback: Setback?
    /// What the author wrote for a change that led to no revision; it says nothing about the next one.
    private var spent = RevisionDraft.Spent()

    init(
        store: any ObjectStore,
        writer: ObjectWriter,
        providers: any ProviderSource,
        signer: SnapshotSigner,
        oauthMetadata: String?,
        outcome: Shared<ConfigurationOutcome?>,
        events: EventRecorder,
        bell: Bell,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.writer = writer
        self.providers = providers
        self.signer = signer
        self.oauthMetadata = oauthMetadata
        self.outcome = outcome
        self.events = events
        self.bell = bell
        self.now = now
        self.logger = logger
    }

    /// One look and at most one act.
    mutating func look() async throws -> Look {
        do {
            if try await publishOAuthMetadata() { return .acted }
            guard let world = try await gather() else { return .settled }
            guard let confirmation = world.latest.flatMap({ RevisionConfirmation(of: $0.value) }) else {
                return try await advance(world)
            }
            if try await conclude(confirmation, world) { return .acted }
            return try await advance(world).noLater(than: confirmation.pause(now: now()))
        } catch let error as StoreError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            // What cannot be decoded needs a person; say so where people look, and let the loop try later.
            var failed = outcome.current ?? ConfigurationOutcome(generation: 0)
            failed.failure = "\(error)"
            outcome.set(failed)
            throw error
        }
    }

    private mutating func advance(_ world: ConfigurationWorld) async throws -> Look {
        var result = ConfigurationOutcome(generation: world.generation)
        let (candidate, unresolved) = world.candidate()
        guard let candidate else {
            result.unresolved = unresolved
            report(result)
            return .settled
        }
        result.borrowed = candidate.borrowed
        let content = candidate.content
        guard try world.draft.isNeeded(for: content) else {
            setback = nil
            spent = world.draft.asSpent
            result.revision = world.draft.previous?.revision
            if content.hasProvidersToAsk {
                result.probe = outcome.current?.probe == .proceeded ? .proceeded : .passed
            }
            result.warnings = outcome.current?.warnings ?? []
            report(result)
            return .settled
        }
        if let setback, setback.inputs == world.inputs, now() < setback.retryAt {
            return .again(after: .seconds(setback.retryAt - now()))
        }
        // While they are being asked again, what was wrong the last time stays to be read.
        let isRepeated = setback?.inputs == world.inputs
        // Without a provider to wait for nothing is told before the revision is there: a generation that was looked at, with
        // workers that are all at the newest revision, means that it is in force.
        if content.hasProvidersToAsk {
            result.probe = .running
            if !isRepeated { report(result) }
        }
        guard let report = try await preflight(content, world) else { return .acted }
        return try await conclude(candidate.outcome(of: report), world, &result)
    }

    private mutating func conclude(
        _ preflight: Preflight.Report,
        _ world: ConfigurationWorld,
        _ result: inout ConfigurationOutcome
    ) async throws -> Look {
        result.warnings = preflight.warnings
        result.isRestart = try world.draft.isRestart(of: preflight.content)
        guard preflight.problems.isEmpty else {
            result.probe = .failed
            result.unproven = preflight.problems
            report(result)
            let count = setback?.inputs == world.inputs ? (setback?.count ?? 0) + 1 : 1
            let pause = min(Int64(5) << min(Int64(count) - 1, 4), 60)
            setback = Setback(inputs: world.inputs, count: count, retryAt: now() + pause)
            return .again(after: .seconds(pause))
        }
        setback = nil
        let object = try world.draft.object(
            preflight.content,
            hasFreshKeys: !preflight.usesKnownKeys,
            signer: signer,
            now: now()
        )
        guard try await writer.create(object, now: now()) != nil else { return .acted }
        result.revision = object.value(at: "spec", "revision")?.integerValue
        if preflight.content.hasProvidersToAsk { result.probe = preflight.usesKnownKeys ? .proceeded : .passed }
        report(result)
        await announce(object)
        return .acted
    }

    private func report(_ result: ConfigurationOutcome) {
        guard outcome.set(result) else { return }
        for problem in result.problems {
            logger.warning("the configuration is not in force", metadata: ["error": "\(problem.advice)"])
        }
    }

    private func announce(_ revision: JSONValue) async {
        let number = revision.value(at: "spec", "revision")?.integerValue ?? 0
        let cause = revision.value(at: "spec", "cause")?.stringValue ?? ""
        logger.info("new revision", metadata: ["revision": "\(number)", "cause": "\(cause)"])
        await events.record("RevisionTriggered", "new revision \(number) triggered by \"\(cause)\"")
    }
}

// MARK: - Confirm or revert

extension ConfigurationLoop {
    /// Whether something came of a revision that has to be confirmed: it is, or the configuration before it comes back.
    private func conclude(_ confirmation: RevisionConfirmation, _ world: ConfigurationWorld) async throws -> Bool {
        switch confirmation.state(nodes: world.nodes, now: now()) {
        case .pending: return false
        case .granted:
            guard let latest = world.latest else { return false }
            var value = latest.value
            value["metadata"]?["annotations"]?[ConfirmationAnnotation.confirmedAt] = .string(Timestamp.text(of: now()))
            guard try await writer.replace(latest, by: value) else { return false }
            let who = confirmation.confirmedBy ?? ""
            await events.record("RevisionConfirmed", "revision \(confirmation.revision) was confirmed by \(who)")
            return true
        case .overdue: return try await revert(confirmation, world)
        }
    }

    private func revert(_ confirmation: RevisionConfirmation, _ world: ConfigurationWorld) async throws -> Bool {
        let old = world.revisions.first { revisionNumber($0) == confirmation.revertTo }?.value.value(
            at: "spec",
            "authentication"
        )
        // Whoever has changed it since looks after it.
        guard let old, let authentication = try await store.find(.authentication),
            authentication.value["spec"] == world.latest?.value.value(at: "spec", "authentication"),
            authentication.value["spec"] != old
        else { return false }
        let why = "revision \(confirmation.revision) was not confirmed in time: back to revision \(confirmation.revertTo)"
        var value = authentication.value
        value["spec"] = old
        let generation = value.value(at: "metadata", "generation")?.integerValue ?? 0
        value["metadata"]?["generation"] = .integer(generation + 1)
        var annotations = value.value(at: "metadata", "annotations") ?? [:]
        annotations[Annotation.changedBy] = "system:controller"
        annotations[Annotation.changedWith] = "controller"
        annotations[Annotation.changeCause] = .string(why)
        annotations[Annotation.returnGeneration] = .string("\(generation + 1)")
        value["metadata"]?["annotations"] = annotations
        guard try await writer.replace(authentication, by: value) else { return false }
        logger.warning("the configuration was not confirmed", metadata: ["revision": "\(confirmation.revision)"])
        await events.record("RevisionNotConfirmed", why, isWarning: true)
        return true
    }
}

extension RevisionConfirmation {
    /// How long there is nothing to do about it: to its end, or until logins may have been seen.
    fileprivate func pause(now: Int64) -> Duration { .seconds(confirmedBy != nil ? 1 : max(1, deadline - now)) }
}

// MARK: - Reading and asking

extension ConfigurationLoop {
    private func gather() async throws -> ConfigurationWorld? {
        guard let authentication = try await store.find(.authentication) else {
            var result = ConfigurationOutcome(generation: 0)
            result.failure = "Authentication \"cluster\" does not exist; create it, spec: {} is enough"
            report(result)
            return nil
        }
        return try await ConfigurationWorld.gather(from: store, for: authentication.value, spent: spent)
    }

    /// Asks the providers; nil when the question is no longer the right one, or when the service is to stop.
    private func preflight(_ content: WorkerSnapshot, _ world: ConfigurationWorld) async throws -> Preflight.Report? {
        let (now, bell, providers) = (now(), bell, providers)
        return try await withThrowingTaskGroup(of: Preflight.Report?.self) { group in
            // Whichever of the two ends first, the group ends the other.
            group.addTask { try await world.preflight(content, asking: providers, now: now) }
            group.addTask {
                await bell.wait()
                return nil
            }
            while let report = try await group.next() {
                if let report {
                    group.cancelAll()
                    return report
                }
                guard await isStillAsked(world) else {
                    group.cancelAll()
                    return nil
                }
                group.addTask {
                    await bell.wait()
                    return nil
                }
            }
            return nil
        }
    }

    private func isStillAsked(_ world: ConfigurationWorld) async -> Bool {
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return false }
        do {
            return try await gather()?.inputs == world.inputs
        } catch {
            // The next look meets the same failure and reports it.
            return false
        }
    }

    /// Keeps the built-in server's document where workers' revisions and clients find it.
    private func publishOAuthMetadata() async throws -> Bool {
        guard let oauthMetadata else { return false }
        let data: JSONValue = ["oauthMetadata": .string(oauthMetadata)]
        guard let existing = try await store.find(.oauthMetadata) else {
            let object: JSONValue = [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": "oauth-openshift", "namespace": .string(ObjectID.managedNamespace)], "data": data,
            ]
            return try await writer.create(object, now: now()) != nil
        }
        var value = existing.value
        value["data"] = data
        return try await writer.replace(existing, by: value)
    }
}

extension WorkerSnapshot {
    /// Whether there is a provider whose keys the configuration does not hold itself.
    fileprivate var hasProvidersToAsk: Bool { issuers.contains { $0.staticKeys == nil } }
}
