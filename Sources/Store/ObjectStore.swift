package import Schema

/// Versioned objects: the one place where Postern's state lives.
///
/// Every write gets the next number of one global revision counter, which becomes the object's `metadata.resourceVersion`.
/// A write that returned is durable. All back ends run the same conformance suite.
package protocol ObjectStore: Sendable {
    /// Stores a new object. The store sets `resourceVersion`; `uid`, `creationTimestamp` and `generation` are the caller's.
    func create(_ object: CheckedObject) async throws(StoreError) -> StoredObject

    /// Replaces an object. With `version` the write happens only if the stored object still has it.
    ///
    /// An update that changes nothing writes nothing: the stored object comes back with the version it had.
    func update(_ object: CheckedObject, ifVersion version: Int64?) async throws(StoreError) -> StoredObject

    /// Removes an object and returns what was there; the deletion itself has the version of its `.deleted` event.
    func delete(_ id: ObjectID, ifVersion version: Int64?) async throws(StoreError) -> StoredObject

    func get(_ id: ObjectID) async throws(StoreError) -> StoredObject

    /// The object, if it is known without waiting; nil says nothing: `get` knows.
    func atHand(_ id: ObjectID) -> StoredObject?

    /// All objects of a resource, in one namespace or in all, sorted by namespace and name, at one revision.
    func list(_ resource: ResourceName, namespace: String?) async throws(StoreError) -> ObjectList

    /// What happens after `revision`, in order and without gaps, until the reader stops.
    ///
    /// Throws `.compacted` at once, or `.readerTooSlow` later, when the reader must list again; the first also for a
    /// revision this store has not reached, as after a restored backup. Ends without an error when the store closes.
    /// `resources` empty means all.
    func watch(_ resources: Set<ResourceName>, after revision: Int64) async throws(StoreError) -> StoreEvents

    /// Forgets the history up to and including `revision`; objects stay. A watch from before it gets `.compacted`.
    func compact(through revision: Int64) async throws(StoreError)

    /// The number of the last write.
    func currentRevision() async throws(StoreError) -> Int64
}

package typealias StoreEvents = AsyncThrowingStream<StoreEvent, any Error>

package struct ObjectList: Sendable {
    package let items: [StoredObject]
    /// Watch after this to miss nothing.
    package let revision: Int64

    package init(items: [StoredObject], revision: Int64) {
        self.items = items
        self.revision = revision
    }
}

/// One change; `version` is the revision of the write.
package struct StoreEvent: Sendable, Hashable {
    package enum Change: String, Sendable { case added, modified, deleted }

    package let change: Change
    /// The object after the change; for `.deleted` as it was last, with the version of the deletion.
    package let object: StoredObject
    /// The object before the change; nil for `.added`.
    package let previous: StoredObject?
    package var version: Int64 { object.version }

    package init(change: Change, object: StoredObject, previous: StoredObject?) {
        self.change = change
        self.object = object
        self.previous = previous
    }
}

extension ObjectStore {
    /// The object, or nil where there is none.
    package func find(_ id: ObjectID) async throws(StoreError) -> StoredObject? {
        do {
            return try await get(id)
        } catch {
            guard case .notFound = error else { throw error }
            return nil
        }
    }
}
