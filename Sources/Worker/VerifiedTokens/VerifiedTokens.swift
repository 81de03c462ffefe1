import Atomics

/// Tokens that were accepted, so that one which comes again need not be verified again. It never says that a token is bad.
///
/// It belongs to one configuration and one set of keys: whoever changes these starts with an empty one, so that nothing outlives
/// what it was judged by. Reading takes no lock; of two writers of the same place at the same time one gives up.
///
/// It is bounded: `capacity` tokens, and `maximumSize` bytes.
final class VerifiedTokens: Sendable {
    /// A place is full before the table is: of 20,000 tokens, one in a thousand finds no room in so many.
    static let defaultCapacity = 65_536
    private static let placeSize = 8
    private static let maximumSize = 32 << 20

    /// The tokens of one place, oldest first.
    private final class Place: AtomicReference, Sendable {
        let tokens: [VerifiedToken]
        init(_ tokens: [VerifiedToken]) { self.tokens = tokens }
    }

    let keys: TokenKey.Maker
    let forms = AnswerForms()
    /// How many tokens there is room for; 0: nothing is kept.
    let capacity: Int
    private let table: [ManagedAtomic<Place?>]
    private let size = ManagedAtomic(0)

    /// - Parameter capacity: rounded up to whole places.
    init(capacity: Int = defaultCapacity, keys: TokenKey.Maker = TokenKey.Maker()) {
        self.keys = keys
        let places = (max(0, capacity) + Self.placeSize - 1) / Self.placeSize
        self.capacity = places * Self.placeSize
        table = (0..<places).map { _ in ManagedAtomic(nil) }
    }

    /// Without what it holds, and with other keys.
    func emptied() -> VerifiedTokens { VerifiedTokens(capacity: capacity) }

    private func place(of key: TokenKey) -> ManagedAtomic<Place?>? {
        table.isEmpty ? nil : table[Int(key.place % UInt64(table.count))]
    }

    /// - Parameter now: seconds since 1970.
    func find(_ key: TokenKey, now: Int64) -> VerifiedToken? {
        guard let place = place(of: key)?.load(ordering: .acquiring) else { return nil }
        for token in place.tokens where token.key == key { return token.isGood(now: now) ? token : nil }
        return nil
    }

    /// Puts a token in; where there is no room, the oldest ones of its place make some. It may be left out.
    func add(_ token: VerifiedToken, now: Int64) {
        guard let place = place(of: token.key) else { return }
        let before = place.load(ordering: .acquiring)
        var tokens = (before?.tokens ?? []).filter { $0.key != token.key && $0.isGood(now: now) }
        if tokens.count == Self.placeSize { tokens.removeFirst() }
        let growth = token.size + tokens.reduce(0) { $0 + $1.size } - (before?.tokens.reduce(0) { $0 + $1.size } ?? 0)
        guard growth <= 0 || size.load(ordering: .relaxed) + growth <= Self.maximumSize else { return }
        let isExchanged = place.compareExchange(
            expected: before,
            desired: Place(tokens + [token]),
            ordering: .acquiringAndReleasing
        ).exchanged
        if isExchanged { size.wrappingIncrement(by: growth, ordering: .relaxed) }
    }

    var count: Int { table.reduce(0) { $0 + ($1.load(ordering: .acquiring)?.tokens.count ?? 0) } }
}
