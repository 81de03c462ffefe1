/// The part of `metadata` that code reads.
package struct ObjectMeta: Codable, Hashable, Sendable {
    package var name: String?
    package var namespace: String?
    package var uid: String?
    package var resourceVersion: String?
    package var generation: Int64?
    package var creationTimestamp: String?
    package var deletionTimestamp: String?
    package var labels: [String: String]?
    package var annotations: [String: String]?

    package init(name: String, namespace: String? = nil) {
        self.name = name
        self.namespace = namespace
    }
}

/// `{name: …}`: another object, whose kind and namespace the field's meaning says.
package struct NameReference: Codable, Hashable, Sendable {
    package var name: String

    package init(name: String) { self.name = name }
}

/// Names any object, as Events and Identities do.
package struct ObjectReference: Codable, Hashable, Sendable {
    package var apiVersion: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?

    package init(
        apiVersion: String? = nil,
        kind: String? = nil,
        namespace: String? = nil,
        name: String? = nil,
        uid: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}
