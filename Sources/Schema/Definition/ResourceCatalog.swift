/// All kinds that this program knows.
package struct ResourceCatalog: Sendable {
    /// In the order of group, then plural name.
    package let definitions: [ResourceDefinition]
    private let byKind: [String: ResourceDefinition]

    package init(_ definitions: [ResourceDefinition]) {
        self.definitions = definitions.sorted { ($0.group, $0.plural) < ($1.group, $1.plural) }
        self.byKind = Dictionary(definitions.map { ("\($0.apiVersion)/\($0.kind)", $0) }) { first, _ in first }
    }

    /// The kinds of `manifests/`, which are part of the binary. Read once in a process.
    package static func builtIn() throws -> ResourceCatalog { try builtInResult.get() }

    private static let builtInResult = Result { try ResourceCatalog(EmbeddedManifests.definitions()) }

    package func definition(apiVersion: String, kind: String) -> ResourceDefinition? { byKind["\(apiVersion)/\(kind)"] }

    package func definition(group: String, version: String, plural: String) -> ResourceDefinition? {
        definitions.first { $0.group == group && $0.version == version && $0.plural == plural }
    }

    package func definition(group: String, plural: String) -> ResourceDefinition? {
        definitions.first { $0.group == group && $0.plural == plural }
    }

    /// What a person may mean by `name`: a plural, singular, short name or kind in any case, or one of those with the
    /// beginning of a group behind a dot (`authentication.config`, `authentications.config.openshift.io`).
    package func definitions(named name: String) -> [ResourceDefinition] {
        let name = name.lowercased()
        let exact = definitions.filter { $0.isCalled(name) }
        if !exact.isEmpty { return exact }
        guard let dot = name.firstIndex(of: ".") else { return [] }
        let resource = String(name[..<dot])
        let group = name[name.index(after: dot)...]
        return definitions.filter { definition in
            guard definition.isCalled(resource) else { return false }
            let withVersion = "\(definition.version).\(definition.group)"
            return definition.group == group || definition.group.hasPrefix("\(group).") || withVersion == group
        }
    }
}

extension ResourceDefinition {
    fileprivate func isCalled(_ name: String) -> Bool {
        name == plural || name == singular || name == kind.lowercased() || shortNames.contains(name)
    }
}
