import Authenticator
import JSON
import Testing

@testable import Worker

/// What a worker tells of the logins of the last minutes.
struct LoginHistoryTests {
    private typealias Result = DecisionCounters.Result

    private static func counts(
        _ revision: Int64,
        _ provider: String = "idp",
        accepted: Int64 = 0,
        refused: Int64 = 0,
        unknowable: Int64 = 0
    ) -> [(labels: DecisionCounters.Labels, count: Int64)] {
        func entry(_ result: Result, _ reason: Refusal.Reason?, _ count: Int64) -> (DecisionCounters.Labels, Int64) {
            (.init(result: result, reason: reason, provider: ExactString(provider), revision: revision), count)
        }
        return [
            entry(.authenticated, nil, accepted), entry(.refused, .expired, refused),
            entry(.unknowable, .providerUnavailable, unknowable),
        ].filter { $0.1 > 0 }
    }

    private static func lines(_ windows: [LoginWindow]) -> [String] {
        windows.map {
            "\($0.revision) \($0.provider) \($0.accepted)/\($0.refused)/\($0.unknowable) in \($0.seconds) s, last \($0.lastAccepted ?? -1)"
        }
    }

    @Test func countsTheLastFiveMinutes() {
        var history = LoginHistory()
        for time in stride(from: Int64(1_000), through: 2_000, by: 10) {
            history.observe(Self.counts(1, accepted: time - 999, refused: (time - 1_000) / 10), revision: 1, now: time)
        }
        let counts = Self.counts(1, accepted: 1_001, refused: 100)
        #expect(Self.lines(history.windows(counts, now: 2_000)) == ["1 idp 300/30/0 in 300 s, last 2000"])
        #expect(history.windows(counts, now: 2_000).first?.reasons == ["expired": 30])
    }

