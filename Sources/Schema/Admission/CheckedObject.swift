package import JSON

/// Proof that an object went through every check of its kind: only `Admission` can make one, and a store takes nothing else.
package struct CheckedObject: Hashable, Sendable {
    package let value: JSONValue
    package let group: String
    package let version: String
    package let kind: String
    package let plural: String
    /// nil for cluster-scoped objects.
    package let namespace: String?
    package let name: String

    init(value: JSONValue, definition: ResourceDefinition, namespace: String?, name: String) {
        self.value = value
        self.group = definition.group
        self.version = definition.version
        self.kind = definition.kind
        self.plural = definition.plural
        self.namespace = namespace
        self.name = name
    }
}
