import JSON

/// What there is, in one answer per root: `APIGroupDiscoveryList` of apidiscovery.k8s.io.
struct AggregatedDiscovery: Sendable {
    let api: PublishedAPI

    static func contentType(version: String) -> String {
        "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
    }

    /// - Parameters:
    ///   - core: `/api` is about the core group, `/apis` about all others.
    ///   - version: `v2` or `v2beta1`; they differ in name only.
    func document(core: Bool, version: String) -> JSONValue {
        let groups = api.groups.filter { $0.name.isEmpty == core }
        let items = groups.map { group -> JSONValue in
            let metadata: JSONValue =
                group.name.isEmpty ? ["creationTimestamp": .null] : ["name": .string(group.name), "creationTimestamp": .null]
            let versions = group.versions.map { version -> JSONValue in
                let resources = api.resources(of: .init(group: group.name, version: version))
                return ["version": .string(version), "freshness": "Current", "resources": .array(resources.map(entry))]
            }
            return ["metadata": metadata, "versions": .array(versions)]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(items),
        ]
    }

    private func entry(_ resource: PublishedResource) -> JSONValue {
        let kind: JSONValue = [
            "group": .string(resource.group), "version": .string(resource.version), "kind": .string(resource.kind),
        ]
        var entry: JSONValue = [
            "resource": .string(resource.plural), "responseKind": kind, "singularResource": .string(resource.singular),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster", "verbs": .strings(resource.verbs),
        ]
        if !resource.shortNames.isEmpty { entry["shortNames"] = .strings(resource.shortNames) }
        if !resource.categories.isEmpty { entry["categories"] = .strings(resource.categories) }
        if resource.hasStatus {
            let status: JSONValue = [
                "subresource": "status", "responseKind": kind, "verbs": .strings(PublishedResource.statusVerbs),
            ]
            entry["subresources"] = [status]
        }
        return entry
    }
}
