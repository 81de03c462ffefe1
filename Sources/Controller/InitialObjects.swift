import API
import Foundation
import JSON
import Schema
import Store

/// Puts the objects in place that everything else counts on. What is there already is left as it is.
struct InitialObjects: Sendable {
    let store: any ObjectStore
    let catalog: ResourceCatalog

    /// Marks the nodes of workers that this controller runs; nodes of others are not ours to remove.
    private static let runByController = JSONValue.object(JSONObject([(Node.runBy, .string(Node.controller))]))
    private static let nodes = ResourceName(group: "", plural: "nodes")

    func ensure(_ settings: ControllerSettings, now: Int64) async throws {
        for object in try DefaultObjects.all() { try await create(object, now: now) }
        for name in settings.workerNames {
            let metadata: JSONValue = ["name": .string(name), "labels": Self.runByController]
            try await create(["apiVersion": "v1", "kind": "Node", "metadata": metadata], now: now)
        }
        try await removeFormerNodes(settings)
    }

    /// A roll-out would wait forever for a worker that nobody runs any more.
    private func removeFormerNodes(_ settings: ControllerSettings) async throws {
        for node in try await store.list(Self.nodes, namespace: nil).items {
            let isOurs = try node.value.decoded(as: Node.self).isRunByController
            guard isOurs, !settings.workerNames.contains(node.id.name) else { continue }
            _ = try await store.delete(node.id, ifVersion: nil)
        }
    }

    /// Straight into the store, because a default object may come with a status, which the API would take away.
    private func create(_ object: JSONValue, now: Int64) async throws {
        let (apiVersion, kind) = (object["apiVersion"]?.stringValue ?? "", object["kind"]?.stringValue ?? "")
        guard let definition = catalog.definition(apiVersion: apiVersion, kind: kind) else {
            throw ManifestApply.Refusal.unknownKind(apiVersion: apiVersion, kind: kind)
        }
        var object = object
        object["metadata"]?["uid"] = .string(UUID().uuidString.lowercased())
        object["metadata"]?["creationTimestamp"] = .string(Timestamp.text(of: now))
        object["metadata"]?["generation"] = 1
        let admitted = try Admission(catalog: catalog).admit(object, as: definition)
        do {
            _ = try await store.create(admitted.object)
        } catch {
            guard case .alreadyExists = error else { throw error }
        }
    }
}
