import Atomics
import HashTreeCollections
import JSON
import Schema

/// All objects as the last transaction left them, in memory: reads are answered from here, without a lock and without the disk.
///
/// Only the store's one writer changes it, after each commit and before the write is acknowledged; a reader sees all of a write or
/// nothing of it.
final class ObjectsInMemory: Sendable {
    /// The objects of one resource.
    private final class Resource: Sendable {
        let objects: TreeDictionary<ObjectID, StoredObject>
        /// Why those that cannot be read cannot; they are on disk, but not among `objects`.
        let damaged: [ObjectID: String]
        /// Sorted when somebody first asks for a list; the next change begins a new one.
        private let sorted = ManagedAtomicLazyReference<Sorted>()

        init(_ objects: TreeDictionary<ObjectID, StoredObject> = [:], damaged: [ObjectID: String] = [:]) {
            (self.objects, self.damaged) = (objects, damaged)
        }

        /// By namespace and name, byte by byte.
        var inOrder: [StoredObject] {
            if let known = sorted.load() { return known.objects }
            let new = Sorted(objects.values.sorted { $0.id.isBefore($1.id) })
            return sorted.storeIfNilThenLoad(new).objects
        }
    }

    private final class Sorted: Sendable {
        let objects: [StoredObject]
        init(_ objects: [StoredObject]) { self.objects = objects }
    }

    private final class State: AtomicReference, Sendable {
        let revision: Int64
        let resources: [ResourceName: Resource]

        init(revision: Int64, resources: [ResourceName: Resource]) { (self.revision, self.resources) = (revision, resources) }
    }

    private let state: ManagedAtomic<State>

    init(revision: Int64, objects: [StoredObject], damaged: [(id: ObjectID, problem: String)]) {
        var sound: [ResourceName: TreeDictionary<ObjectID, StoredObject>] = [:]
        for object in objects { sound[object.id.resource, default: [:]][object.id] = object }
        var broken: [ResourceName: [ObjectID: String]] = [:]
        for (id, problem) in damaged { broken[id.resource, default: [:]][id] = problem }
        var resources: [ResourceName: Resource] = [:]
        for name in Set(sound.keys).union(broken.keys) {
            resources[name] = Resource(sound[name] ?? [:], damaged: broken[name] ?? [:])
        }
        state = ManagedAtomic(State(revision: revision, resources: resources))
    }

    func get(_ id: ObjectID) throws(StoreError) -> StoredObject {
        let resource = state.load(ordering: .acquiring).resources[id.resource]
        if let object = resource?.objects[id] { return object }
        if let problem = resource?.damaged[id] { throw .unavailable(problem) }
        throw .notFound(id)
    }

    /// nil also for what cannot be read.
    func find(_ id: ObjectID) -> StoredObject? { state.load(ordering: .acquiring).resources[id.resource]?.objects[id] }

    /// - Parameter namespace: nil: all.
    func list(_ name: ResourceName, namespace: String?) throws(StoreError) -> ObjectList {
        let state = state.load(ordering: .acquiring)
        guard let resource = state.resources[name] else { return ObjectList(items: [], revision: state.revision) }
        let isAsked = { (id: ObjectID) in namespace.map { id.namespace?.hasSameBytes(as: $0) ?? false } ?? true }
        if let (_, problem) = resource.damaged.first(where: { isAsked($0.key) }) { throw .unavailable(problem) }
        let items = namespace == nil ? resource.inOrder : resource.inOrder.filter { isAsked($0.id) }
        return ObjectList(items: items, revision: state.revision)
    }

    /// Takes over what was committed. Called by one thread at a time, in the order of the revisions.
    func apply(_ event: StoreEvent) {
        let before = state.load(ordering: .relaxed)
        let resource = before.resources[event.object.id.resource] ?? Resource()
        var objects = resource.objects
        objects[event.object.id] = event.change == .deleted ? nil : event.object
        var resources = before.resources
        resources[event.object.id.resource] = Resource(objects, damaged: resource.damaged)
        state.store(State(revision: event.version, resources: resources), ordering: .releasing)
    }
}

extension ObjectID {
    /// The order of lists: that of SQLite's `BINARY` collation.
    fileprivate func isBefore(_ other: ObjectID) -> Bool {
        let (own, others) = (namespace ?? "", other.namespace ?? "")
        guard own.hasSameBytes(as: others) else { return own.utf8.lexicographicallyPrecedes(others.utf8) }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}
