import JSON
import Resolve
import Schema

/// A config map or secret that a spec refers to.
typealias Referenced = (id: ObjectID, value: JSONValue)

extension ReferencedObjects {
    init(_ objects: [Referenced]) { self.init(Dictionary(uniqueKeysWithValues: objects.map { ($0.id, $0.value) })) }
}
