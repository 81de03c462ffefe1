import JSON
import Schema
import Store

/// What admission wants to know about other objects before it judges one. It does no I/O itself, so this is gathered first.
struct AdmissionInputs: Sendable {
    let admission: Admission
    /// Whether a Secret or ConfigMap is there; nil where nothing refers to one.
    let exists: (@Sendable (Admission.Reference) -> Bool)?
    /// What whoever writes should know of the moment, whatever they write.
    var warnings: [String] = []

    private static let kinds = ["Secret": "secrets", "ConfigMap": "configmaps"]
    private static let policies = ResourceName(group: "postern.dev", plural: "rolloutpolicies")

    static func gather(
        for definition: ResourceDefinition,
        part: ObjectPart,
        _ admission: Admission,
        _ store: any ObjectStore
    ) async throws -> AdmissionInputs {
        guard part == .whole, definition.group == "config.openshift.io", definition.kind == "Authentication" else {
            return AdmissionInputs(admission: admission, exists: nil)
        }
        var admission = admission
        let policy = try await policy(store)
        if let allowed = policy?.value(at: "spec", "multipleOIDCProviders")?.boolValue {
            admission.options.multipleOIDCProviders = allowed
        }
        var names: [String: Set<String>] = [:]
        for (kind, plural) in kinds {
            let list = try await store.list(ResourceName(group: "", plural: plural), namespace: "openshift-config")
            names[kind] = Set(list.items.map(\.id.name))
        }
        let known = names
        let isPaused = policy?.value(at: "spec", "paused")?.boolValue ?? false
        return AdmissionInputs(
            admission: admission,
            exists: { reference in known[reference.kind]?.contains(reference.name) ?? false },
            warnings: isPaused ? ["the roll-out is paused; ctl rollout resume lets it go on"] : []
        )
    }

    private static func policy(_ store: any ObjectStore) async throws(StoreError) -> JSONValue? {
        try await store.find(ObjectID(policies, name: "cluster"))?.value
    }
}
