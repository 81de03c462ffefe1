import JSON
import Snapshot

/// `claimMappings` with their expressions compiled: makes a user of a token's claims.
struct ClaimMapping: Sendable {
    enum Source: Sendable {
        case claim(String, prefix: String)
        case expression(ClaimExpression)
    }

    struct Extra: Sendable {
        let key: String
        let value: ClaimExpression
    }

    let username: Source
    let groups: Source?
    /// Whether a groups claim that is a string is the name of one group; otherwise it is a list with commas.
    let takesGroupsTextWhole: Bool
    let uid: Source?
    let extra: [Extra]

    var expressions: [ClaimExpression] {
        [username, groups, uid].compactMap { if case .expression(let expression)? = $0 { expression } else { nil } }
            + extra.map(\.value)
    }

    /// The key under which Kubernetes puts a token's `jti`.
    static let credentialID = "authentication.kubernetes.io/credential-id"

    func user(_ claims: ClaimScope) throws(Refusal) -> MappedUser {
        MappedUser(
            username: try usernameText(claims),
            uid: try uid.map { source throws(Refusal) in try text(source, claims, named: "uid") } ?? "",
            groups: try groupNames(claims),
            extra: try extraValues(claims)
        )
    }

    func usernameText(_ claims: ClaimScope) throws(Refusal) -> String {
        if case .claim("email", _) = username, let verified = claims.claims["email_verified"] {
            guard verified.boolValue != nil || verified.isNull else {
                throw TokenClaims.wrongType("email_verified", verified, "a boolean")
            }
            guard verified.boolValue == true else { throw Refusal(.emailUnverified, "email not verified") }
        }
        let name = try text(username, claims, named: "username")
        // A prefix alone is nobody: all who have no name would be one user.
        if case .claim(let claim, let prefix) = username, name.utf8.count == prefix.utf8.count {
            throw Refusal(.usernameInvalid, "claim \(quoted(claim)) is empty")
        }
        return name
    }

    func text(_ source: Source, _ claims: ClaimScope, named attribute: String) throws(Refusal) -> String {
        switch source {
        case .claim(let name, let prefix): return try claims.claims.string(name, after: prefix)
        case .expression(let expression):
            guard case .text(let text) = try expression.value(claims) else {
                throw Refusal(.expressionFailed, "the \(attribute) expression does not give a string")
            }
            return text
        }
    }

    // MARK: Groups

    func groupNames(_ claims: ClaimScope) throws(Refusal) -> [String] {
        switch groups {
        case nil: return []
        case .claim(let name, let prefix):
            let plain = claims.claims.plainStrings(name)
            if plain == nil, !takesGroupsTextWhole, case .string(let list)? = claims.claims[name] {
                return Self.separated(list, prefix: prefix)
            }
            let names = if let plain { plain } else { try claims.claims.strings(name) ?? [] }
            return prefix.isEmpty ? names : names.map { prefix + $0 }
        case .expression(let expression): return try Self.texts(try expression.value(claims), of: "groups")
        }
    }

    /// A claim that is one string is a list with commas, unless the configuration is Kubernetes' own. Items of an array are never split.
    private static func separated(_ list: String, prefix: String) -> [String] {
        var list = list
        return list.withUTF8 { list in
            var names: [String] = []
            names.reserveCapacity(4)
            var rest = list[...]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
                let item = rest[..<end].drop(while: isSpace)
                if let last = item.lastIndex(where: { !isSpace($0) }) {
                    names.append(prefix + String(decoding: UnsafeBufferPointer(rebasing: item[...last]), as: UTF8.self))
                }
                rest = rest[end...].dropFirst()
            }
            return names
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    // MARK: Extra

    func extraValues(_ claims: ClaimScope) throws(Refusal) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for attribute in extra {
            let texts = try Self.texts(try attribute.value.value(claims), of: "extra \(quoted(attribute.key))")
            if !texts.isEmpty { values[attribute.key] = texts }
        }
        guard let id = claims.claims.text("jti", after: "JTI=") else { return values }
        // Nearly always it is the only one, and a dictionary is made quicker whole than by growing.
        if values.isEmpty { return [Self.credentialID: [id]] }
        values[Self.credentialID] = [id]
        return values
    }

    /// `""`, `[]` and null stand for nothing, and empty strings in a list are left out.
    private static func texts(
        _ value: ClaimExpression.Value,
        of attribute: @autoclosure () -> String
    ) throws(Refusal) -> [String] {
        switch value {
        case .null: return []
        case .text(let text): return text.isEmpty ? [] : [text]
        case .texts(let texts): return texts.filter { !$0.isEmpty }
        case .bool, .other:
            throw Refusal(.expressionFailed, "the \(attribute()) expression gives neither a string nor a list of strings")
        }
    }
}
