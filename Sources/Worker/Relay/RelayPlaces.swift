import Synchronization

/// The places for requests on their way to the API, watches among them: so many in all, and a share of them for each user.
final class RelayPlaces: Sendable {
    static let usualLimit = 512

    let limit: Int
    /// Of one user: a program that loses its watches leaves room for everybody else.
    let share: Int
    /// By the bytes of the name: names that only look alike are two users'. Who holds no place has no entry.
    private let taken = Mutex<(all: Int, byUser: [[UInt8]: Int])>((0, [:]))

    init(limit: Int = usualLimit, share: Int = usualLimit / 4) { (self.limit, self.share) = (limit, share) }

    /// - Returns: false if there is none left, or none for this user. Each one that was taken must be given back.
    func take(for user: [UInt8]) -> Bool {
        taken.withLock { taken in
            let own = taken.byUser[user, default: 0]
            guard taken.all < limit, own < share else { return false }
            taken.all += 1
            taken.byUser[user] = own + 1
            return true
        }
    }

    func giveBack(for user: [UInt8]) {
        taken.withLock { taken in
            guard let own = taken.byUser[user] else { return }
            taken.all -= 1
            taken.byUser[user] = own > 1 ? own - 1 : nil
        }
    }

    /// How many users hold places.
    var users: Int { taken.withLock { $0.byUser.count } }
}
