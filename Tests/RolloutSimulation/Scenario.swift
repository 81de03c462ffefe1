package import Reconcile
import Schema

/// One history to play: how many workers, under which policy, and everything that happens to them, in order.
package struct Scenario: Sendable {
    /// What happens. A worker is meant by its place; of fewer workers than that, by the rest of the division.
    package enum Event: Hashable, Sendable {
        /// Time passes for everybody, in seconds.
        case pass(Int64)
        /// The controller looks and writes down what follows.
        case look
        /// A worker reads what is wanted of it, and does it.
        case deliver(Int)
        /// A worker writes its report; it is on its way then.
        case report(Int)
        /// The oldest report of a worker arrives; what stays on the way arrives late.
        case arrive(Int)
        /// As `arrive`, and the same report will arrive once more.
        case arriveTwice(Int)
        /// The oldest report of a worker is lost.
        case lose(Int)
        case crash(Int)
        case restart(Int)
        /// No message to or from the worker; its users still reach it.
        case cut(Int)
        case heal(Int)
        /// Taking up a revision takes the worker so long, in seconds.
        case slowDisk(Int, Int64)
        /// The controller is killed and started again.
        case restartController
        /// The clock of everybody is set, by so many seconds.
        case jump(Int64)
        case newRevision(RevisionKind)
        case pause
        case resume
        case changeLimit(Int)
    }

    package enum RevisionKind: Hashable, Sendable {
        case good
        /// Every worker refuses it.
        case refused
        /// Workers take it, and nobody can log in.
        case lockOut
    }

    package let seed: UInt64
    package let workers: Int
    package let limits: RolloutLimits
    package var events: [Event]

    package init(seed: UInt64, workers: Int, limits: RolloutLimits, events: [Event]) {
        (self.seed, self.workers, self.limits, self.events) = (seed, workers, limits, events)
    }

    /// What a seed stands for.
    package init(seed: UInt64) {
        var random = Seeded(seed: seed)
        self.seed = seed
        let size = random.below(1_000)
        let workers =
            switch size {
            case 0: 100 + random.below(901)
            case 1..<30: 9 + random.below(40)
            default: 1 + random.below(8)
            }
        self.workers = workers
        limits = RolloutLimits(
            maxUnavailable: random.isOneIn(2) ? .count(1 + random.below(3)) : .percent(10 + random.below(60)),
            soakSeconds: random.isOneIn(3) ? 7 : 0,
            progressDeadlineSeconds: 30,
            loginGateSeconds: 10
        )
        // Histories of many workers are shorter, or they would take all the time there is.
        events = (0..<(workers > 100 ? 60 : 250)).map { _ in Self.event(&random) }
    }

    private static func event(_ random: inout Seeded) -> Event {
        let worker = random.below(1_000)
        switch random.below(100) {
        case 0..<22: return .look
        case 22..<40: return .deliver(worker)
        case 40..<54: return .report(worker)
        case 54..<66: return .arrive(worker)
        case 66..<68: return .arriveTwice(worker)
        case 68..<70: return .lose(worker)
        case 70..<84: return .pass(Int64(random.below(8)))
        case 84: return .pass(Int64(20 + random.below(80)))
        case 85: return .crash(worker)
        case 86..<88: return .restart(worker)
        case 88: return .cut(worker)
        case 89..<91: return .heal(worker)
        case 91: return .slowDisk(worker, Int64(random.below(40)))
        case 92: return .restartController
        case 93: return .jump(Int64(random.below(240)) - 120)
        case 94..<97:
            let kind = random.below(4)
            return .newRevision(kind < 2 ? .good : kind == 2 ? .refused : .lockOut)
        case 97: return .pause
        case 98: return .resume
        default: return .changeLimit(1 + random.below(3))
        }
    }
}
