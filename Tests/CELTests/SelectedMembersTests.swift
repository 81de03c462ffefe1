import Testing

@testable import CEL

struct SelectedMembersTests {
    static let cases: [(String, Set<String>?)] = [
        ("true", []), ("claims.email", ["email"]), ("claims['email'] + claims.sub", ["email", "sub"]),
        ("claims.?email.orValue('')", ["email"]), ("claims[?'a/b'].hasValue()", ["a/b"]), ("has(claims.a.b.c)", ["a"]),
        ("claims.a__slash__b", ["a__slash__b", "a/b"]), ("dyn(claims.groups).map(g, g + claims.sub)", ["groups", "sub"]),
        ("{claims.a: [claims.b]}[claims.c]", ["a", "b", "c"]),
        // As a whole, or by a name that is not known beforehand.
        ("claims", nil), ("claims == {}", nil), ("claims[claims.a]", nil), ("claims.exists(k, k == 'a')", nil),
        ("[claims].size() == 1", nil), ("dyn(claims).a", nil), ("claims['a' + 'b']", nil),
        // A macro's own variable of that name: more is prepared than needed.
        ("[{'a': 1}].exists(claims, claims.a == 1 && claims == {})", nil),
    ]

    @Test(arguments: cases) func finds(_ expression: String, _ members: Set<String>?) throws {
        let variables = ["claims": CELType.map(.string, .any)]
        let program = try Program.compile(expression, in: .authentication, variables: variables)
        #expect(program.members(readOf: "claims") == members)
        #expect(program.members(readOf: "user") == [])
    }
}
