package import JSON

/// A kubeconfig: clusters, users and the contexts that join them, in the form kubectl reads and writes.
///
/// The document is kept as it is, so that what we do not know of survives a change.
package struct Kubeconfig: Sendable, Hashable {
    /// The three lists of named entries.
    package enum Section: String, Sendable, CaseIterable {
        case clusters, users, contexts

        /// The member of an entry that holds its content.
        var member: String { String(rawValue.dropLast()) }
    }

    package struct Context: Sendable, Hashable {
        package let cluster: String
        package let user: String
        package let namespace: String?
    }

    package private(set) var document: JSONValue

    package init(_ document: JSONValue = ["apiVersion": "v1", "kind": "Config", "preferences": [:]]) {
        self.document = document
    }

    package var currentContext: String? {
        get { document["current-context"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        set { document["current-context"] = newValue.map { .string($0) } }
    }

    package func names(_ section: Section) -> [String] { entries(section).compactMap { $0["name"]?.stringValue } }

    package subscript(section: Section, name: String) -> JSONValue? {
        get { entries(section).first { $0.isNamed(name) }?[section.member] }
        set {
            var entries = entries(section)
            let index = entries.firstIndex { $0.isNamed(name) }
            switch (newValue, index) {
            case (.some(let value), .some(let index)): entries[index][section.member] = value
            case (.some(let value), .none): entries.append(["name": .string(name), section.member: value])
            case (.none, .some(let index)): entries.remove(at: index)
            case (.none, .none): return
            }
            document[section.rawValue] = .array(entries)
        }
    }

    /// The entry keeps its place and all that is said of it.
    mutating func rename(_ section: Section, _ name: String, to newName: String) {
        document[section.rawValue] = document[section.rawValue]?.arrayValue.map { entries in
            .array(
                entries.map { entry in
                    var entry = entry
                    if entry.isNamed(name) { entry["name"] = .string(newName) }
                    return entry
                }
            )
        }
    }

    package func context(_ name: String) -> Context? {
        guard let context = self[.contexts, name] else { return nil }
        return Context(
            cluster: context["cluster"]?.stringValue ?? "",
            user: context["user"]?.stringValue ?? "",
            namespace: context["namespace"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    /// Joins two files as kubectl does: what the first one says stands.
    package func merging(_ other: Kubeconfig) -> Kubeconfig {
        var merged = self
        if merged.currentContext == nil { merged.currentContext = other.currentContext }
        for section in Section.allCases {
            for name in other.names(section) where merged[section, name] == nil { merged[section, name] = other[section, name] }
        }
        return merged
    }

    private func entries(_ section: Section) -> [JSONValue] { document[section.rawValue]?.arrayValue ?? [] }
}

extension JSONValue {
    fileprivate func isNamed(_ name: String) -> Bool {
        self["name"]?.stringValue.map { $0.utf8.elementsEqual(name.utf8) } ?? false
    }
}
