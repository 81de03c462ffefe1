import Testing

@testable import Worker

struct RepeatedFailureTests {
    @Test func tellsWhatIsNewAndTheSameOnceAMinute() {
        let start = ContinuousClock.now
        var failure = RepeatedFailure()
        let seen = [("refused", 0), ("refused", 2), ("401", 4), ("401", 6), ("refused", 8), ("refused", 67), ("refused", 68)]
        let told = seen.filter { failure.isNews($0.0, now: start + .seconds($0.1)) }
        #expect(told.map(\.1) == [0, 4, 8, 68])
    }
}
