import Authenticator
import Synchronization
import Testing

@testable import Worker

struct KeyLookoutTests {
    static let none = try? KeySet.parse(#"{"keys":[]}"#)

    private static func keys(_ ids: String...) throws -> KeySet {
        let point =
            #""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
        return try KeySet.parse("{\"keys\":[" + ids.map { "{\(point),\"kid\":\"\($0)\"}" }.joined(separator: ",") + "]}")
    }

    @Test func theFirstWordCounts() throws {
        let lookout = KeyLookout()
        #expect(lookout.saw("a", now: 0))
        #expect(!lookout.saw("a", now: 0))
        #expect(!lookout.saw("b", now: 0))
        #expect(lookout.isWanted)
        _ = lookout.startLooking()
        #expect(!lookout.isWanted)
        #expect(lookout.saw("c", now: 0))
    }

    @Test func aKeyThatWasLookedForInVainDoesNotAskAgainForAWhile() throws {
        let lookout = KeyLookout()
        _ = lookout.saw("a", now: 0)
        lookout.looked(for: lookout.startLooking(), in: try Self.keys("other"), now: 1)
        #expect(!lookout.saw("a", now: 1))
        #expect(!lookout.saw("a", now: 120))
        #expect(!lookout.isWanted)
        #expect(lookout.saw("a", now: 121))
    }

    @Test func aKeyThatShowedUpAfterTheFetchBeganIsAskedForAgain() throws {
        let lookout = KeyLookout()
        _ = lookout.saw("a", now: 0)
        let sought = lookout.startLooking()
        #expect(lookout.saw("late", now: 0))
        lookout.looked(for: sought, in: try Self.keys(), now: 1)
        _ = lookout.startLooking()
        #expect(lookout.saw("late", now: 2))
    }

    @Test func aKeyThatAppearsIsForgotten() throws {
        let lookout = KeyLookout()
        _ = lookout.saw("a", now: 0)
        lookout.looked(for: lookout.startLooking(), in: try Self.keys(), now: 0)
        lookout.looked(for: lookout.startLooking(), in: try Self.keys("a"), now: 1)
        #expect(lookout.saw("a", now: 2))
    }

    @Test func withoutANameNothingIsKnownToBeMissing() throws {
        let lookout = KeyLookout()
        _ = lookout.saw(nil, now: 0)
        lookout.looked(for: lookout.startLooking(), in: try Self.keys(), now: 0)
        #expect(lookout.saw(nil, now: 1))
    }

    @Test func aClockThatIsSetBackEndsWhatIsKnown() throws {
        let lookout = KeyLookout()
        _ = lookout.saw("a", now: 1_000_000)
        lookout.looked(for: lookout.startLooking(), in: try Self.keys(), now: 1_000_000)
        #expect(lookout.saw("a", now: 500))
    }

    @Test func theOldestGiveWay() throws {
        let lookout = KeyLookout()
        for round in 0..<6 {
            for number in 0..<KeyLookout.capacityBetweenLooks { _ = lookout.saw("\(round)-\(number)", now: Int64(round)) }
            lookout.looked(for: lookout.startLooking(), in: try Self.keys(), now: Int64(round))
        }
        // Six rounds of 64 are 384; the first two rounds had to go.
        for (round, isKnown) in [(0, false), (1, false), (2, true), (5, true)] {
            #expect(lookout.saw("\(round)-7", now: 5) != isKnown, "round \(round)")
            _ = lookout.startLooking()
        }
    }

    @Test func moreThanCanBeRememberedIsStillAWord() {
        let lookout = KeyLookout()
        for number in 0..<1000 { _ = lookout.saw("\(number)", now: 0) }
        #expect(lookout.startLooking().count == KeyLookout.capacityBetweenLooks)
    }

    // MARK: All issuers

    @Test func ringsOnceForManyWordsOfManyIssuers() {
        let rings = Mutex(0)
        let unknown = UnknownKeys { rings.withLock { $0 += 1 } }
        unknown.watch(["https://a", "https://b", "https://c"])
        for number in 0..<100 {
            unknown.saw("\(number)", of: "https://a", now: 0)
            unknown.saw("\(number)", of: "https://b", now: 0)
            unknown.saw("\(number)", of: "https://nobody", now: 0)
        }
        #expect(rings.withLock { $0 } == 1)
        #expect(Set(unknown.wanted()) == ["https://a", "https://b"])
        unknown.saw("x", of: "https://c", now: 0)
        #expect(rings.withLock { $0 } == 2)
    }

    /// From eight threads at once: nothing waits, nothing is lost, and the bell rings about as often as somebody looks.
    @Test func manyThreadsTellAtOnce() async {
        let rings = Mutex(0)
        let unknown = UnknownKeys { rings.withLock { $0 += 1 } }
        unknown.watch(["https://a"])
        await withTaskGroup { group in
            for thread in 0..<8 {
                group.addTask { for number in 0..<5000 { unknown.saw("\(thread)-\(number)", of: "https://a", now: 0) } }
            }
        }
        #expect(rings.withLock { $0 } == 1)
        #expect(unknown.wanted() == ["https://a"])
    }
}
