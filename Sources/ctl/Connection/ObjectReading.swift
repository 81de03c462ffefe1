import Client
import JSON

/// Reads what `get` and `describe` name, as Tables or as objects.
struct ObjectReading: Sendable {
    /// Objects of one resource: those with these names, or all.
    struct Group: Sendable {
        let resource: APIResource
        var names: [String]
    }

    let session: Session
    var allNamespaces = false
    var selection = Selection()

    /// Joins targets of one resource, in the order typed.
    static func byResource(_ targets: [Target]) -> [Group] {
        var groups: [Group] = []
        for target in targets {
            let names = target.name.map { [$0] } ?? []
            if let index = groups.firstIndex(where: { $0.resource == target.resource }) {
                groups[index].names += names
            } else {
                groups.append(Group(resource: target.resource, names: names))
            }
        }
        return groups
    }

    private var namespace: String? { allNamespaces ? nil : session.namespace }

    func table(_ group: Group) async throws -> ServerTable {
        guard !group.names.isEmpty else {
            return ServerTable.reading(try await request(group.resource.path(namespace: namespace), selection.queryItems))
        }
        var joined: ServerTable?
        for name in group.names {
            let table = ServerTable.reading(try await request(group.resource.path(namespace: session.namespace, name: name)))
            joined = joined?.joining(table) ?? table
        }
        return joined ?? ServerTable(objects: [])
    }

    func objects(_ group: Group) async throws -> ObjectPage {
        guard !group.names.isEmpty else {
            return try await session.client.list(group.resource.path(namespace: namespace), selection)
        }
        var objects: [JSONValue] = []
        for name in group.names {
            objects.append(try await session.client.get(group.resource.path(namespace: session.namespace, name: name)))
        }
        let version = objects.last?.value(at: "metadata", "resourceVersion")?.stringValue ?? ""
        return ObjectPage(items: objects, resourceVersion: version)
    }

    /// Follows changes for ever: a watch that the server ends is begun again where it stopped.
    func watch(
        _ group: Group,
        after version: String,
        accept: String,
        show: (WatchEvent) throws -> Void
    ) async throws {
        guard group.names.count <= 1 else { throw CommandFailure("you may only watch one object, or all of a type") }
        var selection = selection
        if let name = group.names.first { selection.fieldSelector = "metadata.name=\(name)" }
        var version = version
        while true {
            try Terminal.checkOutput()
            let path = group.resource.path(namespace: namespace)
            for try await event in session.client.watch(path, after: version, selection, accept: accept) {
                if let seen = event.resourceVersion ?? ServerTable(event.object)?.resourceVersion, !seen.isEmpty {
                    version = seen
                }
                try show(event)
                try Terminal.checkOutput()
            }
        }
    }

    private func request(_ path: ResourcePath, _ query: [(name: String, value: String)] = []) async throws -> JSONValue {
        try await session.client.request("GET", path, query: query, accept: ServerTable.mediaType)
    }
}
