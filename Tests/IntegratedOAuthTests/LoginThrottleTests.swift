import Synchronization
import Testing

@testable import IntegratedOAuth

struct LoginThrottleTests {
    private final class TestClock: Sendable {
        let seconds = Mutex<Int64>(1_000)
        func advance(_ by: Int64) { seconds.withLock { $0 += by } }
        var now: Int64 { seconds.withLock { $0 } }
    }

    @Test func holdsANameBackAfterFiveFailuresAndForgetsAfterTheWindow() async {
        let clock = TestClock()
        let throttle = LoginThrottle { clock.now }
        for _ in 0..<5 { #expect(await throttle.begin("bob")) }
        #expect(await !throttle.begin("bob"))
        #expect(await throttle.begin("alice"))
        clock.advance(30)
        #expect(await throttle.begin("bob"))
    }

    @Test func aSuccessForgetsTheFailures() async {
        let clock = TestClock()
        let throttle = LoginThrottle { clock.now }
        for _ in 0..<5 { _ = await throttle.begin("bob") }
        await throttle.succeeded("bob")
        #expect(await throttle.begin("bob"))
    }

    /// None of them has failed yet.
    @Test func manyGuessesAtOnceDoNotPass() async {
        let throttle = LoginThrottle { 1_000 }
        let admitted = await withTaskGroup { group in
            for _ in 0..<100 { group.addTask { await throttle.begin("bob") } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(admitted == LoginThrottle.freeFailures)
    }

    @Test func remembersABoundedNumberOfNames() async {
        let throttle = LoginThrottle { 1_000 }
        for _ in 0..<5 { _ = await throttle.begin("first") }
        for number in 0..<2 * LoginThrottle.generationSize { _ = await throttle.begin("name-\(number)") }
        #expect(await throttle.begin("first"))
    }
}
