import JSON
import Logging
import Schema
import ServiceLifecycle
import Store

/// Keeps `AccessControl` at the roles and bindings that are stored.
struct RoleWatch: Service {
    private static let resources = RoleGrants.plurals.map { ResourceName(group: RoleGrants.group, plural: $0) }
    private static let pause = Duration.seconds(1)

    let store: any ObjectStore
    let access: AccessControl
    let logger: Logger

    /// Reads what is stored now; who serves requests does this first.
    func load() async throws { _ = try await read() }

    /// Follows every change until the service group shuts down.
    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await follow()
            } catch {
                guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
                // The rules from before stay in force, and everything is read anew.
                logger.warning("roles cannot be followed", metadata: ["error": "\(error)"])
                do {
                    try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
                } catch {
                    return
                }
            }
        }
    }

    private func follow() async throws {
        var (objects, revisions) = try await read()
        let events = try await store.watch(Set(Self.resources), after: revisions.values.min() ?? 0)
        for try await event in events.cancelOnGracefulShutdown() {
            // The lists were read one after the other: what a later one holds already is not done again.
            guard event.version > revisions[event.object.id.resource] ?? 0 else { continue }
            objects[event.object.id] = event.change == .deleted ? nil : event.object.value
            access.replace(with: RoleGrants(objects.values))
        }
    }

    /// All roles and bindings, and of each resource the revision at which it was read.
    private func read() async throws -> ([ObjectID: JSONValue], [ResourceName: Int64]) {
        var objects: [ObjectID: JSONValue] = [:]
        var revisions: [ResourceName: Int64] = [:]
        for resource in Self.resources {
            let list = try await store.list(resource, namespace: nil)
            revisions[resource] = list.revision
            for object in list.items { objects[object.id] = object.value }
        }
        access.replace(with: RoleGrants(objects.values))
        return (objects, revisions)
    }
}
