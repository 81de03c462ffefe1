import Logging
import ServiceLifecycle
import Store

/// What came of one look at the world.
enum Look: Sendable, Equatable {
    /// Something was written, so there may be more to do.
    case acted
    /// Nothing to do before something changes.
    case settled
    /// Nothing to do before something changes or the time has passed.
    case again(after: Duration)

    /// The same, but looking again after `pause` at the latest.
    func noLater(than pause: Duration) -> Look {
        switch self {
        case .acted: .acted
        case .settled: .again(after: pause)
        case .again(let own): .again(after: min(own, pause))
        }
    }
}

/// Repeats a look: at once while there is something to do, else when the bell rings.
struct LookLoop {
    /// Looks that act, one after another, before a pause; only a decision that never comes to rest gets there.
    static let actsInARow = 1_000

    let name: String
    let bell: Bell
    let logger: Logger

    /// Ends by returning when the service is to stop or the task is cancelled.
    func run(_ look: () async throws -> Look) async {
        var failures = 0
        var acts = 0
        while !isOver {
            do {
                let outcome = try await look()
                failures = 0
                switch outcome {
                case .acted where acts < Self.actsInARow: acts += 1
                case .acted:
                    acts = 0
                    logger.warning("the loop does not come to rest", metadata: ["loop": "\(name)"])
                    await rest(for: .seconds(1))
                case .settled:
                    acts = 0
                    await bell.wait()
                case .again(let pause):
                    acts = 0
                    await bell.wait(atMost: pause)
                }
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                // Somebody wrote in between: that is how optimistic writes are meant to end, once or twice.
                if case StoreError.conflict = error, failures < 5 { continue }
                logger.error("the loop failed", metadata: ["loop": "\(name)", "error": "\(error)", "failures": "\(failures)"])
                await rest(for: Self.pause(after: failures))
            }
        }
    }

    private var isOver: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    /// 100 ms, then twice as long each time, at most 30 seconds.
    static func pause(after failures: Int) -> Duration { .milliseconds(min(100 << min(max(failures, 1) - 1, 9), 30_000)) }

    /// Waits although the bell rings: what failed must not be tried again with every change in the world.
    private func rest(for duration: Duration) async {
        let end = ContinuousClock.now + duration
        while !isOver, case let rest = end - ContinuousClock.now, rest > .zero { await bell.wait(atMost: rest) }
    }
}
