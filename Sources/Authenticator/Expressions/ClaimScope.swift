package import CEL
package import JSON

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
                ("extra", .object(extra.map { ($0.key, .list($0.value.map { .string($0) })) })),
            ])
        ]
    }
}

extension CELValue {
    /// A claim's value. All numbers of JSON are doubles in claims, as in Kubernetes: `claims.level + 1.0`, `int(claims.level)`.
    package init(claim value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .double(Double(value))
        case .number(let value): self = .double(value)
        case .string(let text): self = .string(text)
        case .array(let values): self = .list(values.map { CELValue(claim: $0) })
        case .object(let object):
            // A JSON object has no name twice.
            self = .map(CELMap(distinct: object.map { .init(key: .string($0.name), value: CELValue(claim: $0.value)) }))
        }
    }
}
