import JSON
import Snapshot

/// Whose keys are fetched next: the plans of all issuers of one snapshot, and the line of those whose time has come.
///
/// A pure value. A look at the clock goes through all plans once; taking the next one out of the line costs the same however
/// many issuers there are.
struct RefreshSchedule: Sendable {
    /// How many fetches go on at the same time. A provider that hangs holds one place until its deadline.
    static let places = 64
    /// How many of these may go to issuers whose last attempt failed: the others always find room.
    static let placesAfterFailure = 32

    /// An issuer whose turn it is. What becomes of it counts only as long as the issuer's plan is still the same one.
    struct Ticket: Sendable {
        let issuer: Issuer
        let revision: Int64
        fileprivate let number: UInt64
        fileprivate let isAfterFailure: Bool
    }

    private struct Entry: Sendable {
        let issuer: Issuer
        var plan: RefreshPlan
        var isInLine = false
        /// Of the fetch that goes on.
        var number: UInt64 = 0
    }

    /// Of the snapshot that is planned for; 0: none yet.
    private(set) var revision: Int64 = 0
    private var entries: [Entry] = []
    private var indices: [ExactString: Int] = [:]
    private var line = Line()
    private var lineAfterFailure = Line()
    private var inFlight = 0
    private var inFlightAfterFailure = 0
    private var lastNumber: UInt64 = 0
    private var time: Int64 = .min

    // MARK: - What there is to fetch

    /// Plans for the issuers of another snapshot. Plans of issuers that are looked up at the same place stay as they are.
    ///
    /// - Parameters:
    ///   - fetchedAt: when the keys at hand of an issuer were fetched; 0: there are none.
    ///   - jitter: for each issuer, 0.8 to 1.0.
    mutating func plan(
        _ snapshot: WorkerSnapshot,
        fetchedAt: (Issuer) -> Int64,
        jitter: () -> Double,
        now: Int64
    ) {
        let before = self
        revision = snapshot.revision
        entries = []
        indices = [:]
        line = Line()
        lineAfterFailure = Line()
        // Keys that the configuration itself holds are nobody's to fetch.
        for issuer in snapshot.issuers where issuer.staticKeys == nil {
            let name = ExactString(issuer.issuerURL)
            guard indices[name] == nil else { continue }
            let old = before.indices[name].map { before.entries[$0] }
            var entry: Entry
            if let old, old.issuer.hasSameSource(as: issuer) {
                entry = Entry(issuer: issuer, plan: old.plan, number: old.number)
            } else {
                entry = Entry(issuer: issuer, plan: RefreshPlan(fetchedAt: fetchedAt(issuer), jitter: jitter(), now: now))
            }
            entry.isInLine = false
            indices[name] = entries.count
            entries.append(entry)
        }
    }

    /// Puts everybody whose time has come into the line, the longest due first.
    mutating func lookAtClock(now: Int64) {
        if now < time { for index in entries.indices { entries[index].plan.clockWentBack(by: time - now) } }
        time = now
        var due: [(at: Int64, index: Int)] = []
        for index in entries.indices where !entries[index].isInLine {
            if let at = entries[index].plan.dueAt, at <= now { due.append((at, index)) }
        }
        for (_, index) in due.sorted(by: { ($0.at, $0.index) < ($1.at, $1.index) }) {
            entries[index].isInLine = true
            if entries[index].plan.isFailing { lineAfterFailure.append(index) } else { line.append(index) }
        }
    }

    mutating func sawUnknownKey(_ issuerURL: String, now: Int64) {
        guard let index = indices[ExactString(issuerURL)] else { return }
        entries[index].plan.sawUnknownKey(now: now)
    }

    // MARK: - Fetches

    /// How many fetches could begin now.
    var room: Int {
        min(Self.places - inFlight, line.count + min(lineAfterFailure.count, Self.placesAfterFailure - inFlightAfterFailure))
    }

    /// The next one in the line, if there is a place; it counts as being fetched from now on.
    mutating func next(now: Int64) -> Ticket? {
        guard inFlight < Self.places else { return nil }
        let isAfterFailure = line.count == 0
        guard !isAfterFailure || inFlightAfterFailure < Self.placesAfterFailure,
            let index = isAfterFailure ? lineAfterFailure.popFirst() : line.popFirst()
        else { return nil }
        inFlight += 1
        if isAfterFailure { inFlightAfterFailure += 1 }
        lastNumber += 1
        entries[index].isInLine = false
        entries[index].number = lastNumber
        entries[index].plan.started(now: now)
        return Ticket(
            issuer: entries[index].issuer,
            revision: revision,
            number: lastNumber,
            isAfterFailure: isAfterFailure
        )
    }

    mutating func succeeded(_ ticket: Ticket, maxAge: Int64?, jitter: Double, now: Int64) {
        finish(ticket) { $0.succeeded(maxAge: maxAge, jitter: jitter, now: now) }
    }

    mutating func failed(_ ticket: Ticket, _ why: String, now: Int64) {
        finish(ticket) { $0.failed(why, now: now) }
    }

    private mutating func finish(_ ticket: Ticket, _ change: (inout RefreshPlan) -> Void) {
        inFlight -= 1
        if ticket.isAfterFailure { inFlightAfterFailure -= 1 }
        guard let index = indices[ExactString(ticket.issuer.issuerURL)], entries[index].number == ticket.number else { return }
        change(&entries[index].plan)
    }

    /// Seconds since 1970.
    func lastFailureTime(of issuerURL: String) -> Int64? {
        indices[ExactString(issuerURL)].flatMap { entries[$0].plan.lastFailedAt }
    }

    func lastFailure(of issuerURL: String) -> String? {
        indices[ExactString(issuerURL)].flatMap { entries[$0].plan.lastFailure }
    }

    /// First in, first out.
    private struct Line: Sendable {
        private var indices: [Int] = []
        private var head = 0

        var count: Int { indices.count - head }

        mutating func append(_ index: Int) { indices.append(index) }

        mutating func popFirst() -> Int? {
            guard head < indices.count else { return nil }
            let first = indices[head]
            head += 1
            if head > 1024, head * 2 > indices.count {
                indices.removeFirst(head)
                head = 0
            }
            return first
        }
    }
}
