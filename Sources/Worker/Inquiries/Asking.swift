import Authenticator
import DequeModule

/// Who is being asked what: answers that are known, questions on their way, questions in line, and those who wait for them.
///
/// A pure state machine: it says what to do and is told what happened. No destination can take more than its share, so one that hangs
/// keeps nobody else from being asked.
struct Asking: Sendable {
    typealias Fingerprint = AnswerCache.Fingerprint
    /// Who waits, by a number of the caller's.
    typealias Waiter = UInt64

    struct Limits: Sendable {
        var runningPerDestination = 16
        var queuedPerDestination = 256
        var running = 256
        var queued = 2048
        var destinations = 1024
        /// Seconds that a question may stay in line.
        var patience: Int64 = 5
    }

    enum Outcome: Sendable {
        case answered(Answer)
        /// The waiter is told when there is an answer; with a question: it is to be asked now.
        case waiting(start: Start?)
    }

    struct Start: Sendable {
        let question: Question
        let fingerprint: Fingerprint
    }

    struct Delivery: Sendable {
        let waiter: Waiter
        let fingerprint: Fingerprint
        let answer: Answer
    }

    struct Effects: Sendable {
        var deliveries: [Delivery] = []
        var starts: [Start] = []
    }

    private struct Flight {
        let question: Question
        let destination: String
        var waiters: [Waiter]
        let since: Int64
    }

    private struct Destination {
        var breaker = CircuitBreaker()
        var running = 0
        var queue: Deque<Fingerprint> = []
        var isIdle: Bool { running == 0 && queue.isEmpty && breaker.isUntouched }
    }

    private let limits: Limits
    private var cache: AnswerCache
    private var flights: [Fingerprint: Flight] = [:]
    private var destinations: [String: Destination] = [:]
    private var running = 0

    init(limits: Limits = Limits(), cache: AnswerCache = AnswerCache()) {
        self.limits = limits
        self.cache = cache
    }

    var runningCount: Int { running }
    var queuedCount: Int { flights.count - running }

    // MARK: - What happens

    mutating func ask(_ question: Question, _ fingerprint: Fingerprint, waiter: Waiter, now: Int64) -> Outcome {
        if let answer = cache.find(fingerprint, now: now) { return .answered(answer) }
        if flights[fingerprint] != nil {
            flights[fingerprint]?.waiters.append(waiter)
            return .waiting(start: nil)
        }
        let name = question.destination
        if destinations[name] == nil, destinations.count >= limits.destinations {
            destinations = destinations.filter { !$0.value.isIdle }
            guard destinations.count < limits.destinations else { return .answered(.none("too many are being asked")) }
        }
        var destination = destinations[name] ?? Destination()
        defer { destinations[name] = destination }
        let mayRun = destination.running < limits.runningPerDestination && running < limits.running
        guard mayRun || (destination.queue.count < limits.queuedPerDestination && queuedCount < limits.queued) else {
            return .answered(.none("too many questions wait for its answers"))
        }
        // A question that only tries whether it works again must not wait in line.
        guard mayRun || destination.breaker.isClosed, destination.breaker.mayAsk(now: now) else {
            return .answered(.none("not asked, for it failed several times in a row"))
        }
        flights[fingerprint] = Flight(question: question, destination: name, waiters: [waiter], since: now)
        guard mayRun else {
            destination.queue.append(fingerprint)
            return .waiting(start: nil)
        }
        destination.running += 1
        running += 1
        return .waiting(start: Start(question: question, fingerprint: fingerprint))
    }

    mutating func finished(_ fingerprint: Fingerprint, _ reply: Reply, now: Int64) -> Effects {
        guard let flight = flights.removeValue(forKey: fingerprint) else { return Effects() }
        running -= 1
        destinations[flight.destination]?.running -= 1
        var effects = Effects()
        effects.deliveries = flight.waiters.map { Delivery(waiter: $0, fingerprint: fingerprint, answer: reply.answer) }
        if reply.answer.isFailure {
            destinations[flight.destination]?.breaker.failed(now: now)
            if destinations[flight.destination]?.breaker.isClosed == false { giveUpQueue(of: flight.destination, &effects) }
        } else {
            destinations[flight.destination]?.breaker.succeeded()
        }
        let use = min(reply.maxAge ?? .max, flight.question.longestUse)
        if use > 0 { cache.add(reply.answer, for: fingerprint, until: now + use) }
        startQueued(&effects)
        return effects
    }

    /// Ends the waiting of those who waited too long, and forgets what is of no use any more.
    mutating func tick(now: Int64) -> Effects {
        var effects = Effects()
        cache.removeExpired(now: now)
        for name in destinations.keys {
            while let first = destinations[name]?.queue.first, let flight = flights[first],
                now - flight.since >= limits.patience
            {
                destinations[name]?.queue.removeFirst()
                giveUp(first, "no turn within \(limits.patience) s", &effects)
            }
        }
        destinations = destinations.filter { !$0.value.isIdle }
        return effects
    }

    /// Ends all waiting. Answers that still come are nobody's.
    mutating func stop() -> Effects {
        var effects = Effects()
        for fingerprint in Array(flights.keys) { giveUp(fingerprint, "the worker stops", &effects) }
        destinations = [:]
        running = 0
        return effects
    }

    // MARK: - Steps

    private mutating func giveUpQueue(of name: String, _ effects: inout Effects) {
        let queue = destinations[name]?.queue ?? []
        destinations[name]?.queue = []
        for fingerprint in queue { giveUp(fingerprint, "not asked, for it failed several times in a row", &effects) }
    }

    private mutating func giveUp(_ fingerprint: Fingerprint, _ why: String, _ effects: inout Effects) {
        guard let flight = flights.removeValue(forKey: fingerprint) else { return }
        effects.deliveries += flight.waiters.map { Delivery(waiter: $0, fingerprint: fingerprint, answer: .none(why)) }
    }

    private mutating func startQueued(_ effects: inout Effects) {
        for name in destinations.keys where destinations[name]?.queue.isEmpty == false {
            while running < limits.running, let destination = destinations[name],
                destination.running < limits.runningPerDestination, let first = destination.queue.first
            {
                destinations[name]?.queue.removeFirst()
                guard let flight = flights[first] else { continue }
                destinations[name]?.running += 1
                running += 1
                effects.starts.append(Start(question: flight.question, fingerprint: first))
            }
        }
    }
}

extension Answer {
    /// It says nothing about the question, only that the asked one is in trouble.
    fileprivate var isFailure: Bool {
        switch self {
        case .none: true
        case .status(let status): status >= 500 || status == 429
        case .body: false
        }
    }
}
