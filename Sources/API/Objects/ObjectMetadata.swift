import JSON
import Schema

/// What the server, not the client, decides about `metadata`, `status` and `generation`. Pure functions of values.
enum ObjectMetadata {
    /// A new object as it goes to validation.
    static func forCreation(_ object: JSONValue, of definition: ResourceDefinition, target: ObjectName, stamp: WriteStamp)
        -> JSONValue
    {
        var object = withIdentity(object, of: definition, target: target)
        var metadata = object["metadata"] ?? [:]
        for name in serverOwned { metadata[name] = nil }
        metadata["uid"] = .string(stamp.uid)
        metadata["creationTimestamp"] = .string(Timestamp.text(of: stamp.now))
        if countsGenerations(definition) { metadata["generation"] = 1 }
        object["metadata"] = metadata
        if definition.hasStatus { object["status"] = nil }
        return withChangeRecord(object, old: nil, changed: hasSpec(definition), stamp: stamp)
    }

    /// The object of an update or a patch as it goes to validation: what clients may not change is taken from the stored one.
    static func forUpdate(
        _ object: JSONValue,
        replacing old: JSONValue,
        of definition: ResourceDefinition,
        target: ObjectName,
        part: ObjectPart,
        stamp: WriteStamp
    ) -> JSONValue {
        guard part == .whole else {
            var updated = old
            updated["status"] = object["status"]
            return updated
        }
        var object = withIdentity(object, of: definition, target: target)
        var metadata = object["metadata"] ?? [:]
        for name in serverOwned { metadata[name] = old["metadata"]?[name] }
        object["metadata"] = metadata
        if definition.hasStatus { object["status"] = old["status"] }
        let changed = content(of: object, definition) != content(of: old, definition)
        if changed, countsGenerations(definition) {
            let generation = old.value(at: "metadata", "generation")?.integerValue ?? 0
            object["metadata"]?["generation"] = .integer(generation &+ 1)
        }
        return withChangeRecord(object, old: old, changed: changed && hasSpec(definition), stamp: stamp)
    }

    private static let serverOwned = [
        "uid", "creationTimestamp", "generation", "resourceVersion", "selfLink", "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "managedFields",
    ]

    private static func withIdentity(_ object: JSONValue, of definition: ResourceDefinition, target: ObjectName) -> JSONValue {
        var object = object
        object["apiVersion"] = .string(definition.apiVersion)
        object["kind"] = .string(definition.kind)
        var metadata = object["metadata"] ?? [:]
        metadata["name"] = .string(target.name)
        metadata["namespace"] = target.namespace.map(JSONValue.string)
        for name in mayBeLeftOut where isEmpty(metadata[name], as: name) { metadata[name] = nil }
        object["metadata"] = metadata
        return object
    }

    /// As in Kubernetes these are not kept when nothing is in them: who takes the last label off finds no labels.
    private static let mayBeLeftOut = ["annotations", "finalizers", "labels", "ownerReferences"]

    /// False for a value of another type, which is validation's to refuse.
    private static func isEmpty(_ value: JSONValue?, as name: String) -> Bool {
        let isMap = name == "annotations" || name == "labels"
        return (isMap ? value?.objectValue?.isEmpty : value?.arrayValue?.isEmpty) ?? false
    }

    /// `changed-by` and `changed-with` tell who changed the spec last; whatever a client writes there is overwritten.
    private static func withChangeRecord(_ object: JSONValue, old: JSONValue?, changed: Bool, stamp: WriteStamp) -> JSONValue {
        var object = object
        let kept = old?.value(at: "metadata", "annotations")
        let new: [String: JSONValue] = [
            WriteStamp.changedBy: .string(stamp.user), WriteStamp.changedWith: .string(stamp.manager),
        ]
        var annotations = object.value(at: "metadata", "annotations") ?? [:]
        for name in [WriteStamp.changedBy, WriteStamp.changedWith] { annotations[name] = changed ? new[name] : kept?[name] }
        let isEmpty = annotations.objectValue?.isEmpty ?? true
        object["metadata"]?["annotations"] = isEmpty ? nil : annotations
        return object
    }

    /// All that is neither metadata nor, where there is a status subresource, status.
    private static func content(of object: JSONValue, _ definition: ResourceDefinition) -> JSONValue {
        var object = object
        object["metadata"] = nil
        if definition.hasStatus { object["status"] = nil }
        return object
    }

    private static func hasSpec(_ definition: ResourceDefinition) -> Bool {
        definition.openAPISchema.value(at: "properties", "spec") != nil
    }

    private static func countsGenerations(_ definition: ResourceDefinition) -> Bool {
        !definition.isBuiltIn || hasSpec(definition)
    }
}

/// The name of one object within its resource.
struct ObjectName: Hashable, Sendable {
    let namespace: String?
    let name: String
}

/// Which part of an object a write is about.
enum ObjectPart: Hashable, Sendable {
    case whole, status
}
