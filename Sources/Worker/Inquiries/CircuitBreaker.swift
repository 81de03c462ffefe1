/// Whether somebody who failed again and again is asked at all: a pure value, changed by what happens.
///
/// After some failures in a row nobody is asked for a while; then one question goes through, and its outcome decides.
struct CircuitBreaker: Hashable, Sendable {
    static let failuresToOpen = 5
    /// In seconds; each further failure doubles the pause.
    static let shortestPause: Int64 = 5
    static let longestPause: Int64 = 60

    private enum State: Hashable {
        case closed(failures: Int)
        case open(until: Int64, pause: Int64)
        /// One question is on its way.
        case probing(pause: Int64)
    }

    private var state = State.closed(failures: 0)

    var isClosed: Bool { if case .closed = state { true } else { false } }
    /// Nothing speaks against it.
    var isUntouched: Bool { state == .closed(failures: 0) }

    /// True lets one question through; its outcome must be told. `now`: seconds since any moment.
    mutating func mayAsk(now: Int64) -> Bool {
        switch state {
        case .closed: return true
        case .probing: return false
        case .open(let until, let pause):
            guard now >= until else { return false }
            state = .probing(pause: pause)
            return true
        }
    }

    mutating func succeeded() { state = .closed(failures: 0) }

    mutating func failed(now: Int64) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failuresToOpen: state = .closed(failures: failures + 1)
        case .closed: state = .open(until: now + Self.shortestPause, pause: Self.shortestPause)
        case .probing(let pause):
            let longer = min(pause * 2, Self.longestPause)
            state = .open(until: now + longer, pause: longer)
        case .open: break
        }
    }

    /// When it may be asked again; nil when it may be asked now or one question is on its way.
    var closedUntil: Int64? { if case .open(let until, _) = state { until } else { nil } }
}
