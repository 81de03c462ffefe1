import Atomics
package import JSON
package import Schema

/// An object as it is stored; `value` has `metadata.resourceVersion` set to `version`.
///
/// It is a reference to what never changes, as memory, history and watchers hand it on many times a write.
package struct StoredObject: Sendable {
    private final class Content: Sendable {
        let id: ObjectID
        let value: JSONValue
        let version: Int64
        let encoding = ManagedAtomicLazyReference<Encoding>()

        init(id: ObjectID, value: JSONValue, version: Int64) { (self.id, self.value, self.version) = (id, value, version) }
    }

    private final class Encoding: Sendable {
        let json: [UInt8]
        init(_ value: JSONValue) { json = JSONWriter.bytes(of: value) }
    }

    private let content: Content

    package init(id: ObjectID, value: JSONValue, version: Int64) {
        content = Content(id: id, value: value, version: version)
    }

    package var id: ObjectID { content.id }
    package var value: JSONValue { content.value }
    package var version: Int64 { content.version }

    /// The value as text. Made once, for everybody who reads, lists or watches this version, and for the disk.
    package var json: [UInt8] {
        (content.encoding.load() ?? content.encoding.storeIfNilThenLoad(Encoding(value))).json
    }
}

extension StoredObject: Hashable {
    package static func == (left: StoredObject, right: StoredObject) -> Bool {
        left.version == right.version && left.id == right.id && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(value)
        hasher.combine(version)
    }
}
