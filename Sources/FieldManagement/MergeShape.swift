package import JSON

/// How a value is taken apart when several write it: which of its parts have owners of their own.
///
/// Made from a schema of a resource definition (`x-kubernetes-list-type`, `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`).
package indirect enum MergeShape: Hashable, Sendable {
    /// One value with one owner.
    case atomic
    /// An object: named fields, and perhaps others whose names are data.
    case object(fields: [String: MergeShape], others: MergeShape?)
    /// A list in which no value occurs twice; each item has an owner.
    case set
    /// A list of objects that are told apart by some of their members. A key that is missing has its default.
    case list(keys: [String], defaults: [String: JSONValue], item: MergeShape)
    /// No schema says what it is: objects have parts, lists have none.
    case unknown

    package init(schema: JSONValue) {
        if schema["x-kubernetes-preserve-unknown-fields"] == true, schema["properties"] == nil {
            self = .unknown
            return
        }
        switch schema["type"]?.stringValue {
        case "object": self = Self.object(schema)
        case "array": self = Self.list(schema)
        default: self = .atomic
        }
    }

    /// The shape of a whole object: its own schema, with the metadata that all objects have.
    package init(objectSchema schema: JSONValue) {
        guard case .object(var fields, let others) = MergeShape(schema: schema) else {
            self = .object(fields: ["metadata": Self.metadata], others: .unknown)
            return
        }
        fields["metadata"] = Self.metadata
        for name in ["apiVersion", "kind"] { fields[name] = .atomic }
        self = .object(fields: fields, others: others)
    }

    private static func object(_ schema: JSONValue) -> MergeShape {
        if schema["x-kubernetes-map-type"] == "atomic" { return .atomic }
        var fields: [String: MergeShape] = [:]
        for (name, field) in schema["properties"]?.objectValue ?? [:] { fields[name] = MergeShape(schema: field) }
        let others = schema["additionalProperties"].map { MergeShape(schema: $0) }
        let preserves = schema["x-kubernetes-preserve-unknown-fields"] == true
        return .object(fields: fields, others: others ?? (preserves ? .unknown : nil))
    }

    private static func list(_ schema: JSONValue) -> MergeShape {
        switch schema["x-kubernetes-list-type"]?.stringValue {
        case "set": return .set
        case "map":
            let keys = schema["x-kubernetes-list-map-keys"].stringValues
            var defaults: [String: JSONValue] = [:]
            for key in keys { defaults[key] = schema.value(at: "items", "properties", key, "default") }
            return .list(keys: keys, defaults: defaults, item: MergeShape(schema: schema["items"] ?? [:]))
        default: return .atomic
        }
    }

    private static let texts = MergeShape.object(fields: [:], others: .atomic)

    private static let metadata = MergeShape.object(
        fields: [
            "labels": texts, "annotations": texts, "finalizers": .set,
            "ownerReferences": .list(keys: ["uid"], defaults: [:], item: .object(fields: [:], others: .atomic)),
        ],
        others: .atomic
    )

    // MARK: - Parts

    /// Whether a member of this name is a field of a structure, and not data.
    func names(_ name: String) -> Bool { if case .object(let fields, _) = self { fields[name] != nil } else { false } }

    /// nil: it has no such part.
    func part(at element: PathElement) -> MergeShape? {
        switch (self, element) {
        case (.object(let fields, let others), .field(let name)): fields[name] ?? others
        case (.unknown, .field): .unknown
        case (.list(_, _, let item), .key): item
        case (.set, .value): .atomic
        default: nil
        }
    }

    /// A place in a value as Kubernetes names it: an item of a list by what tells it from the others, where something does.
    package func naming(_ path: [PathElement], in value: JSONValue) -> [PathElement] {
        var (shape, value) = (Optional(self), Optional(value))
        return path.map { step in
            var named = step
            switch step {
            case .index(let number):
                let items = value?.arrayValue ?? []
                value = items.indices.contains(number) ? items[number] : nil
                if let item = value, let element = shape?.element(of: item) { named = element }
            case .field(let name): value = value?[name]
            case .key, .value: value = nil
            }
            shape = shape?.part(at: named)
            return named
        }
    }

    /// What tells an item of a list from the others; nil where the list has no such items, or this one lacks its keys.
    func element(of item: JSONValue) -> PathElement? {
        switch self {
        case .set: return .value(item)
        case .list(let keys, let defaults, _):
            var members = JSONObject()
            for key in keys {
                guard let value = item[key] ?? defaults[key] else { return nil }
                members[key] = value
            }
            return .key(members)
        default: return nil
        }
    }
}
