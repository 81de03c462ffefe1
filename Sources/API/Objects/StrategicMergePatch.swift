import JSON
import Web

/// A strategic merge patch, which Kubernetes has for its built-in kinds: a merge patch that knows of some lists how their items are
/// told apart, with directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`).
struct StrategicMergePatch: Hashable, Sendable {
    private let patch: JSONValue
    private let schema: JSONValue

    /// - Parameter schema: of the kind; lists with `x-kubernetes-patch-strategy: merge` are merged, all others replaced.
    init(_ patch: JSONValue, schema: JSONValue) {
        self.patch = patch
        var schema = schema
        schema["properties"]?["metadata"] = Self.metadata
        self.schema = schema
    }

    func applied(to object: JSONValue) throws(APIStatus) -> JSONValue {
        try Self.merged(patch, into: object, schema) ?? [:]
    }

    /// The lists that all objects have.
    private static let metadata: JSONValue = [
        "type": "object",
        "properties": [
            "finalizers": ["type": "array", "x-kubernetes-patch-strategy": "merge", "items": ["type": "string"]],
            "ownerReferences": [
                "type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "uid",
                "items": ["type": "object"],
            ],
        ],
    ]

    /// Of one list in a patch: what is told apart item by item costs more than in proportion.
    private static let maximumItems = 1000

    private static let orderPrefix = "$setElementOrder/"
    private static let deletePrefix = "$deleteFromPrimitiveList/"
    private static let retain = "$retainKeys"
    private static let directive = "$patch"

    // MARK: - Objects

    /// nil: the patch says that the object goes.
    private static func merged(_ patch: JSONValue, into old: JSONValue?, _ schema: JSONValue?) throws(APIStatus) -> JSONValue? {
        guard case .object(var changes) = patch else { return patch }
        switch changes[directive] {
        case nil, "merge": break
        case "replace":
            changes[directive] = nil
            return .object(changes)
        case "delete": return nil
        case .some(let other):
            throw refusal("\(directive): \(JSONWriter.text(of: other).prefix(100)) is no directive for an object")
        }
        changes[directive] = nil
        var result = old?.objectValue ?? JSONObject()
        if let kept = changes[retain] {
            let names = kept.stringValues
            for name in result.names where !names.contains(name) { result[name] = nil }
            changes[retain] = nil
        }
        for (name, change) in changes where !name.hasPrefix("$") {
            let field = schema?.value(at: "properties", name) ?? schema?["additionalProperties"]
            if change.isNull {
                result[name] = nil
            } else if case .array(let items) = change, field?["x-kubernetes-patch-strategy"] == "merge" {
                result[name] = .array(try merged(items, into: result[name]?.arrayValue ?? [], field ?? [:]))
            } else {
                result[name] = try merged(change, into: result[name], field)
            }
        }
        for (name, change) in changes where name.hasPrefix("$") { try carryOut(name, change, on: &result, schema) }
        return .object(result)
    }

    private static func carryOut(
        _ name: String,
        _ change: JSONValue,
        on result: inout JSONObject,
        _ schema: JSONValue?
    ) throws(APIStatus) {
        guard let values = change.arrayValue, values.count <= maximumItems else {
            throw refusal("\(name.prefix(100)) is not a list of at most \(maximumItems) items")
        }
        if name.hasPrefix(deletePrefix) {
            let field = String(name.dropFirst(deletePrefix.count))
            guard let items = result[field]?.arrayValue else { return }
            result[field] = .array(items.filter { !values.contains($0) })
        } else if name.hasPrefix(orderPrefix) {
            let field = String(name.dropFirst(orderPrefix.count))
            guard let items = result[field]?.arrayValue else { return }
            let key = schema?.value(at: "properties", field, "x-kubernetes-patch-merge-key")?.stringValue
            result[field] = .array(ordered(items, by: values, key: key))
        } else {
            throw refusal("\(name.prefix(100)) is no directive")
        }
    }

    // MARK: - Lists

    private static func merged(_ patch: [JSONValue], into old: [JSONValue], _ schema: JSONValue) throws(APIStatus)
        -> [JSONValue]
    {
        guard patch.count <= maximumItems else { throw refusal("a list has more than \(maximumItems) items to merge") }
        guard let key = schema["x-kubernetes-patch-merge-key"]?.stringValue else {
            return old + patch.enumerated().filter { !old.contains($1) && !patch[..<$0].contains($1) }.map(\.element)
        }
        if patch.contains(where: { $0[directive] == "replace" }) { return patch.filter { $0[directive] == nil } }
        var result = old
        for item in patch {
            guard let value = item[key] else { throw refusal("an item of a list has no \(key), which tells the items apart") }
            let index = result.firstIndex { $0[key] == value }
            if item[directive] == "delete" {
                result.removeAll { $0[key] == value }
            } else if let new = try merged(item, into: index.map { result[$0] }, schema["items"]) {
                if let index { result[index] = new } else { result.append(new) }
            }
        }
        return result
    }

    /// Items of the wanted order come in it; the others stay where they were beside them.
    private static func ordered(_ items: [JSONValue], by order: [JSONValue], key: String?) -> [JSONValue] {
        let identity = { (item: JSONValue) in key.flatMap { item[$0] } ?? item }
        let ranks = order.map(identity)
        let placed = items.filter { ranks.contains(identity($0)) }
            .sorted { (ranks.firstIndex(of: identity($0)) ?? 0) < (ranks.firstIndex(of: identity($1)) ?? 0) }
        var result: [JSONValue] = []
        var rest = placed[...]
        for item in items {
            if ranks.contains(identity(item)) {
                if let next = rest.popFirst() { result.append(next) }
            } else {
                result.append(item)
            }
        }
        return result
    }

    private static func refusal(_ problem: String) -> APIStatus { .badRequest("the patch cannot be applied: \(problem)") }
}
