import Schema

/// One resource as discovery and OpenAPI tell of it, stored or virtual.
struct PublishedResource: Sendable {
    let group: String
    let version: String
    let kind: String
    let plural: String
    let singular: String
    let shortNames: [String]
    let categories: [String]
    let isNamespaced: Bool
    let verbs: [String]
    let hasStatus: Bool

    static let statusVerbs = ["get", "patch", "update"]

    init(_ definition: ResourceDefinition) {
        group = definition.group
        version = definition.version
        kind = definition.kind
        plural = definition.plural
        singular = definition.singular
        shortNames = definition.shortNames
        categories = definition.categories
        isNamespaced = definition.scope == .namespaced
        verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        hasStatus = definition.hasStatus
    }

    init(_ resource: VirtualResource) {
        group = resource.group
        version = resource.version
        kind = resource.kind
        plural = resource.plural
        singular = resource.kind.lowercased()
        shortNames = []
        categories = []
        isNamespaced = false
        verbs = ["create"]
        hasStatus = false
    }
}

/// All that the API offers, by group and version, in a stable order.
struct PublishedAPI: Sendable {
    struct GroupVersion: Hashable, Sendable {
        let group: String
        let version: String

        var name: String { group.isEmpty ? version : "\(group)/\(version)" }
        /// `api/v1` or `apis/config.openshift.io/v1`.
        var path: String { group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)" }
    }

    let resources: [PublishedResource]
    /// Groups in the order of their names, the core group first.
    let groups: [(name: String, versions: [String])]

    init(_ catalog: ResourceCatalog) {
        resources = (catalog.definitions.map(PublishedResource.init) + VirtualResource.all.map(PublishedResource.init))
            .sorted { ($0.group, $0.version, $0.plural) < ($1.group, $1.version, $1.plural) }
        var versions: [String: Set<String>] = [:]
        for resource in resources { versions[resource.group, default: []].insert(resource.version) }
        groups = versions.map { (name: $0, versions: $1.sorted()) }.sorted { $0.name < $1.name }
    }

    func resources(of groupVersion: GroupVersion) -> [PublishedResource] {
        resources.filter { $0.group == groupVersion.group && $0.version == groupVersion.version }
    }

    var groupVersions: [GroupVersion] {
        groups.flatMap { group in group.versions.map { GroupVersion(group: group.name, version: $0) } }
    }
}
