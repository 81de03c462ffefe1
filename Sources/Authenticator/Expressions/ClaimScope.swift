import CEL
import JSON

/// The claims of one token, as mappings and rules see them.
struct ClaimScope: Sendable {
    let claims: TokenClaims
    let variables: [String: CELValue]

    /// Without expressions nothing would read the converted claims, so then they are not made.
    init(_ claims: TokenClaims, forExpressions: Bool) {
        self.claims = claims
        variables = forExpressions ? ["claims": CELValue(claim: .object(claims.object))] : [:]
    }
}

/// The mapped user, as user validation rules see him; the names are those of Kubernetes' `UserInfo`.
struct UserScope: Sendable {
    static let type = CELType.object(
        CELObjectType(
            name: "kubernetes.UserInfo",
            fields: ["username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string))]
        )
    )

    let variables: [String: CELValue]

    init(_ user: MappedUser) {
        let extra = user.extra.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        variables = [
            "user": .object([
                ("username", .string(user.username)),
                ("uid", .string(user.uid)),
                ("groups", .list(user.groups.map { .string($0) })),
                ("extra", .members(extra.map { ($0.key, .list($0.value.map { .string($0) })) })),
            ])
        ]
    }
}

extension CELValue {
    /// A claim's value. All numbers of JSON are doubles in claims, as in Kubernetes: `claims.level + 1.0`, `int(claims.level)`.
    init(claim value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .double(Double(value))
        case .number(let value): self = .double(value)
        case .string(let text): self = .string(text)
        case .array(let values): self = .list(values.map { CELValue(claim: $0) })
        case .object(let object): self = .members(object.map { ($0.name, CELValue(claim: $0.value)) })
        }
    }

    /// A map whose members can be selected also where their names are no identifiers: `claims.kubernetes__dot__io`.
    fileprivate static func members(_ members: [(String, CELValue)]) -> CELValue {
        var all = members
        for (name, value) in members {
            if let alias = selectableName(of: name) { all.append((alias, value)) }
        }
        return .object(all)
    }
}

/// How an expression may write a member's name after a dot, by Kubernetes' rule; nil if it is the name itself, or if there is no way.
func selectableName(of name: String) -> String? {
    if reservedWords.contains(name) { return "__\(name)__" }
    guard
        name.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") })
            || name.contains("__")
    else { return nil }
    var alias = ""
    var rest = Substring(name)
    while let character = rest.unicodeScalars.first {
        if rest.utf8.starts(with: "__".utf8) {
            alias += "__underscores__"
            rest = rest.dropFirst(2)
            continue
        }
        switch character {
        case ".": alias += "__dot__"
        case "-": alias += "__dash__"
        case "/": alias += "__slash__"
        case "a"..."z", "A"..."Z", "0"..."9", "_": alias.unicodeScalars.append(character)
        default: return nil
        }
        rest = rest[rest.unicodeScalars.index(after: rest.startIndex)...]
    }
    return alias.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } == true ? nil : alias
}

private let reservedWords: Set<String> = [
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace",
    "null",
    "package", "return", "true", "var", "void", "while",
]
