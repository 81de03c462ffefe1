import JSON

extension ProtoSecret: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        fields.set("data", data)
        fields.set("type", type)
        fields.set("stringData", stringData)
        fields.set("immutable", hasImmutable ? immutable : nil)
        return fields
    }
}

extension ProtoConfigMap: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        fields.set("data", data)
        fields.set("binaryData", binaryData)
        fields.set("immutable", hasImmutable ? immutable : nil)
        return fields
    }
}

extension ProtoNamespace: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        if !spec.finalizers.isEmpty {
            var namespace = SparseObject()
            namespace.set("finalizers", spec.finalizers)
            fields.set("spec", namespace)
        }
        if !status.phase.isEmpty || !status.conditions.isEmpty { fields.set("status", status.fields) }
        return fields
    }
}

extension ProtoNamespaceStatus {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("phase", phase)
        fields.set(
            "conditions",
            conditions.map { condition in
                var fields = SparseObject()
                fields.set("type", condition.type)
                fields.set("status", condition.status)
                fields.set("lastTransitionTime", condition.lastTransitionTime.text)
                fields.set("reason", condition.reason)
                fields.set("message", condition.message)
                return fields
            }
        )
        return fields
    }
}

extension ProtoEvent: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        fields.set("involvedObject", involvedObject.fields)
        fields.set("reason", reason)
        fields.set("message", message)
        var sender = SparseObject()
        sender.set("component", source.component)
        sender.set("host", source.host)
        fields.set("source", sender)
        fields.set("firstTimestamp", firstTimestamp.text)
        fields.set("lastTimestamp", lastTimestamp.text)
        fields.set("count", count == 0 ? nil : count)
        fields.set("type", type)
        fields.set("eventTime", eventTime.microText)
        if hasSeries {
            var repeated = SparseObject()
            repeated.set("count", series.count == 0 ? nil : series.count)
            repeated.set("lastObservedTime", series.lastObservedTime.microText)
            fields.set("series", repeated)
        }
        fields.set("action", action)
        fields.set("related", hasRelated ? related.fields : nil)
        fields.set("reportingComponent", reportingComponent)
        fields.set("reportingInstance", reportingInstance)
        return fields
    }
}

extension ProtoObjectReference {
    fileprivate var fields: SparseObject {
        var fields = SparseObject()
        fields.set("kind", kind)
        fields.set("namespace", namespace)
        fields.set("name", name)
        fields.set("uid", uid)
        fields.set("apiVersion", apiVersion)
        fields.set("resourceVersion", resourceVersion)
        fields.set("fieldPath", fieldPath)
        return fields
    }
}

extension ProtoDeleteOptions: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("gracePeriodSeconds", hasGracePeriodSeconds ? gracePeriodSeconds : nil)
        if hasPreconditions {
            var conditions = SparseObject()
            conditions.set("uid", preconditions.uid)
            conditions.set("resourceVersion", preconditions.resourceVersion)
            fields.set("preconditions", conditions)
        }
        fields.set("orphanDependents", hasOrphanDependents ? orphanDependents : nil)
        fields.set("propagationPolicy", propagationPolicy)
        fields.set("dryRun", dryRun)
        return fields
    }
}

extension ProtoLease: ReadableMessage {
    var fields: SparseObject {
        var fields = SparseObject()
        fields.set("metadata", metadata.fields)
        var lease = SparseObject()
        lease.set("holderIdentity", spec.holderIdentity)
        lease.set("leaseDurationSeconds", spec.hasLeaseDurationSeconds ? spec.leaseDurationSeconds : nil)
        lease.set("acquireTime", spec.acquireTime.microText)
        lease.set("renewTime", spec.renewTime.microText)
        lease.set("leaseTransitions", spec.hasLeaseTransitions ? spec.leaseTransitions : nil)
        lease.set("strategy", spec.strategy)
        lease.set("preferredHolder", spec.preferredHolder)
        fields.set("spec", lease)
        return fields
    }
}
