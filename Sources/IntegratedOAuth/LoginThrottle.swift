/// Slows down who guesses passwords: after a few failures a name has to wait. It locks nobody out for longer than the window.
package actor LoginThrottle {
    /// Failures within the window that are free.
    static let freeFailures = 5
    static let windowSeconds: Int64 = 30
    /// Names remembered at once; beyond it the oldest are forgotten, so an attacker cannot fill the memory.
    static let maximumNames = 10_000

    private struct Record {
        var failures: Int
        var since: Int64
    }

    private var records: [String: Record] = [:]
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    package func mayTry(_ name: String) -> Bool {
        guard let record = records[name], now() < record.since + Self.windowSeconds else { return true }
        return record.failures < Self.freeFailures
    }

    package func failed(_ name: String) {
        let time = now()
        if let record = records[name], time < record.since + Self.windowSeconds {
            records[name] = Record(failures: record.failures + 1, since: record.since)
            return
        }
        if records.count >= Self.maximumNames { records = records.filter { time < $0.value.since + Self.windowSeconds } }
        if records.count >= Self.maximumNames, let oldest = records.min(by: { $0.value.since < $1.value.since }) {
            records[oldest.key] = nil
        }
        records[name] = Record(failures: 1, since: time)
    }

    package func succeeded(_ name: String) { records[name] = nil }
}
