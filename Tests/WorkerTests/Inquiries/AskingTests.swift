import JSON
import Snapshot
import Testing

@testable import Authenticator
@testable import Worker

/// Who is asked what, step by step, with a clock of numbers.
struct AskingTests {
    static func question(_ path: String, at host: String = "a.example", maxWaiters: Int = 0) -> Question {
        .keySet(.init(issuerURL: "https://\(host)/\(path)", certificateAuthority: nil, provider: "idp"))
    }

    /// The machine and the world around it.
    struct World {
        var asking: Asking
        var delivered: [UInt64: Answer] = [:]
        /// On their way, in the order in which they were started.
        var started: [Asking.Start] = []
        var now: Int64 = 0
        private var waiter: UInt64 = 0
        private let key = Question.fingerprintKey()

        init(_ limits: Asking.Limits = .init(), cache: AnswerCache = AnswerCache()) {
            asking = Asking(limits: limits, cache: cache)
        }

        @discardableResult
        mutating func ask(_ question: Question) -> UInt64 {
            waiter += 1
            switch asking.ask(question, question.fingerprint(key), waiter: waiter, now: now) {
            case .answered(let answer): delivered[waiter] = answer
            case .waiting(let start): if let start { started.append(start) }
            }
            return waiter
        }

        mutating func finish(_ index: Int = 0, _ answer: Answer = .body([1]), maxAge: Int64? = nil) {
            let start = started.remove(at: index)
            apply(asking.finished(start.fingerprint, Reply(answer, maxAge: maxAge), now: now))
        }

        mutating func tick() { apply(asking.tick(now: now)) }
        mutating func stop() { apply(asking.stop()) }

        private mutating func apply(_ effects: Asking.Effects) {
            started += effects.starts
            for delivery in effects.deliveries { delivered[delivery.waiter] = delivery.answer }
        }
    }

    @Test func oneQuestionIsAskedOnceForAllWhoWait() {
        var world = World()
        let waiters = (0..<5).map { _ in world.ask(Self.question("x")) }
        #expect(world.started.count == 1)
        world.finish()
        #expect(waiters.allSatisfy { world.delivered[$0] == .body([1]) })
    }

    @Test func anAnswerIsUsedForAsLongAsItMayBeAndNoLonger() {
        var world = World()
        for (maxAge, use) in [(nil, 60), (10, 10), (3600, 60), (0, 0)] as [(Int64?, Int64)] {
            let question = Self.question("\(use)-\(maxAge ?? -1)")
            world.ask(question)
            world.finish(maxAge: maxAge)
            let asked = world.now
            if use > 0 {
                world.now = asked + use - 1
                #expect(world.delivered[world.ask(question)] == .body([1]))
            }
            world.now = asked + use
            world.ask(question)
            #expect(world.started.count == 1)
            world.finish()
            world.now += 1000
        }
    }

    @Test(arguments: [Answer.none("timed out"), .status(500), .status(404)])
    func onlyGoodAnswersAreKept(_ answer: Answer) {
        var world = World()
        world.ask(Self.question("x"))
        world.finish(0, answer)
        world.ask(Self.question("x"))
        #expect(world.started.count == 1)
    }

    @Test func aHangingDestinationTakesNoMoreThanItsShare() {
        var world = World(.init(runningPerDestination: 2, queuedPerDestination: 3, running: 4, queued: 10))
        let waiters = (0..<6).map { world.ask(Self.question("\($0)", at: "hangs.example")) }
        #expect(world.started.count == 2)
        #expect(world.delivered.keys.sorted() == [waiters[5]])
        let other = world.ask(Self.question("x", at: "works.example"))
        #expect(world.started.count == 3)
        world.finish(2)
        #expect(world.delivered[other] == .body([1]))
    }

    @Test func whoWaitsInLineComesNext() {
        var world = World(.init(runningPerDestination: 1))
        let waiters = (0..<3).map { world.ask(Self.question("\($0)")) }
        for _ in 0..<3 {
            #expect(world.started.count == 1)
            world.finish()
        }
        #expect(waiters.allSatisfy { world.delivered[$0] == .body([1]) })
        #expect(world.asking.runningCount == 0)
        #expect(world.asking.queuedCount == 0)
    }

    @Test func nobodyWaitsInLineForEver() {
        var world = World(.init(runningPerDestination: 1, patience: 5))
        world.ask(Self.question("hangs"))
        let waiter = world.ask(Self.question("in line"))
        world.now = 4
        world.tick()
        #expect(world.delivered[waiter] == nil)
        world.now = 5
        world.tick()
        #expect(world.delivered[waiter] == .none("no turn within 5 s"))
    }

