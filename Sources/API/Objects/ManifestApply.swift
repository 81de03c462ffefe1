import Foundation
package import JSON
package import Schema
package import Store

/// Writes objects that an administrator keeps in files: the same steps as a request's, without a request.
///
/// Two phases, so that one bad object of a file keeps the others from being written: `prepare` judges, `write` stores.
/// A file says all of an object but its labels, annotations and status: fields that it no longer has are taken away.
package struct ManifestApply: Sendable {
    /// An object that passed every check, as a proposal against the version that was stored when it was checked.
    package struct Prepared: Sendable {
        package let id: ObjectID
        /// Sentences for whoever wrote the manifest.
        package let warnings: [String]
        let object: CheckedObject
        let old: StoredObject?
        let source: JSONValue
    }

    package enum Outcome: String, Sendable { case created, configured, unchanged }

    /// The kinds are known, and still this manifest cannot be applied.
    package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case unknownKind(apiVersion: String, kind: String)
        case noNamespace
        case namespaceOnClusterObject
        case noSuchNamespace(String)

        package var description: String {
            switch self {
            case .unknownKind("", _): "apiVersion: Required value"
            case .unknownKind(_, ""): "kind: Required value"
            case .unknownKind(let apiVersion, let kind): "no matches for kind \"\(kind)\" in version \"\(apiVersion)\""
            case .noNamespace: "metadata.namespace: Required value"
            case .namespaceOnClusterObject: "metadata.namespace: Forbidden: objects of this kind are in no namespace"
            case .noSuchNamespace(let name): "metadata.namespace: Not found: \"\(name)\""
            }
        }

        package var path: FieldPath {
            switch self {
            case .unknownKind("", _): .root["apiVersion"]
            case .unknownKind: .root["kind"]
            case .noNamespace, .namespaceOnClusterObject, .noSuchNamespace: .root["metadata"]["namespace"]
            }
        }
    }

    /// How often a write is tried when others write the same object.
    private static let attempts = 5
    private static let namespaces = ResourceName(group: "", plural: "namespaces")

    private let store: any ObjectStore
    private let catalog: ResourceCatalog
    private let admission: Admission
    private let tracking: FieldTracking
    /// Recorded as who changed the object.
    private let user: String
    private let now: @Sendable () -> Int64

    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        admission: Admission,
        user: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.catalog = catalog
        self.admission = admission
        tracking = FieldTracking(catalog, admission)
        self.user = user
        self.now = now
    }

    /// Judges an object without writing it. Unknown fields are refused.
    ///
    /// - Parameters:
    ///   - manager: recorded as what the object was changed with.
    ///   - comingNamespaces: namespaces that the same file brings along.
    /// - Throws: `Refusal`, `InvalidObject`, or what the store throws.
    package func prepare(_ source: JSONValue, manager: String, comingNamespaces: Set<String> = []) async throws -> Prepared {
        let definition = try definition(of: source)
        let name = ObjectName(
            namespace: source.value(at: "metadata", "namespace")?.stringValue,
            name: source.value(at: "metadata", "name")?.stringValue ?? ""
        )
        try await checkNamespace(name.namespace, definition, comingNamespaces)
        let resource = ResourceName(group: definition.group, plural: definition.plural)
        let id = ObjectID(resource, namespace: name.namespace, name: name.name)
        let old = try await store.find(id)
        let stamp = WriteStamp(now: now(), user: user, manager: manager, uid: UUID().uuidString.lowercased())
        var object =
            if let old {
                ObjectMetadata.forUpdate(
                    Self.proposal(source, over: old.value),
                    replacing: old.value,
                    of: definition,
                    target: name,
                    part: .whole,
                    stamp: stamp
                )
            } else {
                ObjectMetadata.forCreation(source, of: definition, target: name, stamp: stamp)
            }
        object = tracking.updated(object, replacing: old?.value, definition, stamp: stamp)
        let inputs = try await AdmissionInputs.gather(for: definition, part: .whole, admission, store, now: stamp.now)
        let admitted = try inputs.admission.admit(object, as: definition, replacing: old?.value, exists: inputs.exists)
        return Prepared(id: id, warnings: admitted.warnings, object: admitted.object, old: old, source: source)
    }

    /// Stores a prepared object. If somebody else wrote it meanwhile it is prepared anew.
    package func write(_ prepared: Prepared, manager: String) async throws -> Outcome {
        var prepared = prepared
        for _ in 1..<Self.attempts {
            do {
                return try await put(prepared)
            } catch StoreError.conflict, StoreError.alreadyExists, StoreError.notFound {
                prepared = try await prepare(prepared.source, manager: manager)
            }
        }
        return try await put(prepared)
    }

    // MARK: - Steps

    private func put(_ prepared: Prepared) async throws -> Outcome {
        guard let old = prepared.old else {
            _ = try await store.create(prepared.object)
            return .created
        }
        guard prepared.object.value != old.value else { return .unchanged }
        _ = try await store.update(prepared.object, ifVersion: old.version)
        return .configured
    }

    /// Everything as the file says, but labels and annotations of others stay.
    private static func proposal(_ source: JSONValue, over old: JSONValue) -> JSONValue {
        var object = source
        var metadata = old["metadata"] ?? [:]
        for name in ["labels", "annotations"] {
            guard let entries = source.value(at: "metadata", name) else { continue }
            metadata[name] = mergePatch(entries, into: metadata[name] ?? [:])
        }
        object["metadata"] = metadata
        return object
    }

    private func definition(of source: JSONValue) throws(Refusal) -> ResourceDefinition {
        let (apiVersion, kind) = (source["apiVersion"]?.stringValue ?? "", source["kind"]?.stringValue ?? "")
        guard let definition = catalog.definition(apiVersion: apiVersion, kind: kind) else {
            throw .unknownKind(apiVersion: apiVersion, kind: kind)
        }
        return definition
    }

    private func checkNamespace(_ name: String?, _ definition: ResourceDefinition, _ coming: Set<String>) async throws {
        guard definition.scope == .namespaced else {
            guard name == nil else { throw Refusal.namespaceOnClusterObject }
            return
        }
        guard let name, !name.isEmpty else { throw Refusal.noNamespace }
        guard !coming.contains(name) else { return }
        guard try await store.find(ObjectID(Self.namespaces, name: name)) != nil else { throw Refusal.noSuchNamespace(name) }
    }
}
