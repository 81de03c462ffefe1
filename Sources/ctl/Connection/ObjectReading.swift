import Client
import JSON

/// Reads what `get` and `describe` name, as Tables or as objects.
struct ObjectReading: Sendable {
    /// Objects of one resource: those with these names, or all.
    struct Group: Sendable {
        let resource: APIResource
        /// Of a list; nil where the resource has none.
        let namespace: String?
        /// Each with its own namespace.
        var objects: [(name: String, namespace: String?)] = []

        var isList: Bool { objects.isEmpty }
    }

    /// What could be read, and why the rest could not: one object that is missing does not hide the others.
    struct Outcome<Value> {
        var value: Value
        var failures: [APIFailure] = []
    }

    let session: Session
    var allNamespaces = false
    var selection = Selection()
    var subresource: String?
    /// Whether Tables come with whole objects, to sort them by.
    var includesObjects = false

    /// Joins targets of one resource that follow each other.
    static func byResource(_ targets: [Target]) -> [Group] {
        var groups: [Group] = []
        for target in targets {
            var group = Group(resource: target.resource, namespace: target.namespace)
            if let name = target.name {
                if let last = groups.last, !last.isList, last.resource == target.resource { group = groups.removeLast() }
                group.objects.append((name, target.namespace))
            }
            groups.append(group)
        }
        return groups
    }

    /// The value is nil when nothing could be read.
    func table(_ group: Group) async throws -> Outcome<ServerTable?> {
        var outcome = Outcome<ServerTable?>(value: nil)
        for path in paths(group) {
            do {
                let table = ServerTable.reading(try await request(path, isList: group.isList))
                outcome.value = outcome.value?.joining(table) ?? table
            } catch let failure as APIFailure {
                outcome.failures.append(failure)
            }
        }
        return outcome
    }

    func objects(_ group: Group) async throws -> Outcome<ObjectPage> {
        var outcome = Outcome(value: ObjectPage(items: [], resourceVersion: ""))
        for path in paths(group) {
            do {
                guard !group.isList else {
                    outcome.value = try await session.client.list(path, selection)
                    continue
                }
                let object = try await session.client.get(path)
                let version = object.value(at: "metadata", "resourceVersion")?.stringValue ?? ""
                outcome.value = ObjectPage(items: outcome.value.items + [object], resourceVersion: version)
            } catch let failure as APIFailure {
                outcome.failures.append(failure)
            }
        }
        return outcome
    }

    /// Follows changes for as long as the session's watches may go on: one that the server ends is begun again where it stopped.
    func watch(
        _ group: Group,
        after version: String,
        accept: String,
        show: (WatchEvent) throws -> Void
    ) async throws {
        guard group.objects.count <= 1 else { throw CommandFailure("you may only watch one object, or all of a type") }
        var selection = selection
        if let name = group.objects.first?.name { selection.fieldSelector = Selection.name(name).fieldSelector }
        var version = version
        let deadline = session.watchTime.map { ContinuousClock.now + $0 }
        while deadline.map({ ContinuousClock.now < $0 }) ?? true {
            try Terminal.checkOutput()
            let path = group.resource.path(namespace: namespace(group))
            for try await event in session.client.watch(path, after: version, selection, accept: accept) {
                if let seen = event.resourceVersion ?? ServerTable(event.object)?.resourceVersion, !seen.isEmpty {
                    version = seen
                }
                try show(event)
                try Terminal.checkOutput()
            }
        }
    }

    private func namespace(_ group: Group) -> String? { allNamespaces && group.isList ? nil : group.namespace }

    private func paths(_ group: Group) -> [ResourcePath] {
        guard !group.isList else { return [group.resource.path(namespace: namespace(group))] }
        return group.objects.map { object in
            group.resource.path(namespace: object.namespace, name: object.name, subresource: subresource)
        }
    }

    private func request(_ path: ResourcePath, isList: Bool) async throws -> JSONValue {
        var query = isList ? selection.queryItems : []
        if includesObjects { query.append(("includeObject", "Object")) }
        return try await session.client.request("GET", path, query: query, accept: ServerTable.mediaType)
    }
}
