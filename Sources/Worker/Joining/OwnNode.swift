import Client
import JSON
import Logging
import ServiceLifecycle

/// Follows the worker's own `Node`: whether it is to be taken out of service, and whether it has been removed. Then it returns.
struct OwnNode: Service {
    /// Without a question for so long, a worker that is to be taken out counts as drained.
    static let quietSeconds: Int64 = 5

    let name: String
    let client: ControllerClient
    let standing: WorkerStanding
    let mark: DrainMark
    /// Whether the deletion of the Node ends the worker. Those that a controller runs are ended by it.
    let endsWhenRemoved: Bool
    /// How many tokens were judged since the process began.
    let questions: @Sendable () -> Int64
    let report: NodeReport
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        let (removals, removal) = AsyncStream<Never>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await RepeatingTask(name: "own node", logger: logger).run { try await follow { removal.finish() } }
            }
            group.addTask { await watchQuiet() }
            for await _ in removals.cancelOnGracefulShutdown() {}
            group.cancelAll()
        }
    }

    private func follow(onRemoval: @Sendable () -> Void) async throws {
        let resource = ResourcePath("v1", "nodes")
        let page: ObjectPage
        do {
            page = try await client.list(resource, .name(name))
        } catch let failure as APIFailure where failure.code == 401 {
            // It was to be taken out, and now it is: the Node went while this worker was not looking.
            if endsWhenRemoved, standing.phase != .serving { return end(onRemoval) }
            if standing.setDisowned(true) {
                logger.error(
                    "the controller does not take this worker's certificate any more; it answers on by what it has; with a new token it joins again (ctl worker token --name \(name), --join-token-file)",
                    metadata: ["error": "\(failure.message)"]
                )
            }
            throw failure
        }
        if standing.setDisowned(false) { logger.notice("the controller knows this worker again") }
        for object in page.items { try look(at: object) }
        for try await event in client.watch(resource, after: page.resourceVersion, .name(name)) {
            switch event.change {
            case .added, .modified: try look(at: event.object)
            case .deleted:
                if endsWhenRemoved { end(onRemoval) }
                return
            case .bookmark: continue
            }
        }
    }

    private func end(_ onRemoval: () -> Void) {
        logger.notice("this worker has been removed", metadata: ["worker": "\(name)"])
        standing.setRemoved()
        onRemoval()
    }

    private func look(at node: JSONValue) throws {
        let isUnwanted = node.value(at: "spec", "unschedulable")?.boolValue ?? false
        guard isUnwanted != (standing.phase != .serving) else { return }
        try mark.set(isUnwanted)
        standing.setDraining(isUnwanted)
        logger.notice(isUnwanted ? "to be taken out of service" : "back in service", metadata: ["worker": "\(name)"])
        report.ring()
    }

    /// Finds out when nobody asks any more.
    private func watchQuiet() async {
        var quiet = Quiet(seconds: Self.quietSeconds)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let isDrained = quiet.isDrained(standing.phase != .serving, questions: questions(), now: now())
            if standing.setDrained(isDrained) { report.ring() }
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
        }
    }
}

/// Tells whether nobody has asked for some time.
struct Quiet: Sendable {
    let seconds: Int64
    private var last: (questions: Int64, at: Int64)?

    init(seconds: Int64) { self.seconds = seconds }

    /// - Parameters:
    ///   - isUnwanted: whether the worker is to be taken out; the time counts from then.
    ///   - now: seconds since 1970. A clock that was set back begins anew.
    mutating func isDrained(_ isUnwanted: Bool, questions: Int64, now: Int64) -> Bool {
        guard isUnwanted else {
            last = nil
            return false
        }
        guard let last, last.questions == questions, last.at <= now else {
            last = (questions, now)
            return false
        }
        return now - last.at >= seconds
    }
}
