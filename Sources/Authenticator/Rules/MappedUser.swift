/// The user that a token's claims were mapped to. Still unproven: the rules have to pass before it becomes an `Identity`.
struct MappedUser: Hashable, Sendable {
    var username: String
    var uid: String
    var groups: [String]
    var extra: [String: [String]]
}
