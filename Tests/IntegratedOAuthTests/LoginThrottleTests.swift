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
        for _ in 0..<5 {
            #expect(await throttle.mayTry("bob"))
            await throttle.failed("bob")
        }
        #expect(await !throttle.mayTry("bob"))
        #expect(await throttle.mayTry("alice"))
        clock.advance(30)
        #expect(await throttle.mayTry("bob"))
    }

    @Test func aSuccessForgetsTheFailures() async {
        let clock = TestClock()
        let throttle = LoginThrottle { clock.now }
        for _ in 0..<5 { await throttle.failed("bob") }
        await throttle.succeeded("bob")
        #expect(await throttle.mayTry("bob"))
    }

    @Test func remembersABoundedNumberOfNames() async {
        let throttle = LoginThrottle { 1_000 }
        for _ in 0..<5 { await throttle.failed("first") }
        for number in 0..<2 * LoginThrottle.generationSize { await throttle.failed("name-\(number)") }
        #expect(await throttle.mayTry("first"))
    }
}