    @Test func afterFailuresNobodyIsAskedForAWhileAndThenOneIs() {
        var world = World()
        for index in 0..<CircuitBreaker.failuresToOpen {
            world.ask(Self.question("\(index)"))
            world.finish(0, .status(503))
        }
        let refused = world.ask(Self.question("x"))
        #expect(world.started.isEmpty)
        #expect(world.delivered[refused] == .none("not asked, for it failed several times in a row"))
        world.ask(Self.question("y", at: "works.example"))
        #expect(world.started.count == 1)
        world.finish()

        world.now += CircuitBreaker.shortestPause
        world.ask(Self.question("probe"))
        world.ask(Self.question("second"))
        #expect(world.started.map(\.question) == [Self.question("probe")])
        world.finish(0, .none("still hangs"))
        world.now += CircuitBreaker.shortestPause
        world.ask(Self.question("too early"))
        #expect(world.started.isEmpty)
        world.now += CircuitBreaker.shortestPause
        world.ask(Self.question("probe"))
        world.finish(0, .status(404))
        world.ask(Self.question("a"))
        world.ask(Self.question("b"))
        #expect(world.started.count == 2)
    }

    @Test func whenItOpensWhoWaitsInLineIsToldAtOnce() {
        var world = World(.init(runningPerDestination: CircuitBreaker.failuresToOpen))
        let waiters = (0..<CircuitBreaker.failuresToOpen + 2).map { world.ask(Self.question("\($0)")) }
        for _ in 0..<CircuitBreaker.failuresToOpen - 1 {
            world.finish(0, .none("x"))
        }
        while !world.started.isEmpty { world.finish(0, .none("x")) }
        #expect(waiters.allSatisfy { world.delivered[$0] != nil })
        #expect(world.asking.queuedCount == 0)
    }

    @Test(arguments: [
        (Answer.status(500), true), (.status(429), true), (.none("x"), true), (.status(404), false), (.body([]), false),
    ])
    func opensAfterAnswersOfSomebodyInTrouble(answer: Answer, isTrouble: Bool) {
        var world = World()
        for number in 0..<CircuitBreaker.failuresToOpen {
            world.ask(Self.question("\(number)"))
            world.finish(0, answer)
        }
        world.ask(Self.question("last"))
        #expect(world.started.isEmpty == isTrouble)
    }

    @Test func stoppingTellsEverybody() {
        var world = World(.init(runningPerDestination: 1))
        let waiters = (0..<3).map { world.ask(Self.question("\($0)")) }
        world.stop()
        #expect(waiters.allSatisfy { world.delivered[$0] == .none("the worker stops") })
        world.finish()
        #expect(world.delivered.values.allSatisfy { $0 == .none("the worker stops") })
    }

    @Test func destinationsAreBounded() {
        var world = World(.init(destinations: 2))
        for host in ["a", "b", "c"] { world.ask(Self.question("x", at: host)) }
        #expect(world.started.count == 2)
        world.finish()
        world.ask(Self.question("x", at: "c"))
        #expect(world.started.count == 2)
    }

    @Test func theCacheIsBoundedInEntriesAndBytes() {
        var cache = AnswerCache(maximumEntries: 3, maximumBytes: 10)
        for index in 0..<5 { cache.add(.body([UInt8(index)]), for: [UInt8(index)], until: 100) }
        #expect(cache.count == 3)
        #expect(cache.find([1], now: 0) == nil)
        #expect(cache.find([4], now: 0) == .body([4]))
        cache.add(.body([UInt8](repeating: 0, count: 9)), for: [9], until: 100)
        #expect(cache.count == 2)
        cache.add(.body([UInt8](repeating: 0, count: 11)), for: [10], until: 100)
        #expect(cache.find([10], now: 0) == nil)
        for _ in 0..<1000 { cache.add(.body([1]), for: [1], until: 50) }
        cache.removeExpired(now: 100)
        #expect(cache.count == 0)
    }

    /// Whatever happens in whatever order: nobody is forgotten, and no bound is exceeded.
    @Test(arguments: 0..<50)
    func everybodyIsAnsweredOnceInTheEnd(_ seed: UInt64) {
        var random = SeededNumbers(seed)
        let limits = Asking.Limits(runningPerDestination: 2, queuedPerDestination: 3, running: 3, queued: 6, destinations: 4)
        var world = World(limits)
        var waiters: [UInt64] = []
        for _ in 0..<400 {
            switch random.next(5) {
            case 0, 1: waiters.append(world.ask(Self.question("\(random.next(6))", at: "h\(random.next(5)).example")))
            case 2 where !world.started.isEmpty:
                let answers: [Answer] = [.body([1]), .status(500), .none("x"), .status(404)]
                world.finish(random.next(world.started.count), answers[random.next(4)], maxAge: Int64(random.next(3)))
            case 3:
                world.now += Int64(random.next(4))
                world.tick()
            default: break
            }
            #expect(world.asking.runningCount == world.started.count)
            #expect(world.asking.runningCount <= limits.running && world.asking.queuedCount <= limits.queued)
        }
        while !world.started.isEmpty { world.finish() }
        world.stop()
        #expect(waiters.allSatisfy { world.delivered[$0] != nil })
    }
}

/// The same numbers in every run.
private struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
