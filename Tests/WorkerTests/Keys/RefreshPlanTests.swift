import Testing

@testable import Worker

struct RefreshPlanTests {
    struct Age: CustomTestStringConvertible, Sendable {
        let maxAge: Int64?
        let next: Int64
        var testDescription: String { maxAge.map(String.init) ?? "nothing said" }
    }

    static let ages = [
        Age(maxAge: nil, next: 300), Age(maxAge: 0, next: 60), Age(maxAge: 120, next: 120), Age(maxAge: 900, next: 900),
        Age(maxAge: .max, next: 900), Age(maxAge: -5, next: 60),
    ]

    @Test(arguments: ages)
    func asksAgainWithinBounds(_ c: Age) {
        var plan = RefreshPlan(fetchedAt: 0, now: 1000)
        #expect(plan.isDue(now: 1000))
        plan.started(now: 1000)
        #expect(!plan.isDue(now: 5000))
        plan.succeeded(maxAge: c.maxAge, jitter: 1, now: 1000)
        #expect(!plan.isDue(now: 1000 + c.next - 1))
        #expect(plan.isDue(now: 1000 + c.next))
    }

    @Test func jitterOnlyShortens() {
        var plan = RefreshPlan(fetchedAt: 0, now: 0)
        plan.succeeded(maxAge: 900, jitter: 0.8, now: 0)
        #expect(plan.dueAt == 720)
        #expect(RefreshPlan(fetchedAt: 1000, jitter: 0.8, now: 1000).dueAt == 1240)
    }

    @Test func waitsLongerAfterEachFailure() {
        var plan = RefreshPlan(fetchedAt: 0, now: 0)
        var pauses: [Int64?] = []
        for _ in 0..<8 {
            plan.started(now: 0)
            plan.failed("no", now: 0)
            pauses.append(plan.dueAt)
        }
        #expect(pauses == [2, 4, 8, 16, 32, 60, 60, 60])
        #expect(plan.lastFailure == "no")
        #expect(plan.isFailing)
        plan.succeeded(maxAge: nil, jitter: 1, now: 0)
        #expect(plan.lastFailure == nil)
        #expect(!plan.isFailing)
    }

    // MARK: Early refreshes

    private static func fresh(now: Int64) -> RefreshPlan {
        var plan = RefreshPlan(fetchedAt: 0, now: now)
        plan.started(now: now)
        plan.succeeded(maxAge: 900, jitter: 1, now: now)
        return plan
    }

    @Test func asksEarlyOncePerCoolDown() {
        var plan = Self.fresh(now: 0)
        plan.sawUnknownKey(now: 10)
        #expect(plan.isDue(now: 10))
        plan.started(now: 10)
        plan.succeeded(maxAge: 900, jitter: 1, now: 11)
        plan.sawUnknownKey(now: 12)
        #expect(!plan.isDue(now: 39))
        // The one word is enough: it is not forgotten, and nothing puts it off.
        plan.sawUnknownKey(now: 38)
        #expect(plan.isDue(now: 40))
    }

    @Test func whatShowsUpDuringAFetchIsLookedForAfterIt() {
        var plan = Self.fresh(now: 0)
        plan.started(now: 10)
        plan.sawUnknownKey(now: 11)
        plan.succeeded(maxAge: 900, jitter: 1, now: 12)
        #expect(plan.isDue(now: 12))
    }

    @Test func anEarlyRefreshThatFailsHasACoolDownToo() {
        var plan = Self.fresh(now: 0)
        for _ in 0..<6 {
            plan.started(now: 0)
            plan.failed("no", now: 0)
        }
        plan.sawUnknownKey(now: 1)
        plan.started(now: 1)
        plan.failed("no", now: 1)
        plan.sawUnknownKey(now: 2)
        #expect(plan.dueAt == 31)
    }

    // MARK: Clocks

    @Test func startsAtOnceOnlyWithoutFreshKeys() {
        #expect(RefreshPlan(fetchedAt: 0, now: 50).isDue(now: 50))
        #expect(!RefreshPlan(fetchedAt: 40, now: 50).isDue(now: 50))
        #expect(RefreshPlan(fetchedAt: 40, now: 4000).isDue(now: 4000))
    }

    @Test(arguments: [51, 1_000_000, Int64.max, Int64.min])
    func keysOfAnotherClockAreFetchedAtOnce(fetchedAt: Int64) {
        #expect(RefreshPlan(fetchedAt: fetchedAt, now: 50).isDue(now: 50))
    }

    @Test func aClockThatIsSetBackPutsNothingOff() {
        var plan = Self.fresh(now: 100_000)
        plan.sawUnknownKey(now: 100_000)
        plan.started(now: 100_000)
        plan.succeeded(maxAge: 900, jitter: 1, now: 100_000)
        plan.sawUnknownKey(now: 100_000)
        plan.clockWentBack(by: 90_000)
        #expect(plan.dueAt == 10_030)
    }
}
