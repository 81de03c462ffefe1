/// How long to wait before a process that ended is started again: a pure function of how it went before.
package struct RestartBackOff: Hashable, Sendable {
    package static let first = Duration.milliseconds(100)
    package static let longest = Duration.seconds(10)
    /// A process that lived so long was healthy: the next wait is the first again.
    package static let healthyAfter = Duration.seconds(30)

    private var next = first

    package init() {}

    /// The wait after a process that lived for `lifetime`.
    package mutating func pause(afterLifetime lifetime: Duration) -> Duration {
        if lifetime >= Self.healthyAfter { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
