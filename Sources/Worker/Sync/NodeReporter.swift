import Client
import JSON
import Logging
import ServiceLifecycle

/// Tells the controller how this worker is: at each change, and as a heartbeat.
struct NodeReporter: Service {
    /// How often it is looked at whether to report.
    private static let tick = Duration.milliseconds(200)
    /// How long the first report waits for the tokens of the built-in OAuth server.
    private static let firstReportSeconds: Int64 = 2

    let name: String
    let client: ControllerClient
    let live: LiveState
    let report: NodeReport
    let keys: KeyRefresh
    let document: NodeStatusDocument
    let counters: DecisionCounters
    let shapes: ClaimShapeSampler
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        report.ring()
        await withDiscardingTaskGroup { group in
            group.addTask { await beat() }
            group.addTask { await tell() }
        }
    }

    private func beat() async {
        var pace = ReportPace(now: .now)
        var knowsTokens = live.load().opaqueTokens.isComplete
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.tick) }
            let state = live.load()
            let revision = state.revision
            if state.opaqueTokens.isComplete != knowsTokens {
                knowsTokens = state.opaqueTokens.isComplete
                report.ring()
            }
            if pace.isDue(revision: revision, now: .now, isFirstLogin: { counters.hasAccepted(at: revision) }) { report.ring() }
        }
    }

    private func tell() async {
        var lastTransition: (isReady: Bool, at: Int64)?
        var taken = (revision: Int64(0), at: ContinuousClock.now)
        var refusals = 0
        var (logins, kinds) = await earlier()
        for await _ in report.changes.cancelOnGracefulShutdown() {
            guard let port = report.port else { continue }
            // Before what runs is looked at: of a later word nobody must think that what ran before it is the answer.
            let observedTargetGeneration = report.observedTargetGeneration
            let state = live.load()
            let now = now()
            // What is read in a moment need not be told as missing; the bell rings when it is there, and by the clock.
            if lastTransition == nil, !state.opaqueTokens.isComplete, now - document.startedAt < Self.firstReportSeconds {
                continue
            }
            let counts = counters.all
            logins.observe(counts, revision: state.revision, now: now)
            if taken.revision != state.revision { taken = (state.revision, .now) }
            if let sample = shapes.take() { kinds.add(sample, now: now) }
            let isReady = state.problems.isEmpty
            if lastTransition?.isReady != isReady { lastTransition = (isReady, now) }
            let status = document.document(
                port: port,
                state: state,
                observedTargetGeneration: observedTargetGeneration,
                failure: report.failure,
                providers: keys.providerStatus(of: state),
                // By a clock that nobody sets: else a clock set forward would pass for time in which nobody logged in.
                judgingSince: now - taken.at.duration(to: .now).components.seconds,
                logins: logins.windows(counts, now: now),
                claimShapes: kinds.values,
                now: now,
                lastTransition: lastTransition?.at ?? now
            )
            refusals = await send(["status": status], isFirstTry: refusals == 0) ? 0 : refusals + 1
            if refusals > 0 { await pause(after: refusals) }
        }
    }

    /// What the process before told of logins last; nothing while the controller cannot be asked, for nobody needs it then.
    private func earlier() async -> (LoginHistory, ClaimShapes) {
        do {
            let node = try await client.get(ResourcePath("v1", "nodes", name: name))
            let told = node.value(at: "status", "authentication")
            return (
                LoginHistory(earlier: (told?["logins"]?.arrayValue ?? []).compactMap(LoginWindow.init)),
                ClaimShapes(earlier: told?["claimShapes"]?.arrayValue ?? [])
            )
        } catch {
            logger.debug("what was told of logins before is not known", metadata: ["error": "\(error)"])
            return (LoginHistory(), ClaimShapes())
        }
    }

    /// Returns whether the controller took it. Of many refusals in a row the log is told of the first.
    private func send(_ patch: JSONValue, isFirstTry: Bool) async -> Bool {
        do {
            _ = try await client.patch(ResourcePath("v1", "nodes", name: name, subresource: "status"), merging: patch)
            if !isFirstTry { logger.info("the controller takes the reports again") }
            return true
        } catch {
            if Task.isShuttingDownGracefully || Task.isCancelled { return true }
            if isFirstTry { logger.warning("the controller does not take the report", metadata: ["error": "\(error)"]) }
            return false
        }
    }

    /// 0.3 s, 0.6 s and so on to 2.4 s; then the bell rings, and whatever is true by then is told.
    private func pause(after refusals: Int) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(300 << min(refusals - 1, 3))) }
        report.ring()
    }
}
