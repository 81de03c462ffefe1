package import Schema

/// How bold a roll-out may be; read from `RolloutPolicy.spec`.
package struct RolloutLimits: Hashable, Sendable {
    /// How many workers may be changing or down at a time.
    package var maxUnavailable: RolloutPolicy.MaxUnavailable
    /// How long a worker must have been ready at the new revision before the next one is touched.
    package var soakSeconds: Int64
    /// How long a worker may take to become ready at a revision; also how long a dead worker is waited for.
    package var progressDeadlineSeconds: Int64
    /// Whether workers leave a revision that failed.
    package var automaticReturn: Bool
    /// Whether nobody is sent to a revision that has yet to prove itself.
    package var isPaused: Bool

    package init(
        maxUnavailable: RolloutPolicy.MaxUnavailable = .count(1),
        soakSeconds: Int64 = 0,
        progressDeadlineSeconds: Int64 = 60,
        automaticReturn: Bool = true,
        isPaused: Bool = false
    ) {
        self.maxUnavailable = maxUnavailable
        self.soakSeconds = max(0, min(soakSeconds, 86_400))
        self.progressDeadlineSeconds = max(1, min(progressDeadlineSeconds, 86_400))
        self.automaticReturn = automaticReturn
        self.isPaused = isPaused
    }

    package init(_ spec: RolloutPolicy.Spec) {
        self.init(
            maxUnavailable: spec.maxUnavailable,
            soakSeconds: spec.soakSeconds,
            progressDeadlineSeconds: spec.progressDeadlineSeconds,
            automaticReturn: spec.automaticReturn,
            isPaused: spec.paused ?? false
        )
    }
}
