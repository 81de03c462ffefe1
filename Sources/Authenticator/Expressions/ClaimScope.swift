package import CEL
package import JSON

/// The claims of one token, as mappings and rules see them.
struct ClaimScope: Sendable {
    let claims: TokenClaims
    let variables: [String: CELValue]

    /// Only what the expressions read is converted for them.
    init(_ claims: TokenClaims, _ read: ReadMembers) {
        self.claims = claims
        switch read {
        case .named([]): variables = [:]
        case .named(let names):
            let entries = names.compactMap { name in
                claims[name].map { CELMap.Entry(key: .string(name), value: CELValue(claim: $0)) }
            }
            variables = ["claims": .map(CELMap(distinct: entries))]
        case .all: variables = ["claims": CELValue(claim: .object(claims.object))]
        }
    }
}

/// The mapped user, as user validation rules see him; the names are those of Kubernetes' `UserInfo`.
struct UserScope: Sendable {
    let variables: [String: CELValue]

    init(_ user: MappedUser, _ read: ReadMembers) {
        var entries: [CELMap.Entry] = []
        func add(_ name: String, _ value: () -> CELValue) {
            if read.contains(name) { entries.append(.init(key: .string(name), value: value())) }
        }
        add("username") { .string(user.username) }
        add("uid") { .string(user.uid) }
        add("groups") { .list(user.groups.map { .string($0) }) }
        add("extra") {
            let extra = user.extra.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            return .object(extra.map { ($0.key, .list($0.value.map { .string($0) })) })
        }
        variables = ["user": .map(CELMap(distinct: entries))]
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
