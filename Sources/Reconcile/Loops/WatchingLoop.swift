import Logging
import Schema
import ServiceLifecycle
import Store

/// Repeats a look whenever something of some resources has changed.
struct WatchingLoop {
    let name: String
    let resources: Set<ResourceName>
    let store: any ObjectStore
    /// Rung by changes, and by whoever has something else to be looked at.
    let bell: Bell
    let logger: Logger

    /// Ends by returning when the service is to stop.
    func run(_ look: @Sendable () async throws -> Look) async {
        let subscription = StoreWatcher.Subscription(resources: resources, bell: bell)
        let watcher = StoreWatcher(store: store, subscriptions: [subscription], logger: logger)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watcher.run() }
                await LookLoop(name: name, bell: bell, logger: logger).run(look)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            bell.ring()
        }
    }
}
