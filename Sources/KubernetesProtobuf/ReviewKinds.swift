import JSON

extension ProtoTokenReview: ReadableMessage {
    /// A review's status is the server's to fill in, so what a client sends there is left out.
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        var review = SparseObject()
        review.set("token", spec.token)
        review.set("audiences", spec.audiences)
        fields.set("spec", review)
        return fields
    }
}

extension ProtoSelfSubjectReview: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        return fields
    }
}

extension ProtoSelfSubjectAccessReview: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        var question = SparseObject()
        if spec.hasResourceAttributes { question.set("resourceAttributes", spec.resourceAttributes.fields) }
        if spec.hasNonResourceAttributes {
            var attributes = SparseObject()
            attributes.set("path", spec.nonResourceAttributes.path)
            attributes.set("verb", spec.nonResourceAttributes.verb)
            question.set("nonResourceAttributes", attributes)
        }
        fields.set("spec", question)
        return fields
    }
}

extension ProtoResourceAttributes {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("namespace", namespace)
        fields.set("verb", verb)
        fields.set("group", group)
        fields.set("version", version)
        fields.set("resource", resource)
        fields.set("subresource", subresource)
        fields.set("name", name)
        return fields
    }
}

extension ProtoSelfSubjectRulesReview: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        var question = SparseObject()
        question.set("namespace", spec.namespace)
        fields.set("spec", question)
        return fields
    }
}
