import Atomics
package import JSON
package import Schema

/// An object as it is stored; `value` has `metadata.resourceVersion` set to `version`.
package struct StoredObject: Sendable {
    private final class Encoding: Sendable {
        let json: [UInt8]
        init(_ value: JSONValue) { json = JSONWriter.bytes(of: value) }
    }

    package let id: ObjectID
    package let value: JSONValue
    package let version: Int64
    private let encoding = ManagedAtomicLazyReference<Encoding>()

    package init(id: ObjectID, value: JSONValue, version: Int64) {
        self.id = id
        self.value = value
        self.version = version
    }

    /// The value as text. Made once, for everybody who reads, lists or watches this version, and for the disk.
    package var json: [UInt8] { (encoding.load() ?? encoding.storeIfNilThenLoad(Encoding(value))).json }
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
