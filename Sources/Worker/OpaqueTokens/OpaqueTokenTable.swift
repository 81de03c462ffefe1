import Authenticator
import HashTreeCollections
import JSON

/// The built-in OAuth server's tokens, users and groups as this worker knows them: persistent maps, cheap to change and to share.
struct OpaqueTokenTable: OpaqueTokenLookup, Sendable {
    private struct Token: Codable, Sendable {
        let userName: String
        let userUID: String
        let scopes: [String]
        let expiresAt: Int64?
        let clientName: String
    }

    private struct User: Codable, Sendable {
        let uid: String
        let groups: [String]
    }

    private var tokens: TreeDictionary<ExactString, Token> = [:]
    private var users: TreeDictionary<ExactString, User> = [:]
    /// The members of each group, by the group's name; and the same the other way round, which is what a request asks.
    private var members: TreeDictionary<ExactString, Set<ExactString>> = [:]
    private var memberships: TreeDictionary<ExactString, Set<ExactString>> = [:]
    /// Whether all three lists were read; before that a missing token may still be a good one.
    var isComplete = false

    func find(hashName: String) throws(OpaqueTokensUnavailable) -> OpaqueToken? {
        // A token whose user was deleted, or deleted and made anew, is nobody's.
        guard let token = tokens[ExactString(hashName)], let user = users[ExactString(token.userName)],
            user.uid.utf8.elementsEqual(token.userUID.utf8)
        else {
            if isComplete { return nil }
            throw OpaqueTokensUnavailable()
        }
        return OpaqueToken(
            userName: token.userName,
            userUID: token.userUID,
            groups: groups(of: token.userName, user),
            scopes: token.scopes,
            expiresAt: token.expiresAt,
            clientName: token.clientName
        )
    }

    private func groups(of userName: String, _ user: User) -> [String] {
        Set(user.groups.map(ExactString.init)).union(memberships[ExactString(userName)] ?? []).map(\.text).sorted()
    }

    // MARK: - Changes

    /// Forgets all objects of a kind, before they are listed anew.
    mutating func removeAll(ofKind kind: String) {
        switch kind {
        case "OAuthAccessToken": tokens = [:]
        case "User": users = [:]
        case "Group": (members, memberships) = ([:], [:])
        default: break
        }
    }

    /// Takes an object in, or out; kinds that mean nothing here are left alone.
    mutating func apply(_ object: JSONValue, isDeleted: Bool) {
        guard let kind = object["kind"]?.stringValue, let name = object.value(at: "metadata", "name")?.stringValue else {
            return
        }
        let key = ExactString(name)
        switch kind {
        case "OAuthAccessToken": tokens[key] = isDeleted ? nil : Self.token(object)
        case "User": users[key] = isDeleted ? nil : Self.user(object)
        case "Group": setMembers(of: key, isDeleted ? [] : Set(object["users"].stringValues.map(ExactString.init)))
        default: break
        }
    }

    private mutating func setMembers(of group: ExactString, _ users: Set<ExactString>) {
        let before = members[group] ?? []
        for user in before.subtracting(users) { memberships[user]?.remove(group) }
        for user in users.subtracting(before) { memberships[user, default: []].insert(group) }
        members[group] = users.isEmpty ? nil : users
    }

    private static func token(_ object: JSONValue) -> Token? {
        guard let userName = object["userName"]?.stringValue, let userUID = object["userUID"]?.stringValue else { return nil }
        return Token(
            userName: userName,
            userUID: userUID,
            scopes: object["scopes"].stringValues,
            expiresAt: OpaqueToken.expiry(of: object),
            clientName: object["clientName"]?.stringValue ?? ""
        )
    }

    private static func user(_ object: JSONValue) -> User? {
        guard let uid = object.value(at: "metadata", "uid")?.stringValue else { return nil }
        return User(uid: uid, groups: object["groups"].stringValues)
    }
}

// MARK: - On disk

extension OpaqueTokenTable: Codable {
    private enum CodingKeys: String, CodingKey { case tokens, users, members }

    /// A list of these instead of a dictionary: Swift's would take two names for one that differ in their bytes only.
    private struct Entry<Value: Codable>: Codable {
        let name: String
        let value: Value
    }

    /// A table from disk is never complete: tokens may have been issued since.
    init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for entry in try container.decode([Entry<Token>].self, forKey: .tokens) {
            tokens[ExactString(entry.name)] = entry.value
        }
        for entry in try container.decode([Entry<User>].self, forKey: .users) { users[ExactString(entry.name)] = entry.value }
        for entry in try container.decode([Entry<[String]>].self, forKey: .members) {
            setMembers(of: ExactString(entry.name), Set(entry.value.map(ExactString.init)))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tokens.map { Entry(name: $0.key.text, value: $0.value) }, forKey: .tokens)
        try container.encode(users.map { Entry(name: $0.key.text, value: $0.value) }, forKey: .users)
        try container.encode(
            members.map { Entry(name: $0.key.text, value: $0.value.map(\.text)) },
            forKey: .members
        )
    }
}
