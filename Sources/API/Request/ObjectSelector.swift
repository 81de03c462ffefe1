import JSON
import Schema
import Web

/// The objects a list or a watch is about.
struct ObjectSelector: Hashable, Sendable {
    let labels: LabelSelector
    let fields: FieldSelector

    init(_ query: Query, for definition: ResourceDefinition, name: String? = nil) throws(APIStatus) {
        labels = try query["labelSelector"].map { text throws(APIStatus) in try LabelSelector(text) } ?? .everything
        // A watch of one object is written either as a selector or as the object's path.
        let byName = name.map { "metadata.name=\($0)" }
        let text = [query["fieldSelector"], byName].compactMap { $0 }.joined(separator: ",")
        fields = try FieldSelector(text, for: definition)
    }

    func matches(_ object: JSONValue) -> Bool {
        guard fields.matches(object) else { return false }
        if labels == .everything { return true }
        let members = object.value(at: "metadata", "labels")?.objectValue ?? JSONObject()
        let pairs = members.compactMap { member in member.value.stringValue.map { (member.name, $0) } }
        return labels.matches(Dictionary(pairs) { $1 })
    }
}
