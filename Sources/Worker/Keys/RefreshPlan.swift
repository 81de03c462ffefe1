import JSON

/// When the keys of one issuer are fetched again: a pure value, changed by what happens. All times in seconds.
struct RefreshPlan: Hashable, Sendable {
    /// Bounds for what a provider says in `Cache-Control`. With `jitter` never above 1, the longest is also how long a key that
    /// the provider has withdrawn can go on working, as long as the provider can be asked.
    static let shortestAge: Int64 = 60
    static let longestAge: Int64 = 15 * 60
    static let defaultAge: Int64 = 5 * 60
    /// Between two early refreshes that unknown key ids ask for.
    static let coolDown: Int64 = 30
    /// A failed refresh keeps the keys for so long after the last good one.
    static let staleKeyMax: Int64 = 24 * 3600
    static let longestRetry: Int64 = 60

    private(set) var lastFailure: String?
    /// Also when it has succeeded since.
    private(set) var lastFailedAt: Int64?
    private(set) var isInFlight = false
    private var nextAt: Int64
    /// When an early refresh that was asked for may begin; nil: none was.
    private var earlyAt: Int64?
    /// When the last early refresh began.
    private var lastEarly: Int64?
    private var failures: Int64 = 0

    /// - Parameters:
    ///   - fetchedAt: when the keys at hand were fetched; 0: there are none.
    ///   - jitter: 0.8 to 1.0, so that many workers do not ask at once.
    init(fetchedAt: Int64, jitter: Double = 1, now: Int64) {
        let age = now.subtractingReportingOverflow(fetchedAt)
        // A time that has not come yet is a clock that was wrong: nothing is known about the age of these keys.
        let isFresh = fetchedAt != 0 && !age.overflow && (0..<Self.defaultAge).contains(age.partialValue)
        nextAt = isFresh ? max(now, fetchedAt + Self.seconds(Self.defaultAge, jitter)) : now
    }

    /// When it is next due, if it is not being fetched already.
    var dueAt: Int64? { isInFlight ? nil : min(nextAt, earlyAt ?? nextAt) }
    /// The last attempt failed.
    var isFailing: Bool { failures > 0 }

    func isDue(now: Int64) -> Bool { dueAt.map { $0 <= now } ?? false }

    mutating func started(now: Int64) {
        isInFlight = true
        guard earlyAt != nil else { return }
        earlyAt = nil
        lastEarly = now
    }

    mutating func succeeded(maxAge: Int64?, jitter: Double, now: Int64) {
        isInFlight = false
        lastFailure = nil
        failures = 0
        let age = min(max(maxAge ?? Self.defaultAge, Self.shortestAge), Self.longestAge)
        nextAt = now + Self.seconds(age, jitter)
    }

    mutating func failed(_ why: String, now: Int64) {
        isInFlight = false
        lastFailure = why
        lastFailedAt = now
        failures = min(failures + 1, 6)
        nextAt = now + min(1 << failures, Self.longestRetry)
    }

    /// A token named a key that is not in the set: the provider may have a new one.
    ///
    /// At most one early refresh begins per cool-down. One that has to wait is not forgotten, and further unknown keys do not
    /// put it off: however many there are, a key that was just published is looked for within the cool-down.
    mutating func sawUnknownKey(now: Int64) {
        if earlyAt == nil { earlyAt = max(now, lastEarly.map { $0 + Self.coolDown } ?? now) }
    }

    /// The clock was set back: what was so far ahead then, is so far ahead now.
    mutating func clockWentBack(by seconds: Int64) {
        nextAt -= seconds
        earlyAt? -= seconds
        lastEarly? -= seconds
    }

    private static func seconds(_ age: Int64, _ jitter: Double) -> Int64 { Int64((Double(age) * jitter).rounded()) }
}
