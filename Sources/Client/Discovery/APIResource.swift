import JSON

/// A resource the server says it serves.
package struct APIResource: Sendable, Hashable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    package let plural: String
    package let singular: String
    package let shortNames: [String]
    package let categories: [String]
    package let verbs: [String]
    package let isNamespaced: Bool

    package init(
        group: String,
        version: String,
        kind: String,
        plural: String,
        singular: String = "",
        shortNames: [String] = [],
        categories: [String] = [],
        verbs: [String] = [],
        isNamespaced: Bool = false
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = singular.isEmpty ? kind.lowercased() : singular
        self.shortNames = shortNames
        self.categories = categories
        self.verbs = verbs
        self.isNamespaced = isNamespaced
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// How commands name the type: `authentication.config.openshift.io`, `secret`.
    package var typeName: String { group.isEmpty ? singular : "\(singular).\(group)" }
    package var pluralTypeName: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// - Parameter namespace: ignored where the resource has none.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> ResourcePath {
        ResourcePath(apiVersion, plural, namespace: isNamespaced ? namespace : nil, name: name, subresource: subresource)
    }
}

// MARK: - From discovery documents

extension APIResource {
    /// Reads an `APIGroupDiscoveryList`.
    static func aggregated(_ document: JSONValue) -> [APIResource] {
        (document["items"]?.arrayValue ?? []).flatMap { item -> [APIResource] in
            let group = item.value(at: "metadata", "name")?.stringValue ?? ""
            return (item["versions"]?.arrayValue ?? []).flatMap { version in
                (version["resources"]?.arrayValue ?? []).compactMap {
                    APIResource(aggregated: $0, group: group, version: version["version"]?.stringValue ?? "")
                }
            }
        }
    }

    private init?(aggregated resource: JSONValue, group: String, version: String) {
        guard let plural = resource["resource"]?.stringValue, let kind = resource.value(at: "responseKind", "kind")?.stringValue
        else { return nil }
        self.init(
            group: group,
            version: version,
            kind: kind,
            plural: plural,
            singular: resource["singularResource"]?.stringValue ?? "",
            shortNames: resource["shortNames"].stringValues,
            categories: resource["categories"].stringValues,
            verbs: resource["verbs"].stringValues,
            isNamespaced: resource["scope"]?.stringValue == "Namespaced"
        )
    }

    /// Reads an `APIResourceList`; subresources, which have a slash in their names, are left out.
    static func legacy(_ document: JSONValue) -> [APIResource] {
        let words = (document["groupVersion"]?.stringValue ?? "").split(separator: "/").map(String.init)
        guard let version = words.last else { return [] }
        let group = words.count > 1 ? words[0] : ""
        return (document["resources"]?.arrayValue ?? []).compactMap { resource in
            guard let plural = resource["name"]?.stringValue, !plural.contains("/"), let kind = resource["kind"]?.stringValue
            else { return nil }
            return APIResource(
                group: group,
                version: version,
                kind: kind,
                plural: plural,
                singular: resource["singularName"]?.stringValue ?? "",
                shortNames: resource["shortNames"].stringValues,
                categories: resource["categories"].stringValues,
                verbs: resource["verbs"].stringValues,
                isNamespaced: resource["namespaced"]?.boolValue ?? false
            )
        }
    }
}
