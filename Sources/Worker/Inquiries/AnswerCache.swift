import Authenticator
import DequeModule

/// Good answers, each for a short time, and only so many of them and so many bytes. A pure value.
///
/// It knows questions by their fingerprints, so it holds no token.
struct AnswerCache: Sendable {
    typealias Fingerprint = [UInt8]

    private struct Entry {
        let answer: Answer
        let size: Int
        let goodUntil: Int64
        let number: UInt64
    }

    let maximumEntries: Int
    let maximumBytes: Int
    private var entries: [Fingerprint: Entry] = [:]
    /// In the order in which they came; what was replaced since is passed over.
    private var order: Deque<(Fingerprint, UInt64)> = []
    private var bytes = 0
    private var next: UInt64 = 0

    init(maximumEntries: Int = 10_000, maximumBytes: Int = 32 << 20) {
        self.maximumEntries = maximumEntries
        self.maximumBytes = maximumBytes
    }

    var count: Int { entries.count }

    func find(_ fingerprint: Fingerprint, now: Int64) -> Answer? {
        guard let entry = entries[fingerprint], now < entry.goodUntil else { return nil }
        return entry.answer
    }

    mutating func add(_ answer: Answer, for fingerprint: Fingerprint, until goodUntil: Int64) {
        guard case .body(let body) = answer, body.count <= maximumBytes else { return }
        remove(fingerprint)
        next += 1
        entries[fingerprint] = Entry(answer: answer, size: body.count, goodUntil: goodUntil, number: next)
        order.append((fingerprint, next))
        bytes += body.count
        while entries.count > maximumEntries || bytes > maximumBytes || order.count > 2 * maximumEntries { dropOldest() }
    }

    mutating func removeExpired(now: Int64) {
        // All kinds of answers live about as long, so the oldest are the first to go.
        while let (fingerprint, number) = order.first {
            if let entry = entries[fingerprint], entry.number == number, now < entry.goodUntil { return }
            dropOldest()
        }
    }

    private mutating func dropOldest() {
        guard let (fingerprint, number) = order.popFirst() else { return }
        if entries[fingerprint]?.number == number { remove(fingerprint) }
    }

    private mutating func remove(_ fingerprint: Fingerprint) {
        if let old = entries.removeValue(forKey: fingerprint) { bytes -= old.size }
    }
}
