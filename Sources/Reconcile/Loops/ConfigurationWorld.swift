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
    /// The `metadata.generation` of the Authentication.
    let generation: Int64

    /// - Parameters:
    ///   - authentication: as it is stored, or as somebody would like to store it.
    ///   - spentCause: as `RevisionDraft` has it.
    static func gather(
        from store: any ObjectStore,
        for authentication: JSONValue,
        spentCause: String? = nil
    ) async throws -> ConfigurationWorld {
        let spec = try (authentication["spec"] ?? [:]).decoded(as: Authentication.Spec.self)
        var found: [ObjectID: JSONValue] = [:]
        for id in Set(spec.references) { found[id] = try await store.find(id)?.value }
        let objects = ReferencedObjects(found)
        let policy = try await store.find(.rolloutPolicy)?.value
        let operatorObject = try await store.find(.kubeAPIServer)?.value
        let revisions = try await store.list(.authenticationRevisions, namespace: nil).items
        let latest = revisions.max { revisionNumber($0) < revisionNumber($1) }
        let draft = RevisionDraft(
            authentication: authentication,
            operatorObject: operatorObject,
            previous: try latest.map { try RevisionDraft.Previous($0.value) },
            spentCause: spentCause
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
            policy: try policy.map { try $0.decoded(as: RolloutPolicy.self).spec },
            generation: authentication.value(at: "metadata", "generation")?.integerValue ?? 0
        )
    }
}

extension ConfigurationWorld {
    /// Tries content that was made of this on its providers.
    func preflight(
        _ content: WorkerSnapshot,
        asking providers: any ProviderSource,
        now: Int64
    ) async throws -> Preflight.Report {
        let preflight = Preflight(
            providers: providers,
            proceedsWithKnownKeys: policy?.unavailableProviderPolicy == .proceed,
            wantsFreshKeys: try draft.isRestart(of: content),
            assertions: policy?.assertions ?? []
        )
        return await preflight.run(content, earlier: { earlier }, now: now)
    }

    /// The content of all revisions, newest first. One that cannot be read, of an older version perhaps, has no keys to offer.
    private var earlier: [WorkerSnapshot] {
        revisions.sorted { revisionNumber($0) > revisionNumber($1) }
            .compactMap { try? $0.value.value(at: "spec", "snapshot")?.decoded(as: WorkerSnapshot.self) }
    }
}

/// The number of a revision; 0 for an object that is none.
func revisionNumber(_ object: StoredObject) -> Int64 { object.value.value(at: "spec", "revision")?.integerValue ?? 0 }
