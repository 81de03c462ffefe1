import Snapshot
import Testing

@testable import Worker

/// Whose keys are fetched when, by a clock that only the tests move.
struct RefreshScheduleTests {
    static func snapshot(_ count: Int, revision: Int64 = 1, _ change: (inout [Issuer]) -> Void = { _ in }) -> WorkerSnapshot {
        var issuers = (0..<count).map { number in
            Issuer(
                name: "idp-\(number)",
                issuerURL: "https://idp.example/\(number)",
                audiences: ["a"],
                claimMappings: ClaimMappings(username: .claim("sub", prefix: ""))
            )
        }
        change(&issuers)
        return WorkerSnapshot(revision: revision, mode: .oidc, issuers: issuers)
    }

    static func schedule(_ snapshot: WorkerSnapshot, now: Int64 = 0) -> RefreshSchedule {
        var schedule = RefreshSchedule()
        schedule.plan(snapshot, fetchedAt: { _ in 0 }, jitter: { 1 }, now: now)
        schedule.lookAtClock(now: now)
        return schedule
    }

    private static func all(_ schedule: inout RefreshSchedule, now: Int64) -> [RefreshSchedule.Ticket] {
        var tickets: [RefreshSchedule.Ticket] = []
        while let ticket = schedule.next(now: now) { tickets.append(ticket) }
        return tickets
    }

    private static func first(_ schedule: inout RefreshSchedule, now: Int64) throws -> RefreshSchedule.Ticket {
        let ticket = schedule.next(now: now)
        return try #require(ticket)
    }

    @Test func noMoreThanThePlacesGoOnAtOnce() {
        var schedule = Self.schedule(Self.snapshot(10_000))
        #expect(schedule.room == 64)
        var tickets = Self.all(&schedule, now: 0)
        #expect(tickets.count == 64)
        #expect(schedule.room == 0)
        var order: [String] = []
        while let ticket = tickets.first {
            tickets.removeFirst()
            order.append(ticket.issuer.name)
            schedule.succeeded(ticket, maxAge: nil, jitter: 1, now: 1)
            tickets += Self.all(&schedule, now: 1)
            #expect(tickets.count <= 64)
        }
        #expect(order == (0..<10_000).map { "idp-\($0)" })
        schedule.lookAtClock(now: 300)
        #expect(schedule.room == 0)
        schedule.lookAtClock(now: 301)
        #expect(schedule.room == 64)
    }

    @Test func oneIssuerIsFetchedOnceAtATime() {
        var schedule = Self.schedule(Self.snapshot(1))
        let ticket = schedule.next(now: 0)
        #expect(ticket != nil)
        schedule.sawUnknownKey("https://idp.example/0", now: 5000)
        schedule.lookAtClock(now: 5000)
        #expect(schedule.room == 0)
    }

    @Test func theLongestDueIsFirst() throws {
        var schedule = Self.schedule(Self.snapshot(3))
        let ages: [Int64] = [90, 60, 70]
        for (ticket, age) in zip(Self.all(&schedule, now: 0), ages) {
            schedule.succeeded(ticket, maxAge: age, jitter: 1, now: 0)
        }
        schedule.lookAtClock(now: 100)
        #expect(Self.all(&schedule, now: 100).map(\.issuer.name) == ["idp-1", "idp-2", "idp-0"])
    }

    /// A hundred providers that hang hold at most half of the places; whoever answers does not wait for them.
    @Test func thoseThatFailLeaveRoom() {
        var schedule = Self.schedule(Self.snapshot(200))
        var tickets = Self.all(&schedule, now: 0)
        while let ticket = tickets.popLast() {
            if ticket.issuer.name.utf8.count == "idp-1xx".utf8.count {
                schedule.failed(ticket, "hangs", now: 5)
            } else {
                schedule.succeeded(ticket, maxAge: 60, jitter: 1, now: 5)
            }
            tickets += Self.all(&schedule, now: 5)
        }
        schedule.lookAtClock(now: 10)
        let hanging = Self.all(&schedule, now: 10)
        #expect(hanging.count == 32)
        schedule.lookAtClock(now: 65)
        let good = Self.all(&schedule, now: 65)
        #expect(good.count == 32)
        #expect(good.allSatisfy { $0.issuer.name.utf8.count < "idp-1xx".utf8.count })
    }

    // MARK: Another snapshot

    @Test func plansOutliveASnapshotThatLooksAtTheSamePlaces() throws {
        var schedule = Self.schedule(Self.snapshot(2))
        let tickets = Self.all(&schedule, now: 0)
        schedule.succeeded(tickets[0], maxAge: 600, jitter: 1, now: 0)
        schedule.plan(Self.snapshot(2, revision: 2), fetchedAt: { _ in 0 }, jitter: { 1 }, now: 10)
        schedule.lookAtClock(now: 10)
        // The one is fresh, the other is being fetched still.
        #expect(schedule.room == 0)
        schedule.failed(tickets[1], "no", now: 11)
        #expect(schedule.lastFailure(of: "https://idp.example/1") == "no")
    }

    @Test func whatBecomesOfAnIssuerThatMovedDoesNotCount() throws {
        var schedule = Self.schedule(Self.snapshot(1))
        let old = try Self.first(&schedule, now: 0)
        schedule.plan(
            Self.snapshot(1, revision: 2) { $0[0].discoveryURL = "https://other.example" },
            fetchedAt: { _ in 0 },
            jitter: { 1 },
            now: 1
        )
        schedule.lookAtClock(now: 1)
        let new = try Self.first(&schedule, now: 1)
        schedule.failed(old, "too late", now: 2)
        #expect(schedule.lastFailure(of: new.issuer.issuerURL) == nil)
        schedule.succeeded(new, maxAge: nil, jitter: 1, now: 2)
        #expect(schedule.room == 0)
    }

    @Test func staticKeysAreNobodysToFetch() {
        var schedule = Self.schedule(Self.snapshot(2) { $0[0].staticKeys = "{}" })
        #expect(Self.all(&schedule, now: 0).map(\.issuer.name) == ["idp-1"])
    }

    @Test func aClockThatIsSetBackPutsNothingOff() {
        var schedule = Self.schedule(Self.snapshot(1), now: 1_000_000)
        for ticket in Self.all(&schedule, now: 1_000_000) {
            schedule.succeeded(ticket, maxAge: 900, jitter: 1, now: 1_000_000)
        }
        schedule.lookAtClock(now: 500)
        #expect(schedule.room == 0)
        schedule.lookAtClock(now: 1400)
        #expect(schedule.room == 1)
    }
}
