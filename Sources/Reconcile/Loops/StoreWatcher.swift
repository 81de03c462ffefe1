import Logging
import Schema
import Store

/// Rings the loops' bells when something they look at has changed.
struct StoreWatcher: Sendable {
    /// Which changes a loop cares about.
    struct Subscription: Sendable {
        let resources: Set<ResourceName>
        let bell: Bell
        /// More exactly: a change that cannot matter need not wake anybody.
        var concerns: @Sendable (StoreEvent) -> Bool = { _ in true }
    }

    let store: any ObjectStore
    let subscriptions: [Subscription]
    let logger: Logger

    /// Runs until the task is cancelled. After a gap every bell rings once, because anything may have happened.
    func run() async {
        let resources = Set(subscriptions.flatMap(\.resources))
        while !Task.isCancelled {
            do {
                let revision = try await store.currentRevision()
                let events = try await store.watch(resources, after: revision)
                for subscription in subscriptions { subscription.bell.ring() }
                for try await event in events { announce(event) }
            } catch is CancellationError {
                return
            } catch StoreError.readerTooSlow, StoreError.compacted {
                logger.debug("the watch starts over")
                continue
            } catch {
                logger.error("the watch failed", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private func announce(_ event: StoreEvent) {
        for subscription in subscriptions
        where subscription.resources.contains(event.object.id.resource) && subscription.concerns(event) {
            subscription.bell.ring()
        }
    }
}
