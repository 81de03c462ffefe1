import ArgumentParser
import Client
import JSON

/// What a shell offers after TAB: types, names of objects, namespaces and contexts.
///
/// A shell has no place for errors: where nothing can be found out, nothing is offered.
enum Completions {
    /// A person waits with a finger on the key.
    private static let patience: Duration = .seconds(2)
    private static let limit = 500

    static let objects = CompletionKind.custom { words, index, prefix in
        await asking(words, index) { line, session in try await Self.objects(line, prefix, session) }
    }
    static let types = CompletionKind.custom { words, index, _ in
        await asking(words, index) { _, session in typeNames(try await session.client.resources()) }
    }
    static let namespaces = CompletionKind.custom { words, index, _ in
        await asking(words, index) { _, session in names(try await session.client.list(ResourcePath("v1", "namespaces"))) }
    }
    static let contexts = entries(of: .contexts)
    static let clusters = entries(of: .clusters)
    static let users = entries(of: .users)
    static let verbs = CompletionKind.list([
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*",
    ])

    private static func entries(of section: Kubeconfig.Section) -> CompletionKind {
        .custom { words, index, _ in
            do {
                return try await CompletionLine(words, index: index).connection.files.load().names(section)
            } catch {
                return []
            }
        }
    }

    /// Asks the server that the line chooses, for as long as a person would wait.
    private static func asking(
        _ words: [String],
        _ index: Int,
        _ question: @Sendable @escaping (CompletionLine, Session) async throws -> [String]
    ) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                do {
                    let line = try await CompletionLine(words, index: index)
                    return try await line.connection.withSession(isUnattended: true, warn: { _ in }) {
                        try await question(line, $0)
                    }
                } catch {
                    return []
                }
            }
            group.addTask {
                do { try await Task.sleep(for: patience) } catch { return [] }
                return []
            }
            let answer = await group.next() ?? []
            group.cancelAll()
            return Array(answer.prefix(limit))
        }
    }

    /// `TYPE`, then the names of that type; or `TYPE/NAME` at once.
    private static func objects(_ line: CompletionLine, _ prefix: String, _ session: Session) async throws -> [String] {
        let resources = try await session.client.resources()
        if let slash = prefix.firstIndex(of: "/") {
            let type = String(prefix[..<slash])
            return try await names(of: type, resources, session).map { "\(type)/\($0)" }
        }
        guard let first = line.arguments.first else { return typeNames(resources) }
        guard !first.contains("/") else { return typeNames(resources).map { "\($0)/" } }
        let typed = Set(line.arguments.dropFirst())
        return try await names(of: first, resources, session).filter { !typed.contains($0) }
    }

    private static func names(of type: String, _ resources: APIResources, _ session: Session) async throws -> [String] {
        let resource = try resources.resolve(type)
        guard resource.verbs.contains("list") else { return [] }
        return names(try await session.client.list(resource.path(namespace: session.namespace)))
    }

    private static func names(_ page: ObjectPage) -> [String] {
        page.items.compactMap { $0.value(at: "metadata", "name")?.stringValue }
    }

    /// Plural names, with the group only where another type has the same.
    private static func typeNames(_ resources: APIResources) -> [String] {
        var seen: Set<String> = []
        return resources.all.filter { $0.verbs.contains("list") }.map { resource in
            seen.insert(resource.plural).inserted ? resource.plural : resource.pluralTypeName
        }
    }
}
