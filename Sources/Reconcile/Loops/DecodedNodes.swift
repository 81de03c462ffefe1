import JSON
import Schema
import Store
import Synchronization

/// The Nodes of workers as typed values. Each version is decoded once: of a thousand Nodes few have changed since the last look.
final class DecodedNodes: Sendable {
    private let known = Mutex<[ObjectID: (version: Int64, node: Node)]>([:])

    /// The same Nodes in the same order; whatever is no longer there is forgotten.
    func decode(_ objects: [StoredObject]) throws -> [Node] {
        let before = known.withLock { $0 }
        var now: [ObjectID: (version: Int64, node: Node)] = [:]
        let nodes = try objects.map { object in
            let same = before[object.id].flatMap { $0.version == object.version ? $0.node : nil }
            let node = try same ?? object.value.decoded(as: Node.self)
            now[object.id] = (object.version, node)
            return node
        }
        known.withLock { [now] in $0 = now }
        return nodes
    }
}
