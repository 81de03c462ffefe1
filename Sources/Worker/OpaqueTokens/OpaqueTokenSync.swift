import Client
import JSON
import Logging
import ServiceLifecycle
import Synchronization

/// Follows the built-in OAuth server's tokens, users and groups, so that requests find them without asking anybody.
struct OpaqueTokenSync: Service {
    static let resources = [
        ResourcePath("oauth.openshift.io/v1", "oauthaccesstokens"), ResourcePath("user.openshift.io/v1", "users"),
        ResourcePath("user.openshift.io/v1", "groups"),
    ]
    private static let kinds = ["OAuthAccessToken", "User", "Group"]

    let client: ControllerClient
    let live: LiveState
    let file: OpaqueTokenFile
    let logger: Logger

    func run() async throws {
        let listed = Listed(count: Self.resources.count)
        await withDiscardingTaskGroup { group in
            for (resource, kind) in zip(Self.resources, Self.kinds) {
                group.addTask {
                    await RepeatingTask(name: "sync of \(resource)", logger: logger).run {
                        try await follow(resource, kind: kind, listed: listed)
                    }
                }
            }
            group.addTask { await file.keep(live: live, logger: logger) }
        }
    }

    private func follow(_ resource: ResourcePath, kind: String, listed: Listed) async throws {
        let page = try await client.list(resource)
        let isComplete = listed.insert(kind)
        change { table in
            table.removeAll(ofKind: kind)
            for object in page.items { table.apply(object, isDeleted: false) }
            table.isComplete = isComplete
        }
        for try await event in client.watch(resource, after: page.resourceVersion) where event.change != .bookmark {
            change { $0.apply(event.object, isDeleted: event.change == .deleted) }
        }
    }

    private func change(_ body: (inout OpaqueTokenTable) -> Void) {
        live.update { state in
            var table = state.opaqueTokens
            body(&table)
            return state.with(table)
        }
        file.changed()
    }

    /// Which lists were read since the start.
    private final class Listed: Sendable {
        private let kinds = Mutex<Set<String>>([])
        private let count: Int

        init(count: Int) { self.count = count }

        /// Returns whether all were read.
        func insert(_ kind: String) -> Bool {
            kinds.withLock { kinds in
                kinds.insert(kind)
                return kinds.count == count
            }
        }
    }
}
