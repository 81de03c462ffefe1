import JSON

extension ProtoObjectMeta {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("name", name)
        fields.set("generateName", generateName)
        fields.set("namespace", namespace)
        fields.set("uid", uid)
        fields.set("resourceVersion", resourceVersion)
        fields.set("generation", generation == 0 ? nil : generation)
        fields.set("creationTimestamp", creationTimestamp.text)
        fields.set("deletionTimestamp", deletionTimestamp.text)
        fields.set("deletionGracePeriodSeconds", hasDeletionGracePeriodSeconds ? deletionGracePeriodSeconds : nil)
        fields.set("labels", labels)
        fields.set("annotations", annotations)
        fields.set("ownerReferences", ownerReferences.map(\.fields))
        fields.set("finalizers", finalizers)
        fields.set("managedFields", managedFields.map(\.fields))
        return fields
    }
}

extension ProtoOwnerReference {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("apiVersion", apiVersion)
        fields.set("kind", kind)
        fields.set("name", name)
        fields.set("uid", uid)
        fields.set("controller", hasController ? controller : nil)
        fields.set("blockOwnerDeletion", hasBlockOwnerDeletion ? blockOwnerDeletion : nil)
        return fields
    }
}

extension ProtoManagedFieldsEntry {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("manager", manager)
        fields.set("operation", operation)
        fields.set("apiVersion", apiVersion)
        fields.set("time", time.text)
        fields.set("fieldsType", fieldsType)
        // The raw bytes are JSON. What is none is left out: the server keeps these records itself.
        fields.set("fieldsV1", hasFieldsV1 ? try? JSONParser.parse(Array(fieldsV1.raw)) : nil)
        fields.set("subresource", subresource)
        return fields
    }
}