    @Test func keepsHowTheRevisionBeforeFared() {
        var history = LoginHistory()
        history.observe([], revision: 1, now: 1_000)
        history.observe(Self.counts(1, accepted: 50, refused: 1), revision: 1, now: 1_010)
        history.observe(Self.counts(1, accepted: 60, refused: 2), revision: 2, now: 1_013)
        let after = Self.counts(1, accepted: 60, refused: 2) + Self.counts(2, refused: 7) + Self.counts(2, "", refused: 9)
        #expect(
            Self.lines(history.windows(after, now: 1_015)) == [
                "2  0/9/0 in 2 s, last -1", "2 idp 0/7/0 in 2 s, last -1", "1 idp 60/2/0 in 13 s, last 1013",
            ]
        )
        history.observe(after, revision: 3, now: 1_020)
        // Nobody got in through revision 2, so there is nothing to compare with but revision 1.
        #expect(
            Self.lines(history.windows(after, now: 1_020)) == [
                "2  0/9/0 in 7 s, last -1", "2 idp 0/7/0 in 7 s, last -1", "1 idp 60/2/0 in 13 s, last 1013",
            ]
        )
        history.observe(after + Self.counts(3, accepted: 1), revision: 4, now: 1_030)
        #expect(
            Self.lines(history.windows(after, now: 1_030)) == [
                "3 idp 1/0/0 in 10 s, last 1030", "1 idp 60/2/0 in 13 s, last 1013",
            ]
        )
        history.observe(Self.counts(4, accepted: 100), revision: 5, now: 1_040)
        #expect(Self.lines(history.windows([], now: 1_040)) == ["4 idp 100/0/0 in 10 s, last 1040"])
    }

    /// Of several changes in a row nobody gets to log in much through: what can be compared with stays.
    @Test func severalChangesInARowPushNothingOut() {
        var history = LoginHistory()
        history.observe([], revision: 1, now: 1_000)
        history.observe(Self.counts(1, accepted: 500), revision: 2, now: 1_010)
        let counts = Self.counts(1, accepted: 500) + Self.counts(2, accepted: 5)
        history.observe(counts, revision: 3, now: 1_011)
        history.observe(counts, revision: 4, now: 1_012)
        #expect(Self.lines(history.windows(counts, now: 1_013)) == ["1 idp 500/0/0 in 10 s, last 1010"])
    }

    /// What the process before told is as good as what this one counted.
    @Test func goesOnAfterARestart() throws {
        var before = LoginHistory()
        before.observe([], revision: 7, now: 1_000)
        let told = before.windows(Self.counts(7, accepted: 40, refused: 1), now: 1_010).map(\.value)
        var history = LoginHistory(earlier: told.compactMap(LoginWindow.init))
        history.observe([], revision: 7, now: 1_020)
        history.observe([], revision: 8, now: 1_021)
        #expect(Self.lines(history.windows([], now: 1_022)) == ["7 idp 40/1/0 in 10 s, last -1"])
        #expect(LoginWindow(["provider": 1]) == nil)
    }

    @Test func goesBackAndForthBetweenRevisions() {
        var history = LoginHistory()
        history.observe([], revision: 1, now: 1_000)
        history.observe(Self.counts(1, accepted: 5), revision: 2, now: 1_001)
        history.observe(Self.counts(1, accepted: 5), revision: 1, now: 1_002)
        let counts = Self.counts(1, accepted: 6)
        #expect(Self.lines(history.windows(counts, now: 1_003)).first == "1 idp 1/0/0 in 1 s, last 1001")
    }

    /// A clock that is set back makes the window short, never long or negative.
    @Test func survivesAClockThatIsSetBack() {
        var history = LoginHistory()
        for time in stride(from: Int64(5_000), through: 5_100, by: 10) {
            history.observe(Self.counts(1, accepted: time), revision: 1, now: time)
        }
        history.observe(Self.counts(1, accepted: 5_100), revision: 1, now: 100)
        #expect(
            Self.lines(history.windows(Self.counts(1, accepted: 5_103), now: 105)).first?.hasPrefix("1 idp 3/0/0 in 5 s")
                == true
        )
    }

    @Test func leavesOutTheProvidersWithTheFewestTokens() {
        var history = LoginHistory()
        history.observe([], revision: 1, now: 1)
        let counts = (0..<100).flatMap { Self.counts(1, "p\($0)", accepted: Int64($0) + 1) }
        history.observe(counts, revision: 1, now: 2)
        let windows = history.windows(counts, now: 3)
        #expect(windows.count == LoginHistory.maximumProviders && windows.first?.provider == "p99")
        #expect(windows.map(\.accepted).min() == 37)
    }

    @Test func writesAnEntry() {
        var window = LoginWindow(provider: "idp", revision: 7, seconds: 300, lastAccepted: 0)
        let reasons: [(Refusal.Reason, Int64)] = [(.expired, 4), (.keyUnknown, 1), (.malformed, 2), (.issuerUnknown, 3)]
        for (reason, count) in reasons {
            window.add(.init(result: .refused, reason: reason, provider: ExactString("idp"), revision: 7), count)
        }
        let reasonsShown: JSONValue = [
            ["reason": "expired", "count": 4], ["reason": "issuer_unknown", "count": 3], ["reason": "malformed", "count": 2],
        ]
        #expect(
            window.value == [
                "provider": "idp", "revision": 7, "seconds": 300, "accepted": 0, "refused": 10, "unknowable": 0,
                "reasons": reasonsShown, "lastAcceptedTime": "1970-01-01T00:00:00Z",
            ]
        )
    }
}

/// When a worker reports although nothing has changed.
struct ReportPaceTests {
    @Test func reportsMoreOftenAfterARevisionWasTakenUp() {
        let begin = ContinuousClock.now
        var pace = ReportPace(now: begin)
        var reports: [Int] = []
        for tick in 1...160 {
            let revision: Int64 = tick < 65 ? 1 : 2
            if pace.isDue(revision: revision, now: begin + .milliseconds(200 * tick), isFirstLogin: { tick >= 100 }) {
                reports.append(200 * tick)
            }
        }
        #expect(
            reports == [
                400, 600, 1_000, 1_800, 3_400, 10_000, 13_200, 13_400, 13_800, 14_600, 16_200, 20_000, 30_000,
            ]
        )
    }
}
