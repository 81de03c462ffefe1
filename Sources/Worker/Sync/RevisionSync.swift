import Client
import JSON
import Logging
import ServiceLifecycle

/// Follows `KubeAPIServer/cluster` and takes the revision that the controller wants this worker to run.
struct RevisionSync: Service {
    let name: String
    let client: ControllerClient
    let installer: SnapshotInstaller
    let report: NodeReport
    let standing: WorkerStanding
    let logger: Logger

    func run() async throws {
        await RepeatingTask(name: "revision sync", logger: logger).run { try await follow() }
    }

    /// Reads the object, then its changes until the watch ends. A failed revision is tried again at the next word or after a while.
    private func follow() async throws {
        let resource = ResourcePath("operator.openshift.io/v1", "kubeapiservers")
        let page = try await client.list(resource, .name("cluster"))
        for object in page.items { try await look(at: object) }
        // Whichever ends first ends both: the object is then read anew.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await event in client.watch(resource, after: page.resourceVersion, .name("cluster"))
                where event.change != .bookmark {
                    try await look(at: event.object)
                }
            }
            group.addTask { try await retryIsDue() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Returns when a revision that failed may be tried once more.
    private func retryIsDue() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            if let failed = report.failureToRetry, installer.now() >= failed.retryAt { return }
        }
    }

    private func look(at kubeAPIServer: JSONValue) async throws {
        let wanted = WantedRevision(of: name, in: kubeAPIServer, isLeftOut: standing.phase != .serving)
        let isNews = report.observe(wanted.generation)
        let running = installer.live.load().revision
        switch nextAction(wanted: wanted.revision, running: running, failed: report.failureToRetry, now: installer.now()) {
        case .nothing:
            // It is waited for, though it has nothing to do.
            if isNews { report.ring() }
            try await installer.completeSecrets()
        case .take(let revision): try await take(revision)
        }
    }

    private func take(_ revision: Int64) async throws {
        let path = ResourcePath("postern.dev/v1alpha1", "authenticationrevisions", name: "authentication-\(revision)")
        let object = try await client.get(path)
        do {
            try await installer.install(object, revision: revision)
            logger.notice("revision is live", metadata: ["revision": "\(revision)"])
            report.succeeded()
        } catch {
            logger.error("revision is refused", metadata: ["revision": "\(revision)", "error": "\(error)"])
            report.failed(error, now: installer.now())
        }
    }
}
