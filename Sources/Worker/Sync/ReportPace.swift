/// When a worker reports without anything having changed: as a heartbeat, and more often after it has taken up a revision.
///
/// The controller compares how logins fare at a new revision with how they fared before; it should not wait ten seconds for that.
struct ReportPace: Sendable {
    static let heartbeat = Duration.seconds(10)
    /// So long after a revision was taken up; each is twice the one before.
    static let early: [Duration] = [
        .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600), .milliseconds(3200),
    ]

    private var revision: Int64 = 0
    private var takenAt: ContinuousClock.Instant
    private var earlyReports = 0
    private var hasLogin = true
    private var nextHeartbeat: ContinuousClock.Instant

    init(now: ContinuousClock.Instant) {
        takenAt = now
        nextHeartbeat = now + Self.heartbeat
    }

    /// - Parameters:
    ///   - revision: by which tokens are judged now.
    ///   - isFirstLogin: whether a token was accepted at this revision; looked at until it is.
    /// - Returns: whether to report now.
    mutating func isDue(revision: Int64, now: ContinuousClock.Instant, isFirstLogin: () -> Bool) -> Bool {
        if revision != self.revision { (self.revision, takenAt, earlyReports, hasLogin) = (revision, now, 0, false) }
        var isDue = false
        if now >= nextHeartbeat {
            nextHeartbeat = now + Self.heartbeat
            isDue = true
        }
        while earlyReports < Self.early.count, now - takenAt >= Self.early[earlyReports] {
            earlyReports += 1
            isDue = true
        }
        if !hasLogin, isFirstLogin() {
            hasLogin = true
            isDue = true
        }
        return isDue
    }
}
