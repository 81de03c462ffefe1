/// Slows down who guesses passwords: after a few failures a name has to wait. It locks nobody out for longer than the window.
package actor LoginThrottle {
    /// Failures within the window that are free.
    static let freeFailures = 5
    static let windowSeconds: Int64 = 30
    /// Names remembered in each of two generations; beyond it the older one is forgotten, so that nobody can fill the memory.
    static let generationSize = 5_000

    private struct Record {
        var failures: Int
        var since: Int64
    }

    private var young: [String: Record] = [:]
    private var old: [String: Record] = [:]
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// Whether a password may be tried for this name now. If so, the attempt counts as a failure until it succeeds: checking a
    /// password takes a while, and many guesses at once must not all pass before the first has failed.
    package func begin(_ name: String) -> Bool {
        let record = record(of: name) ?? Record(failures: 0, since: now())
        guard record.failures < Self.freeFailures else { return false }
        if young.count >= Self.generationSize, young[name] == nil { (old, young) = (young, [:]) }
        young[name] = Record(failures: record.failures + 1, since: record.since)
        return true
    }

    package func succeeded(_ name: String) {
        young[name] = nil
        old[name] = nil
    }

    /// What is remembered of a name within its window.
    private func record(of name: String) -> Record? {
        guard let record = young[name] ?? old[name], now() < record.since + Self.windowSeconds else { return nil }
        return record
    }
}
