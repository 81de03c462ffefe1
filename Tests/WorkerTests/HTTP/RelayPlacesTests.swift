import Testing

@testable import Worker

/// How many requests may be on their way to the API, in all and of one user.
struct RelayPlacesTests {
    @Test func aUserHasAShareAndAllHaveALimit() {
        let places = RelayPlaces(limit: 5, share: 2)
        let (a, b, c) = (Array("a".utf8), Array("b".utf8), Array("c".utf8))
        #expect([a, a, a, b, b, b, c, c].map { places.take(for: $0) } == [true, true, false, true, true, false, true, false])
        places.giveBack(for: a)
        #expect(places.take(for: c))
        for user in [a, b, b, c, c] { places.giveBack(for: user) }
        #expect(places.users == 0)
        // Whoever gives back what it never had takes nothing from the others.
        places.giveBack(for: a)
        #expect([a, a, b, b, c, c].map { places.take(for: $0) } == [true, true, true, true, true, false])
    }

    /// Swift's strings would take these for one.
    @Test func usersAreTheirBytes() {
        let places = RelayPlaces(limit: 5, share: 1)
        #expect(places.take(for: Array("\u{e9}".utf8)))
        #expect(places.take(for: Array("e\u{301}".utf8)))
    }
}
