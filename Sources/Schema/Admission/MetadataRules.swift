import JSON

/// What `metadata` must be like, whatever the kind.
enum MetadataRules {
    static func issues(of value: JSONValue, replacing old: JSONValue?, _ definition: ResourceDefinition) -> [FieldIssue] {
        let path = FieldPath.root["metadata"]
        guard let metadata = value["metadata"], metadata.objectValue != nil else {
            return [.required(path["name"], "name or generateName is required")]
        }
        var issues = nameIssues(metadata, definition, at: path)
        issues += namespaceIssues(metadata, definition, at: path)
        issues += labelIssues(metadata["labels"], at: path["labels"])
        issues += annotationIssues(metadata["annotations"], at: path["annotations"])
        issues += finalizerIssues(metadata, replacing: old?["metadata"], at: path["finalizers"])
        if let old = old?["metadata"] { issues += changeIssues(metadata, old, at: path) }
        return issues
    }

    private static func nameIssues(
        _ metadata: JSONValue,
        _ definition: ResourceDefinition,
        at path: FieldPath
    ) -> [FieldIssue] {
        guard let name = metadata["name"]?.stringValue, !name.isEmpty else {
            return [.required(path["name"], "name or generateName is required")]
        }
        if let required = definition.requiredName {
            return name == required ? [] : [.invalid(path["name"], .string(name), "must be \(required)")]
        }
        return NameSyntax.of(definition).problems(with: name).map { .invalid(path["name"], .string(name), $0) }
    }

    private static func namespaceIssues(
        _ metadata: JSONValue,
        _ definition: ResourceDefinition,
        at path: FieldPath
    ) -> [FieldIssue] {
        let path = path["namespace"]
        let namespace = metadata["namespace"]?.stringValue ?? ""
        switch definition.scope {
        case .cluster: return namespace.isEmpty ? [] : [.forbidden(path, "not allowed on this type")]
        case .namespaced where namespace.isEmpty: return [.required(path)]
        case .namespaced: return NameSyntax.label.problems(with: namespace).map { .invalid(path, .string(namespace), $0) }
        }
    }

    private static func changeIssues(_ metadata: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldIssue] {
        ["name", "namespace", "uid", "creationTimestamp"].compactMap { field in
            guard let before = old[field], !before.isNull, let now = metadata[field], now != before else { return nil }
            return .invalid(path[field], now, "field is immutable")
        }
    }

    /// What is being deleted gets no more reasons to stay.
    private static func finalizerIssues(_ metadata: JSONValue, replacing old: JSONValue?, at path: FieldPath) -> [FieldIssue] {
        let known = old?["finalizers"].stringValues ?? []
        let added = metadata["finalizers"].stringValues.filter { !known.contains($0) }
        let syntax = added.flatMap { name in
            NameSyntax.qualifiedProblems(with: name).map { FieldIssue.invalid(path, .string(name), $0) }
        }
        guard old?["deletionTimestamp"]?.stringValue != nil, !added.isEmpty else { return syntax }
        let shown = added.map { "\"\($0)\"" }.joined(separator: ", ")
        let problem = "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(shown)}"
        return syntax + [.forbidden(path, problem)]
    }

    private static func labelIssues(_ labels: JSONValue?, at path: FieldPath) -> [FieldIssue] {
        (labels?.objectValue ?? JSONObject()).flatMap { name, value -> [FieldIssue] in
            let keyIssues = NameSyntax.qualifiedProblems(with: name).map { FieldIssue.invalid(path, .string(name), $0) }
            guard let text = value.stringValue, !NameSyntax.isLabelValue(text) else { return keyIssues }
            return keyIssues + [.invalid(path, .string(text), NameSyntax.labelValueProblem)]
        }
    }

    private static func annotationIssues(_ annotations: JSONValue?, at path: FieldPath) -> [FieldIssue] {
        let annotations = annotations?.objectValue ?? JSONObject()
        let size = annotations.reduce(0) { $0 + $1.name.utf8.count + ($1.value.stringValue?.utf8.count ?? 0) }
        let limit = 256 << 10
        let tooLong =
            size > limit
            ? [FieldIssue(path: path, reason: .tooLong, message: "Too long: may not be more than \(limit) bytes")] : []
        return tooLong
            + annotations.flatMap { name, _ in
                NameSyntax.qualifiedProblems(with: name.lowercased()).map { .invalid(path, .string(name), $0) }
            }
    }
}
