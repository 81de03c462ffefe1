import JSON

/// What there is, for clients that ask: the lists of groups, versions and resources, one by one.
struct DiscoveryDocuments: Sendable {
    let api: PublishedAPI

    /// `/api`
    var coreVersions: JSONValue {
        ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
    }

    /// `/apis`
    var groups: JSONValue {
        let groups = api.groups.filter { !$0.name.isEmpty }.map { entry(group: $0.name, versions: $0.versions) }
        return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)]
    }

    /// `/apis/GROUP`; nil if there is no such group.
    func group(_ name: String) -> JSONValue? {
        guard let group = api.groups.first(where: { $0.name == name && !name.isEmpty }) else { return nil }
        var entry = entry(group: name, versions: group.versions)
        entry["kind"] = "APIGroup"
        entry["apiVersion"] = "v1"
        return entry
    }

    /// `/api/v1` and `/apis/GROUP/VERSION`; nil if there is no such version.
    func resources(_ groupVersion: PublishedAPI.GroupVersion) -> JSONValue? {
        let resources = api.resources(of: groupVersion)
        guard !resources.isEmpty else { return nil }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(groupVersion.name),
            "resources": .array(resources.flatMap(entries)),
        ]
    }

    private func entry(group: String, versions: [String]) -> JSONValue {
        let entries = versions.map { version -> JSONValue in
            ["groupVersion": .string("\(group)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(group), "versions": .array(entries), "preferredVersion": entries.first ?? .null]
    }

    private func entries(_ resource: PublishedResource) -> [JSONValue] {
        var entry: JSONValue = [
            "name": .string(resource.plural), "singularName": .string(resource.singular), "kind": .string(resource.kind),
            "namespaced": .bool(resource.isNamespaced), "verbs": .strings(resource.verbs),
        ]
        if !resource.shortNames.isEmpty { entry["shortNames"] = .strings(resource.shortNames) }
        if !resource.categories.isEmpty { entry["categories"] = .strings(resource.categories) }
        guard resource.hasStatus else { return [entry] }
        let status: JSONValue = [
            "name": .string("\(resource.plural)/status"), "singularName": "", "kind": .string(resource.kind),
            "namespaced": .bool(resource.isNamespaced), "verbs": .strings(PublishedResource.statusVerbs),
        ]
        return [entry, status]
    }
}

extension JSONValue {
    static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
