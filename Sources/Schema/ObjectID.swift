import JSON

/// The resource an object belongs to, as it stands in API paths: `config.openshift.io` and `authentications`.
package struct ResourceName: Hashable, Sendable, CustomStringConvertible {
    /// Empty for the core group.
    package let group: String
    package let plural: String

    package init(group: String, plural: String) {
        self.group = group
        self.plural = plural
    }

    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

/// Names one object; names are the same when their bytes are.
package struct ObjectID: Hashable, Sendable, CustomStringConvertible {
    package let resource: ResourceName
    /// nil for cluster-scoped objects.
    package let namespace: String?
    package let name: String

    package init(_ resource: ResourceName, namespace: String? = nil, name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(resource) \"\(namespace.map { "\($0)/" } ?? "")\(name)\"" }
}

extension ObjectID {
    package static func == (left: ObjectID, right: ObjectID) -> Bool {
        guard left.resource == right.resource, left.name.hasSameBytes(as: right.name) else { return false }
        return switch (left.namespace, right.namespace) {
        case (nil, nil): true
        case (let left?, let right?): left.hasSameBytes(as: right)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(resource)
        hasher.combine(namespace.map(ExactString.init))
        hasher.combine(ExactString(name))
    }

    package init(_ object: CheckedObject) {
        self.init(ResourceName(group: object.group, plural: object.plural), namespace: object.namespace, name: object.name)
    }
}
