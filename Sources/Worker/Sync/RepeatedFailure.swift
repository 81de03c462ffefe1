/// Decides which of many alike failures the log is told of: a new one at once, the same one once a minute.
struct RepeatedFailure: Sendable {
    static let interval = Duration.seconds(60)

    private var told: (what: String, at: ContinuousClock.Instant)?

    /// Whether the log should be told.
    mutating func isNews(_ what: String, now: ContinuousClock.Instant) -> Bool {
        if let told, told.what == what, now - told.at < Self.interval { return false }
        told = (what, now)
        return true
    }
}
