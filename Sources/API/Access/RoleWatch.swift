import JSON
import Logging
import Schema
import ServiceLifecycle
import Store

/// Keeps `AccessControl` at the roles and bindings that are stored.
struct RoleWatch: Sendable {
    private static let resources = Set(RoleGrants.plurals.map { ResourceName(group: RoleGrants.group, plural: $0) })
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
            } catch is CancellationError {
                return
            } catch {
                // The rules from before stay in force, and everything is read anew.
                logger.warning("roles cannot be followed", metadata: ["error": "\(error)"])
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            }
        }
    }

    private func follow() async throws {
        var (objects, revision) = try await read()
        for try await event in try await store.watch(Self.resources, after: revision).cancelOnGracefulShutdown() {
            objects[event.object.id] = event.kind == .deleted ? nil : event.object.value
            revision = event.version
            access.replace(with: RoleGrants(objects.values))
        }
    }

    private func read() async throws -> ([ObjectID: JSONValue], Int64) {
        var objects: [ObjectID: JSONValue] = [:]
        // Changes after the first list are seen again by the watch, which does no harm.
        var first: Int64?
        for resource in Self.resources {
            let list = try await store.list(resource, namespace: nil)
            first = min(first ?? list.revision, list.revision)
            for object in list.items { objects[object.id] = object.value }
        }
        access.replace(with: RoleGrants(objects.values))
        return (objects, first ?? 0)
    }
}
