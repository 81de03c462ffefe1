import Authenticator

/// Who somebody wrote that a user must be.
struct ExpectedUser {
    let username: String?
    /// nil: they are not looked at.
    let groups: [String]?

    /// What is otherwise, as the ends of sentences. Names are compared as bytes.
    func differences(from user: TokenExplanation.User) -> [String] {
        var differences: [String] = []
        if let username, !username.utf8.elementsEqual(user.username.utf8) {
            differences.append("has username \"\(user.username)\", expected \"\(username)\"")
        }
        if let groups, Set(groups.map { Array($0.utf8) }) != Set(user.groups.map { Array($0.utf8) }) {
            differences.append("has groups \(Self.list(user.groups)), expected \(Self.list(groups))")
        }
        return differences
    }

    static func list(_ names: [String]) -> String { "[\(names.sorted().joined(separator: ", "))]" }
}
