import JSON
import Schema
import Store
import Web

extension ObjectWrites {
    func delete(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer {
        let options = try DeleteOptions(call)
        let rendering = try ObjectRendering(call, definition)
        let (old, marked) = try await remove(try ObjectID(target), options, definition)
        if let marked { return .json(rendering.one(marked, now: now())) }
        return .json(Self.success(old))
    }

    /// Deletes what a list with the same selectors would show, and tells what it was.
    func deleteCollection(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer
    {
        let options = try DeleteOptions(call)
        // As of a list, though nothing of it is asked for here but the selectors.
        _ = try ListOptions(call.query, isWatch: false)
        let selector = try ObjectSelector(call.query, for: definition)
        let rendering = try ObjectRendering(call, definition)
        let list = try await store.list(ResourceName(target), namespace: target.namespace)
        let doomed = list.items.filter { selector.matches($0.value) }
        for object in doomed {
            do { _ = try await remove(object.id, options, definition) } catch StoreError.notFound { continue }
        }
        let metadata: JSONValue = ["resourceVersion": .string(String(list.revision))]
        return .json(rendering.list(doomed, metadata: metadata, now: now()))
    }

    /// - Returns: the object as it was, and with the mark of its deletion if finalizers still hold it.
    private func remove(
        _ id: ObjectID,
        _ options: DeleteOptions,
        _ definition: ResourceDefinition
    ) async throws -> (old: StoredObject, marked: StoredObject?) {
        for attempt in 1... {
            let old = try await store.get(id)
            do {
                return (old, try await remove(old, options, definition))
            } catch StoreError.conflict where attempt < Self.attempts {
                continue
            }
        }
        throw APIStatus.internalError
    }

    /// - Returns: the marked object; nil if it is gone.
    private func remove(
        _ old: StoredObject,
        _ options: DeleteOptions,
        _ definition: ResourceDefinition
    ) async throws -> StoredObject? {
        if let refusal = DeletionRule.refusal(old.value, definition) { throw APIStatus.forbidden(old.id, refusal) }
        try Self.checkPreconditions(options, old)
        if definition.group.isEmpty, definition.kind == "Namespace" { try await requireEmpty(namespace: old.id) }
        guard Finalizers.isHeld(old.value) else {
            // Somebody may just be putting a finalizer on it: only what was looked at goes.
            if !options.isDryRun { _ = try await store.delete(old.id, ifVersion: old.version) }
            return nil
        }
        guard !Finalizers.isMarked(old.value) else { return old }
        let marked = try admission.admit(
            Finalizers.marked(old.value, now: now()),
            as: definition,
            replacing: old.value,
            fieldValidation: .ignore,
            subresource: .none
        )
        guard !options.isDryRun else { return StoredObject(id: old.id, value: marked.object.value, version: old.version) }
        return try await store.update(marked.object, ifVersion: old.version)
    }

    private static func success(_ old: StoredObject) -> JSONValue {
        var details = APIStatus.Details(old.id)
        details.uid = old.value.value(at: "metadata", "uid")?.stringValue
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details.json]
    }

    private static func checkPreconditions(_ options: DeleteOptions, _ old: StoredObject) throws(APIStatus) {
        if let version = options.resourceVersion, version != old.version {
            throw .conflict(
                old.id,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record (\(old.version))"
            )
        }
        let uid = old.value.value(at: "metadata", "uid")?.stringValue ?? ""
        if let wanted = options.uid, wanted != uid {
            throw .conflict(old.id, "the UID in the precondition (\(wanted)) does not match the UID in record (\(uid))")
        }
    }

    private func requireEmpty(namespace id: ObjectID) async throws {
        for definition in catalog.definitions where definition.scope == .namespaced {
            let resource = ResourceName(group: definition.group, plural: definition.plural)
            guard try await store.list(resource, namespace: id.name).items.isEmpty else {
                throw APIStatus.conflict(id, "the namespace still holds \(resource): delete them first")
            }
        }
    }
}
