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

    @Test(arguments: [
        ("claims.email", true), ("has(claims.email)", true), ("claims.?email", true), ("[{1: claims.email.b}]", true),
        ("['a'].map(i, i + string(claims.email))", true), ("claims['email']", false), ("claims[?'email']", false),
        ("claims.email_", false), ("claims.a.email", false), ("claims.a.claims.email", false), ("'claims.email'", false),
    ])
    func findsWhatIsSelectedByName(_ expression: String, _ isSelected: Bool) throws {
        let variables = ["claims": CELType.map(.string, .any)]
        let program = try Program.compile(expression, in: .authentication, variables: variables)
        #expect(program.selectsByName("email", of: "claims") == isSelected)
    }

    @Test(arguments: cases) func finds(_ expression: String, _ members: Set<String>?) throws {
        let variables = ["claims": CELType.map(.string, .any)]
        let program = try Program.compile(expression, in: .authentication, variables: variables)
        #expect(program.members(readOf: "claims") == members)
        #expect(program.members(readOf: "user") == [])
    }
}
