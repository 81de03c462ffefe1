import Atomics

/// Tokens that were accepted, so that one which comes again need not be verified again. It never says that a token is bad.
///
/// It belongs to one configuration and one set of keys: whoever changes these starts with an empty one, so that nothing outlives
/// what it was judged by. Reading takes no lock; of two writers of the same place at the same time one gives up.
///
/// It is bounded: `places` times `placeSize` tokens, and `maximumSize` bytes.
final class VerifiedTokens: Sendable {
    private static let places = 4096
    private static let placeSize = 8
    private static let maximumSize = 32 << 20

    /// The tokens of one place, oldest first.
    private final class Place: AtomicReference, Sendable {
        let tokens: [VerifiedToken]
        init(_ tokens: [VerifiedToken]) { self.tokens = tokens }
    }

    let keys: TokenKey.Maker
    private let table: [ManagedAtomic<Place?>]
    private let size = ManagedAtomic(0)

    init(keys: TokenKey.Maker = TokenKey.Maker()) {
        self.keys = keys
        table = (0..<Self.places).map { _ in ManagedAtomic(nil) }
    }

    private func place(of key: TokenKey) -> ManagedAtomic<Place?> { table[Int(key.place % UInt64(Self.places))] }

    /// - Parameter now: seconds since 1970.
    func find(_ key: TokenKey, now: Int64) -> VerifiedToken? {
        guard let place = place(of: key).load(ordering: .acquiring) else { return nil }
        for token in place.tokens where token.key == key { return token.isGood(now: now) ? token : nil }
        return nil
    }

    /// Puts a token in; where there is no room, the oldest ones of its place make some. It may be left out.
    func add(_ token: VerifiedToken, now: Int64) {
        let place = place(of: token.key)
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
