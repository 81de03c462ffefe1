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
    private static let revisions = ResourceName(group: "postern.dev", plural: "authenticationrevisions")
    private static let kubeAPIServer = ObjectID(
        ResourceName(group: "operator.openshift.io", plural: "kubeapiservers"),
        name: "cluster"
    )
    private static let policies = ResourceName(group: "postern.dev", plural: "rolloutpolicies")

    /// - Parameter breakGlass: the break-glass certificate that whoever writes has shown; nil: none.
    static func gather(
        for definition: ResourceDefinition,
        part: ObjectPart,
        _ admission: Admission,
        _ store: any ObjectStore,
        now: Int64,
        breakGlass: String? = nil
    ) async throws -> AdmissionInputs {
        guard part == .whole, definition.group == "config.openshift.io", definition.kind == "Authentication" else {
            return AdmissionInputs(admission: admission, exists: nil)
        }
        var admission = admission
        let policy = try await policy(store)
        if let allowed = policy?.value(at: "spec", "multipleOIDCProviders")?.boolValue {
            admission.options.multipleOIDCProviders = allowed
        }
        admission.options.modeSwitch = try await modeSwitch(policy, store, now: now, shown: breakGlass)
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

    private static func modeSwitch(
        _ policy: JSONValue?,
        _ store: any ObjectStore,
        now: Int64,
        shown: String?
    ) async throws -> ModeSwitch? {
        // Whoever shows one has proved that it works, if nobody else has.
        guard shown == nil else { return nil }
        let stated = policy?.value(at: "spec", "breakGlass", "verifiedWithinDays")?.integerValue
        let certificates = try await store.list(BreakGlassCertificate.resource, namespace: nil).items
        let verdict = breakGlassVerdict(
            try certificates.map { try $0.value.decoded(as: BreakGlassCertificate.self) },
            withinDays: stated ?? RolloutPolicy.BreakGlass.defaultDays,
            now: now
        )
        return ModeSwitch(modesInForce: verdict.reason == nil ? [] : try await modesInForce(store), breakGlass: verdict)
    }

    /// The modes of the revisions that workers were last seen to run well.
    private static func modesInForce(_ store: any ObjectStore) async throws -> Set<Authentication.Mode> {
        let nodes = try await store.find(kubeAPIServer)?.value.value(at: "status", "nodeStatuses")?.arrayValue ?? []
        var modes: Set<Authentication.Mode> = []
        for number in Set(nodes.compactMap { $0["currentRevision"]?.integerValue }) where number > 0 {
            let revision = try await store.find(ObjectID(revisions, name: AuthenticationRevision.name(of: number)))
            if let mode = revision?.value.value(at: "spec", "mode")?.stringValue.flatMap(Authentication.Mode.init(rawValue:)) {
                modes.insert(mode)
            }
        }
        return modes
    }

    private static func policy(_ store: any ObjectStore) async throws(StoreError) -> JSONValue? {
        try await store.find(ObjectID(policies, name: "cluster"))?.value
    }
}
