import JSON

/// A `Role` or a `ClusterRole`: the same fields, but for the aggregation that the latter may have.
extension ProtoRole: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        fields.set("rules", rules.map(\.fields))
        return fields
    }
}

extension ProtoPolicyRule {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("verbs", verbs)
        fields.set("apiGroups", apiGroups)
        fields.set("resources", resources)
        fields.set("resourceNames", resourceNames)
        fields.set("nonResourceURLs", nonResourceUrls)
        return fields
    }
}

extension ProtoRoleBinding: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        fields.set("subjects", subjects.map(\.fields))
        var role = SparseObject()
        role.set("apiGroup", roleRef.apiGroup)
        role.set("kind", roleRef.kind)
        role.set("name", roleRef.name)
        fields.set("roleRef", role)
        return fields
    }
}

extension ProtoSubject {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("kind", kind)
        fields.set("apiGroup", apiGroup)
        fields.set("name", name)
        fields.set("namespace", namespace)
        return fields
    }
}
