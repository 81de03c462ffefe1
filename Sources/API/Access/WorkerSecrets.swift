import JSON
import Schema
import Store

/// The one access rule that depends on what is stored: a worker may get the secrets that it needs for the revision it runs or is to
/// run, by name, and no others.
struct WorkerSecrets: Sendable {
    let store: any ObjectStore

    private static let namespace = "openshift-config"
    private static let kubeAPIServer = ObjectID(
        ResourceName(group: "operator.openshift.io", plural: "kubeapiservers"),
        name: "cluster"
    )
    private static let revisions = ResourceName(group: "postern.dev", plural: "authenticationrevisions")

    func allow(_ verb: Verb, _ target: ResourceTarget, by caller: Caller) async throws -> Bool {
        guard verb == .get, target.group.isEmpty, target.plural == "secrets", target.subresource == nil,
            target.namespace == Self.namespace, let name = target.name,
            caller.isMember(of: CallerAuthentication.workers), caller.actingThrough == nil,
            let worker = CallerAuthentication.workerName(ofUser: caller.username)
        else { return false }
        let rollout = try await store.find(Self.kubeAPIServer)?.value["status"]
        let nodes = rollout?["nodeStatuses"]?.arrayValue ?? []
        let status = nodes.first { $0["nodeName"]?.stringValue?.utf8.elementsEqual(worker.utf8) == true }
        // Whoever is left out of roll-outs follows what all others have served.
        let revisions = status.map { [$0["targetRevision"], $0["currentRevision"]] } ?? [rollout?["lastGoodRevision"]]
        for revision in revisions.map({ $0?.integerValue }) {
            guard let revision, revision > 0 else { continue }
            let id = ObjectID(Self.revisions, name: AuthenticationRevision.name(of: revision))
            let secrets = try await store.find(id)?.value.value(at: "spec", "secrets").stringValues ?? []
            if secrets.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { return true }
        }
        return false
    }
}
