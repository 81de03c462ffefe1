import JSON
import Schema

extension StoredObject {
    /// The object with `metadata.resourceVersion` set to `version`.
    init(id: ObjectID, value: JSONValue, stampedWith version: Int64) {
        var value = value
        var metadata = value["metadata"] ?? [:]
        metadata["resourceVersion"] = .string(String(version))
        value["metadata"] = metadata
        self.init(id: id, value: value, version: version)
    }
}
