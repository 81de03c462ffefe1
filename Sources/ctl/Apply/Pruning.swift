import Client
import JSON

/// `apply --prune`: deletes what an earlier apply made and today's manifests no longer name.
///
/// As with kubectl, only what carries the record of an apply is looked at, in the namespaces of the manifests.
struct Pruning: Sendable {
    /// A kind that may be pruned: `core/v1/ConfigMap`.
    struct Kind: Hashable, Sendable {
        let apiVersion: String
        let kind: String

        init(_ text: String) throws(CommandFailure) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw CommandFailure(
                    "invalid GroupVersionKind format: \(text), please follow <group/version/kind>, such as core/v1/ConfigMap"
                )
            }
            apiVersion = parts[0] == "core" ? parts[1] : "\(parts[0])/\(parts[1])"
            kind = parts[2]
        }
    }

    /// What kubectl prunes unless told otherwise, of the kinds that this server has.
    static let usualKinds = ["core/v1/ConfigMap", "core/v1/Secret", "core/v1/Namespace"]

    let client: ControllerClient
    /// Only objects with these labels; nil: all.
    let selector: String?
    let kinds: [Kind]
    let dryRun: DryRun

    /// - Parameters:
    ///   - kept: uids of the objects that the manifests name.
    ///   - namespaces: those of the manifests.
    ///   - tell: told each object that goes.
    func prune(
        keeping kept: Set<String>,
        in namespaces: Set<String>,
        _ resources: APIResources,
        tell: (NamedTarget) -> Void
    ) async throws {
        for kind in kinds {
            let resource = try resources.resolve(apiVersion: kind.apiVersion, kind: kind.kind)
            for namespace in resource.isNamespaced ? namespaces.sorted().map(Optional.some) : [nil] {
                let page = try await client.list(resource.path(namespace: namespace), Selection(labelSelector: selector))
                for object in page.items where Self.isPrunable(object, keeping: kept) {
                    let name = object.value(at: "metadata", "name")?.stringValue ?? ""
                    let target = NamedTarget(resource: resource, name: name, namespace: namespace)
                    try await delete(target)
                    tell(target)
                }
            }
        }
    }

    static func isPrunable(_ object: JSONValue, keeping kept: Set<String>) -> Bool {
        let metadata = object["metadata"]
        guard let uid = metadata?["uid"]?.stringValue, !kept.contains(uid) else { return false }
        return metadata?["annotations"]?[LastApplied.annotation] != nil && metadata?["deletionTimestamp"] == nil
    }

    private func delete(_ target: NamedTarget) async throws {
        guard dryRun != .client else { return }
        do {
            try await client.delete(target.path, WriteOptions(dryRun: dryRun == .server))
        } catch let failure as APIFailure where failure.isNotFound {
            // Somebody was quicker, which is as good.
        }
    }
}
