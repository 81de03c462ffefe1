import Synchronization

/// What requests leave for the loop to write down. Never more than a use and two times for each certificate.
///
/// Thousands of requests a second may pass here: all but one a minute leave nothing.
final class BreakGlassReports: Sendable {
    struct Use: Hashable {
        let use: CertificateUse
        let time: Int64
        /// Whether an event shall tell of it.
        let isLoud: Bool
    }

    private struct Noted {
        var time: Int64
        var eventTime: Int64
    }

    private struct State {
        var noted: [String: Noted] = [:]
        var uses: [String: Use] = [:]
        var test: BreakGlassTest?
    }

    /// A use is noted this many seconds after the one that was noted before.
    static let interval: Int64 = 60
    static let eventInterval: Int64 = 3600
    /// Certificates that are remembered. There are hardly more than a handful.
    static let limit = 1_000

    private let state = Mutex(State())
    private let bell: Bell

    init(_ bell: Bell) { self.bell = bell }

    func record(_ use: CertificateUse, at time: Int64) {
        // By number: one that is issued anew under the same name is another certificate.
        let isNew = state.withLock { state in
            let noted = state.noted[use.serialNumber]
            // A clock that was set back must not silence anything.
            if let noted, (0..<Self.interval).contains(time - noted.time) { return false }
            let isLoud = noted.map { !(0..<Self.eventInterval).contains(time - $0.eventTime) } ?? true
            if state.noted.count >= Self.limit { state.noted.removeAll() }
            state.noted[use.serialNumber] = Noted(time: time, eventTime: isLoud ? time : noted?.eventTime ?? time)
            guard state.uses[use.serialNumber] != nil || state.uses.count < Self.limit else { return false }
            let wasLoud = state.uses[use.serialNumber]?.isLoud ?? false
            state.uses[use.serialNumber] = Use(use: use, time: time, isLoud: isLoud || wasLoud)
            return true
        }
        if isNew { bell.ring() }
    }

    func record(_ test: BreakGlassTest) {
        state.withLock { $0.test = test }
        bell.ring()
    }

    /// What is to be written down next; it stays until `done` says so.
    var next: (use: Use?, test: BreakGlassTest?) { state.withLock { ($0.uses.values.first, $0.test) } }

    func done(_ use: Use) {
        state.withLock { state in
            if state.uses[use.use.serialNumber] == use { state.uses[use.use.serialNumber] = nil }
        }
    }

    func done(_ test: BreakGlassTest) {
        state.withLock { if $0.test == test { $0.test = nil } }
    }
}
