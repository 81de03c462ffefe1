import JSON

/// When the keys of one issuer are fetched again: a pure value, changed by what happens.
struct RefreshPlan: Hashable, Sendable {
    /// Bounds for what a provider says in `Cache-Control`, in seconds.
    static let shortestAge: Int64 = 60
    static let longestAge: Int64 = 15 * 60
    static let defaultAge: Int64 = 5 * 60
    /// Between two early refreshes that unknown key ids ask for.
    static let coolDown: Int64 = 30
    /// A failed refresh keeps the keys for so long after the last good one.
    static let staleKeyMax: Int64 = 24 * 3600
    static let longestRetry: Int64 = 60

    private(set) var nextAt: Int64
    private(set) var isInFlight = false
    private(set) var lastFailure: String?
    private var failures: Int64 = 0
    private var lastEarly: Int64?

    /// - Parameter fetchedAt: when the keys at hand were fetched; 0: there are none.
    init(fetchedAt: Int64, now: Int64) {
        nextAt = fetchedAt == 0 ? now : max(now, fetchedAt.addingReportingOverflow(Self.defaultAge).partialValue)
    }

    func isDue(now: Int64) -> Bool { !isInFlight && now >= nextAt }

    mutating func started() { isInFlight = true }

    /// - Parameter jitter: 0.8 to 1.0, so that many workers do not ask at once.
    mutating func succeeded(maxAge: Int64?, jitter: Double, now: Int64) {
        isInFlight = false
        lastFailure = nil
        failures = 0
        let age = min(max(maxAge ?? Self.defaultAge, Self.shortestAge), Self.longestAge)
        nextAt = now + Int64((Double(age) * jitter).rounded())
    }

    mutating func failed(_ why: String, now: Int64) {
        isInFlight = false
        lastFailure = why
        failures = min(failures + 1, 6)
        nextAt = now + min(1 << failures, Self.longestRetry)
    }

    /// A token named a key that is not in the set: the provider may have a new one. At most one early refresh per cool-down.
    mutating func sawUnknownKey(now: Int64) {
        if let lastEarly, now < lastEarly + Self.coolDown { return }
        lastEarly = now
        nextAt = min(nextAt, now)
    }
}
