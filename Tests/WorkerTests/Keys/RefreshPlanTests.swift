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
        plan.started()
        #expect(!plan.isDue(now: 5000))
        plan.succeeded(maxAge: c.maxAge, jitter: 1, now: 1000)
        #expect(!plan.isDue(now: 1000 + c.next - 1))
        #expect(plan.isDue(now: 1000 + c.next))
    }

    @Test func waitsLongerAfterEachFailure() {
        var plan = RefreshPlan(fetchedAt: 0, now: 0)
        var pauses: [Int64] = []
        for _ in 0..<8 {
            plan.started()
            plan.failed("no", now: 0)
            pauses.append(plan.nextAt)
        }
        #expect(pauses == [2, 4, 8, 16, 32, 60, 60, 60])
        #expect(plan.lastFailure == "no")
        plan.succeeded(maxAge: nil, jitter: 1, now: 0)
        #expect(plan.lastFailure == nil)
    }

    @Test func asksEarlyOncePerCoolDown() {
        var plan = RefreshPlan(fetchedAt: 0, now: 0)
        plan.succeeded(maxAge: 900, jitter: 1, now: 0)
        plan.sawUnknownKey(now: 10)
        #expect(plan.isDue(now: 10))
        plan.started()
        plan.succeeded(maxAge: 900, jitter: 1, now: 10)
        plan.sawUnknownKey(now: 39)
        #expect(!plan.isDue(now: 39))
        plan.sawUnknownKey(now: 40)
        #expect(plan.isDue(now: 40))
    }

    @Test func startsAtOnceOnlyWithoutFreshKeys() {
        #expect(RefreshPlan(fetchedAt: 0, now: 50).isDue(now: 50))
        #expect(!RefreshPlan(fetchedAt: 40, now: 50).isDue(now: 50))
        #expect(RefreshPlan(fetchedAt: 40, now: 4000).isDue(now: 4000))
    }
}
