import JSON
import Schema
import Web

/// The objects a list or a watch is about.
struct ObjectSelector: Hashable, Sendable {
    let labels: LabelSelector
    let fields: FieldSelector

    init(_ query: Query, for definition: ResourceDefinition) throws(APIStatus) {
        labels = try query["labelSelector"].map { text throws(APIStatus) in try LabelSelector(text) } ?? .everything
        fields = try FieldSelector(query["fieldSelector"] ?? "")
        try SelectableFields.check(fields, of: definition)
    }

    func matches(_ object: JSONValue) -> Bool {
        guard fields.matches(object) else { return false }
        if labels == .everything { return true }
        let members = object.value(at: "metadata", "labels")?.objectValue ?? JSONObject()
        let pairs = members.compactMap { member in member.value.stringValue.map { (member.name, $0) } }
        return labels.matches(Dictionary(pairs) { $1 })
    }
}
