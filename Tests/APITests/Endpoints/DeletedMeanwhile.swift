import Schema
import Store
import Synchronization

/// A store in which somebody deletes an object just before its first update.
final class DeletedMeanwhile: ObjectStore {
    private let store: SQLiteStore
    private let isOver = Mutex(false)

    init(_ store: SQLiteStore) { self.store = store }

    func update(_ object: CheckedObject, ifVersion version: Int64?) async throws(StoreError) -> StoredObject {
        let isFirst = isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
        if isFirst { _ = try await store.delete(ObjectID(object), ifVersion: nil) }
        return try await store.update(object, ifVersion: version)
    }

    func create(_ object: CheckedObject) async throws(StoreError) -> StoredObject { try await store.create(object) }

    func delete(_ id: ObjectID, ifVersion version: Int64?) async throws(StoreError) -> StoredObject {
        try await store.delete(id, ifVersion: version)
    }

    func get(_ id: ObjectID) async throws(StoreError) -> StoredObject { try await store.get(id) }

    func atHand(_ id: ObjectID) -> StoredObject? { store.atHand(id) }

    func list(_ resource: ResourceName, namespace: String?) async throws(StoreError) -> ObjectList {
        try await store.list(resource, namespace: namespace)
    }

    func watch(_ resources: Set<ResourceName>, after revision: Int64) async throws(StoreError) -> StoreEvents {
        try await store.watch(resources, after: revision)
    }

    func compact(through revision: Int64) async throws(StoreError) { try await store.compact(through: revision) }

    func currentRevision() async throws(StoreError) -> Int64 { try await store.currentRevision() }
}
