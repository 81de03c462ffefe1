import Authenticator
import HashTreeCollections
import JSON

/// The built-in OAuth server's tokens, users and groups as this worker knows them: persistent maps, cheap to change and to share.
struct OpaqueTokenTable: OpaqueTokenLookup, Sendable {
    private struct Token: Sendable {
        let userName: String
        let userUID: String
        let scopes: [String]
        let expiresAt: Int64?
        let clientName: String
    }

    private struct User: Sendable {
        let uid: String
        let groups: [String]
    }

    private var tokens: TreeDictionary<String, Token> = [:]
    private var users: TreeDictionary<String, User> = [:]
    /// The members of each group, by the group's name; and the same the other way round, which is what a request asks.
    private var members: TreeDictionary<String, Set<String>> = [:]
    private var memberships: TreeDictionary<String, Set<String>> = [:]
    /// Whether all three lists were read; before that a missing token may still be a good one.
    var isComplete = false

    func find(hashName: String) throws(OpaqueTokensUnavailable) -> OpaqueToken? {
        guard let token = tokens[hashName] else {
            if isComplete { return nil }
            throw OpaqueTokensUnavailable()
        }
        // A token whose user was deleted, or deleted and made anew, is nobody's.
        guard let user = users[token.userName], user.uid.utf8.elementsEqual(token.userUID.utf8) else { return nil }
        return OpaqueToken(
            userName: token.userName,
            userUID: token.userUID,
            groups: Set(user.groups).union(memberships[token.userName] ?? []).sorted(),
            scopes: token.scopes,
            expiresAt: token.expiresAt,
            clientName: token.clientName
        )
    }

    // MARK: - Changes

    /// Takes an object in, or out; kinds that mean nothing here are left alone.
    mutating func apply(_ object: JSONValue, isDeleted: Bool) {
        guard let kind = object["kind"]?.stringValue, let name = object.value(at: "metadata", "name")?.stringValue else { return }
        switch kind {
        case "OAuthAccessToken": tokens[name] = isDeleted ? nil : Self.token(object)
        case "User": users[name] = isDeleted ? nil : Self.user(object)
        case "Group": setMembers(of: name, isDeleted ? [] : Set(strings(object["users"])))
        default: break
        }
    }

    private mutating func setMembers(of group: String, _ users: Set<String>) {
        let before = members[group] ?? []
        for user in before.subtracting(users) { memberships[user]?.remove(group) }
        for user in users.subtracting(before) { memberships[user, default: []].insert(group) }
        members[group] = users.isEmpty ? nil : users
    }

    private static func token(_ object: JSONValue) -> Token? {
        guard let userName = object["userName"]?.stringValue, let userUID = object["userUID"]?.stringValue else { return nil }
        let expiresIn = object["expiresIn"]?.integerValue ?? 0
        var expiresAt: Int64?
        if expiresIn != 0 {
            // Without a readable beginning there is no end that could be trusted: such a token is expired.
            let created = object.value(at: "metadata", "creationTimestamp")?.stringValue.flatMap(seconds(ofTimestamp:))
            expiresAt = created.map { $0.addingReportingOverflow(expiresIn) }.map { $0.overflow ? 0 : $0.partialValue } ?? 0
        }
        return Token(
            userName: userName,
            userUID: userUID,
            scopes: strings(object["scopes"]),
            expiresAt: expiresAt,
            clientName: object["clientName"]?.stringValue ?? ""
        )
    }

    private static func user(_ object: JSONValue) -> User? {
        guard let uid = object.value(at: "metadata", "uid")?.stringValue else { return nil }
        return User(uid: uid, groups: strings(object["groups"]))
    }
}

private func strings(_ value: JSONValue?) -> [String] { value?.arrayValue?.compactMap(\.stringValue) ?? [] }
