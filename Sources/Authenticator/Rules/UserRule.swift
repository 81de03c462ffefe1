/// One check of the user that the mappings made, before anybody learns of him. They run in the order of `UserRule.all`.
struct UserRule: Sendable {
    static let maximumNameLength = 1024
    static let maximumGroups = 2000
    static let maximumExtraValues = 2000
    static let maximumExtraLength = 64 << 10

    let name: String
    let check: @Sendable (MappedUser, _ allowsReservedNames: Bool) throws(Refusal) -> Void

    static let all: [UserRule] = [username, uid, groups, extra, reservedNames]

    static let username = UserRule(name: "username") { user, _ throws(Refusal) in
        guard !user.username.isEmpty else { throw Refusal(.usernameInvalid, "the user name is empty") }
        if let flaw = flaw(of: user.username) { throw Refusal(.usernameInvalid, "user name \(quoted(user.username)) \(flaw)") }
    }

    static let uid = UserRule(name: "uid") { user, _ throws(Refusal) in
        if let flaw = flaw(of: user.uid) { throw Refusal(.uidInvalid, "uid \(quoted(user.uid)) \(flaw)") }
    }

    static let groups = UserRule(name: "groups") { user, _ throws(Refusal) in
        guard user.groups.count <= maximumGroups else { throw Refusal(.tooManyGroups, "\(user.groups.count) groups") }
        for group in user.groups {
            if let flaw = flaw(of: group) { throw Refusal(.groupInvalid, "group \(quoted(group)) \(flaw)") }
        }
    }

    static let extra = UserRule(name: "extra") { user, _ throws(Refusal) in
        let values = user.extra.values.joined()
        var count = 0
        var length = 0
        for value in values {
            count += 1
            length += value.utf8.count
        }
        guard count <= maximumExtraValues, length <= maximumExtraLength else {
            throw Refusal(.extraInvalid, "\(count) values of \(length) bytes in all")
        }
    }

    /// `system:masters` and its kin are the platform's own; a provider that could name them would own the cluster.
    static let reservedNames = UserRule(name: "reserved names") { user, allowsReservedNames throws(Refusal) in
        guard !allowsReservedNames else { return }
        if isReserved(user.username) { throw Refusal(.usernameReserved, "user name \(quoted(user.username))") }
        if let group = user.groups.first(where: isReserved) { throw Refusal(.groupReserved, "group \(quoted(group))") }
    }

    private static func isReserved(_ name: String) -> Bool { name.utf8.starts(with: "system:".utf8) }

    /// Names end up in headers and log lines of other programs, so line breaks and their like are refused, not escaped.
    private static func flaw(of name: String) -> String? {
        if name.utf8.count > maximumNameLength { return "is longer than \(maximumNameLength) bytes" }
        // Nearly all names are plain ASCII, which is told by a look at the bytes.
        let isPlain = name.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { (0x20..<0x7F).contains($0) } }
        if isPlain == true { return nil }
        let isControl: (Unicode.Scalar) -> Bool = {
            $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
        }
        return name.unicodeScalars.contains(where: isControl) ? "has control characters" : nil
    }
}
