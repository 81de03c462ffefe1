/// How bold a roll-out may be; read from `RolloutPolicy.spec`.
package struct RolloutLimits: Hashable, Sendable {
    /// A number of workers, or a share of all.
    package enum Quantity: Hashable, Sendable {
        case count(Int64)
        case percentage(Int64)

        /// At least 1, because a roll-out that may touch nobody never ends; a share is rounded down.
        package func of(_ total: Int) -> Int {
            let total = Int64(total)
            let wanted =
                switch self {
                case .count(let count): count
                case .percentage(let share): total * max(0, min(share, 100)) / 100
                }
            return Int(max(1, min(wanted, max(total, 1))))
        }
    }

    /// How many workers may be changing or down at a time.
    package var maxUnavailable: Quantity
    /// How long a worker must have been ready at the new revision before the next one is touched.
    package var soakSeconds: Int64
    /// How long a worker may take to become ready at a revision; also how long a dead worker is waited for.
    package var progressDeadlineSeconds: Int64

    package init(maxUnavailable: Quantity = .count(1), soakSeconds: Int64 = 0, progressDeadlineSeconds: Int64 = 60) {
        self.maxUnavailable = maxUnavailable
        self.soakSeconds = max(0, min(soakSeconds, 86_400))
        self.progressDeadlineSeconds = max(1, min(progressDeadlineSeconds, 86_400))
    }
}
