import JSON

/// Looks for items that occur twice where a list is a set or a map.
///
/// Separate from the rest of the structure because an update is judged differently: an object that is already stored with a
/// repetition anywhere is not asked for any, as in Kubernetes.
struct ListTypeValidator {
    private var issues: [FieldIssue] = []

    static func issues(of value: JSONValue, replacing old: JSONValue?, _ schema: StructuralSchema) -> [FieldIssue] {
        let found = repetitions(in: value, schema)
        guard !found.isEmpty, let old, !repetitions(in: old, schema).isEmpty else { return found }
        return []
    }

    private static func repetitions(in value: JSONValue, _ schema: StructuralSchema) -> [FieldIssue] {
        var validator = ListTypeValidator()
        validator.visit(value, schema, at: .root)
        return validator.issues
    }

    private mutating func visit(_ value: JSONValue, _ schema: StructuralSchema, at path: FieldPath) {
        switch value {
        case .object(let object):
            for (name, member) in object {
                guard let child = schema.member(name) else { continue }
                visit(member, child, at: schema.path(to: name, from: path))
            }
        case .array(let values):
            check(values, schema, at: path)
            guard let items = schema.items else { return }
            for (index, item) in values.enumerated() { visit(item, items, at: path[index]) }
        default: break
        }
    }

    private mutating func check(_ values: [JSONValue], _ schema: StructuralSchema, at path: FieldPath) {
        switch schema.listType {
        case .atomic: break
        case .set: report(values, schema.items?.isSensitive ?? false, at: path)
        case .map(let keys):
            if let other = values.firstIndex(where: { !$0.isNull && $0.objectValue == nil }) {
                issues.append(.invalid(path[other], values[other], "must be an object for an array of list-type map"))
            } else {
                report(values.map { $0.key(keys) ?? [:] }, false, at: path)
            }
        }
    }

    /// Of what occurs more than twice the second is named, once.
    private mutating func report(_ identities: [JSONValue], _ isSensitive: Bool, at path: FieldPath) {
        var counts: [JSONValue: Int] = [:]
        for (index, identity) in identities.enumerated() {
            counts[identity, default: 0] += 1
            if counts[identity] == 2 { issues.append(.duplicate(path[index], isSensitive ? "<redacted>" : identity)) }
        }
    }
}
