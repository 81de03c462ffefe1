import Authenticator
import JSON
import Resolve
import Schema
import Snapshot
import Store

/// Everything that decides what becomes of an `Authentication`, read in one look.
struct ConfigurationWorld {
    /// What a configuration is made from; equal inputs are the same attempt.
    struct Inputs: Equatable {
        let spec: JSONValue
        let references: [String]
        let forceReason: String
        let policy: JSONValue?
    }

    let spec: Authentication.Spec
    let objects: ReferencedObjects
    let draft: RevisionDraft
    let revisions: [StoredObject]
    let inputs: Inputs
    let policy: RolloutPolicy.Spec?
    let probes: [ProbeTokenCheck.Probe]
    /// The kinds of tokens that people logged in with lately.
    let claimShapes: [Node.ClaimShape]
    let nodes: [WorkerNode]
    /// The `metadata.generation` of the Authentication.
    let generation: Int64

    /// - Parameters:
    ///   - authentication: as it is stored, or as somebody would like to store it.
    ///   - spent: as `RevisionDraft` has it.
    static func gather(
        from store: any ObjectStore,
        for authentication: JSONValue,
        spent: RevisionDraft.Spent = .init()
    ) async throws -> ConfigurationWorld {
        let spec = try (authentication["spec"] ?? [:]).decoded(as: Authentication.Spec.self)
        var found: [ObjectID: JSONValue] = [:]
        for id in Set(spec.references) { found[id] = try await store.find(id)?.value }
        let policy = try await store.find(.rolloutPolicy)?.value
        let policySpec = try policy.map { try $0.decoded(as: RolloutPolicy.self).spec }
        var probes: [ProbeTokenCheck.Probe] = []
        if spec.mode == .oidc {
            for (index, token) in (policySpec?.probeTokens ?? []).enumerated() {
                let id = ObjectID.secret(token.secret.name)
                let secret = try await store.find(id)?.value
                found[id] = secret
                probes.append(ProbeTokenCheck.Probe(token, at: index, secret: secret.map(TokenSecret.init)))
            }
        }
        let objects = ReferencedObjects(found)
        let operatorObject = try await store.find(.kubeAPIServer)?.value
        let revisions = try await store.list(.authenticationRevisions, namespace: nil).items
        let nodes = try await store.list(.nodes, namespace: nil).items.map { try $0.value.decoded(as: Node.self) }
        let draft = RevisionDraft(
            authentication: authentication,
            operatorObject: operatorObject,
            previous: try revisions.newest.map { try RevisionDraft.Previous($0.value) },
            spent: spent,
            newestRunning: nodes.compactMap { $0.status?.authentication?.revision }.max() ?? 0
        )
        return ConfigurationWorld(
            spec: spec,
            objects: objects,
            draft: draft,
            revisions: revisions,
            inputs: Inputs(
                spec: authentication["spec"] ?? [:],
                references: objects.versions,
                forceReason: draft.forceReason,
                policy: policy?["spec"]
            ),
            policy: policySpec,
            probes: probes,
            claimShapes: nodes.flatMap { $0.status?.authentication?.claimShapes ?? [] },
            nodes: nodes.map(WorkerNode.init),
            generation: authentication.value(at: "metadata", "generation")?.integerValue ?? 0
        )
    }
}

extension ConfigurationWorld {
    /// The newest revision.
    var latest: StoredObject? { revisions.newest }

    /// Tries content that was made of this on its providers.
    func preflight(
        _ content: WorkerSnapshot,
        asking providers: any ProviderSource,
        now: Int64
    ) async throws -> Preflight.Report {
        let inForce = inForce
        // Nobody is kept from going back to what was good, and least of all by a sample that has grown old meanwhile.
        let isNew = try !revisions.lazy.map(\.value).haveGoodContent(content.contentDigest(), lastGood: draft.lastGoodRevision)
        let preflight = Preflight(
            providers: providers,
            proceedsWithKnownKeys: policy?.unavailableProviderPolicy == .proceed,
            wantsFreshKeys: try draft.isRestart(of: content),
            assertions: AssertionCheck(assertions: policy?.assertions ?? [], holdsBack: isNew),
            probeTokens: ProbeTokenCheck(probes: probes, inForce: inForce, holdsBack: isNew),
            refusesLockOut: (policy?.loginGate?.maximumDropPercent ?? 0) < 100 && isNew
        )
        let impact = inForce.map { IdentityImpact(of: claimShapes, from: $0, to: content, now: now) }
        return await preflight.run(content, earlier: { earlier }, impact: impact, now: now)
    }

    /// What people log in through: the last good revision, or the only ones there are.
    private var inForce: WorkerSnapshot? {
        let object = revisions.first { revisionNumber($0) == draft.lastGoodRevision }?.value
        return (try? object?.value(at: "spec", "snapshot")?.decoded(as: WorkerSnapshot.self)) ?? draft.previous?.snapshot
    }

    /// What may become the next revision, or the problems that keep everything from it.
    func candidate() -> (candidate: ConfigurationCandidate?, unresolved: [ConfigurationProblem]) {
        let resolution = Resolution(of: spec, with: objects)
        let isBroken = !resolution.problems.isEmpty
        if draft.isReturn || (draft.hasReturned && isBroken), let copy {
            let candidate = ConfigurationCandidate(
                content: copy.content,
                copiedFrom: copy.revision,
                isReturn: draft.isReturn,
                unresolved: resolution.problems
            )
            return (candidate, [])
        }
        return isBroken ? (nil, resolution.problems) : (ConfigurationCandidate(content: resolution.content), [])
    }

    /// What workers had of this configuration when it was good. One that cannot be read, of an older version perhaps, has nothing to offer.
    private var copy: (revision: Int64, content: WorkerSnapshot)? {
        let good = revisions.filter {
            $0.value.isGoodRevision(lastGood: draft.lastGoodRevision)
                && $0.value.value(at: "spec", "authentication") == inputs.spec
        }
        guard let newest = good.newest,
            let content = try? newest.value.value(at: "spec", "snapshot")?.decoded(as: WorkerSnapshot.self)
        else { return nil }
        return (revisionNumber(newest), content)
    }

    /// The content of all revisions, newest first. One that cannot be read, of an older version perhaps, has no keys to offer.
    private var earlier: [WorkerSnapshot] {
        revisions.sorted { revisionNumber($0) > revisionNumber($1) }
            .compactMap { try? $0.value.value(at: "spec", "snapshot")?.decoded(as: WorkerSnapshot.self) }
    }
}

/// The number of a revision; 0 for an object that is none.
func revisionNumber(_ object: StoredObject) -> Int64 { object.value.value(at: "spec", "revision")?.integerValue ?? 0 }

extension [StoredObject] {
    /// Of revisions the one with the highest number.
    var newest: StoredObject? { self.max { revisionNumber($0) < revisionNumber($1) } }
}
