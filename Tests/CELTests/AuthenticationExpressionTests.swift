import CEL
import Testing

/// Expressions as administrators write them over `claims` and `user`.
struct AuthenticationExpressionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let expression: String
        let value: CELValue
        var testDescription: String { expression }
    }

    static let variables: [String: CELType] = [
        "claims": .map(.string, .any),
        "user": .object(
            CELObjectType(
                name: "kubernetes.UserInfo",
                fields: ["username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string))]
            )
        ),
    ]

    static let values: [String: CELValue] = [
        "claims": [
            "sub": "1234", "email": "Ann@Example.com", "email_verified": true, "groups": ["dev", "ops"], "roles": "a,b , c",
            "exp": 1_700_003_600.0, "iat": 1_700_000_000.0, "realm": ["roles": ["admin"], "a/b": "nested"], "a/b": "slash",
            "empty": "",
            "nothing": nil, "äöü": "ünï",
        ],
        "user": [
            "username": "system:ann", "uid": "1", "groups": ["dev", "system:masters"], "extra": ["example.org/a": ["x", "y"]],
        ],
    ]

    static let mappings: [Case] = [
        Case(expression: "claims.sub", value: "1234"),
        Case(expression: "'oidc:' + claims.sub", value: "oidc:1234"),
        Case(expression: "claims.email.lowerAscii()", value: "ann@example.com"),
        Case(expression: "claims.email.split('@')[0]", value: "Ann"),
        Case(expression: "claims.email.endsWith('@Example.com')", value: true),
        Case(expression: "claims.?name.orValue('nobody')", value: "nobody"),
        Case(expression: "claims.?realm.roles.orValue([])", value: ["admin"]),
        Case(expression: "has(claims.email) ? claims.email : claims.sub", value: "Ann@Example.com"),
        Case(expression: "has(claims.realm.missing)", value: false),
        Case(expression: "claims.groups", value: ["dev", "ops"]),
        Case(expression: "dyn(claims.groups).map(g, 'oidc:' + g)", value: ["oidc:dev", "oidc:ops"]),
        Case(expression: "dyn(claims.groups).filter(g, g != 'ops')", value: ["dev"]),
        Case(expression: "claims.roles.split(',').map(r, r.trim())", value: ["a", "b", "c"]),
        Case(expression: "'dev' in claims.groups", value: true),
        Case(expression: "claims['a/b']", value: "slash"),
        Case(expression: "claims.a__slash__b", value: "slash"),
        Case(expression: "claims.realm.a__slash__b", value: "nested"),
        Case(expression: "claims['äöü'].size()", value: 3),
        Case(expression: "claims.exp - claims.iat <= 86400", value: true),
        Case(expression: "string(claims.exp)", value: "1.7000036e+09"),
        Case(expression: "claims.nothing == null", value: true),
        Case(expression: "claims.?nothing.hasValue()", value: true),
        Case(expression: "claims.email_verified == true && claims.email != ''", value: true),
        Case(expression: "claims.groups + ['x']", value: ["dev", "ops", "x"]),
        Case(expression: "'%s-%d'.format([claims.sub, 7])", value: "1234-7"),
        Case(expression: "claims.email.matches('^[^@]+@[Ee]xample[.]com$')", value: true),
        Case(expression: "claims.?groups.optMap(g, size(g)).orValue(0)", value: 2),
        Case(expression: "{'a': claims.sub}.a", value: "1234"),
    ]

    static let rules: [Case] = [
        Case(expression: "!user.username.startsWith('system:')", value: false),
        Case(expression: "user.groups.all(g, !g.startsWith('system:'))", value: false),
        Case(expression: "user.groups.exists_one(g, g == 'dev')", value: true),
        Case(expression: "'system:masters' in user.groups", value: true),
        Case(expression: "user.extra['example.org/a'].exists(v, v == 'y')", value: true),
        Case(expression: "user.extra.all(k, v, k.contains('/') && size(v) > 0)", value: true),
        Case(expression: "sets.intersects(user.groups, ['dev'])", value: true),
        Case(expression: "user.groups.map(g, g.size()).max() == 14", value: true),
        Case(expression: "user.groups.sort() == ['dev', 'system:masters']", value: true),
    ]

    @Test(arguments: mappings + rules)
    func gives(_ c: Case) throws {
        let program = try Program.compile(c.expression, in: .authentication, variables: Self.variables)
        #expect(try program.evaluate(Self.values) == c.value)
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        let expression: String
        let error: CELEvaluationError
        var testDescription: String { expression }
    }

    static let failures: [Failure] = [
        Failure(expression: "claims.missing", error: .noSuchKey("missing")),
        Failure(expression: "claims.sub.x", error: .noSuchOverload),
        Failure(expression: "claims.exp + 1", error: .noSuchOverload),
        Failure(expression: "claims.sub && true", error: .noSuchOverload),
        Failure(expression: "claims.groups[2]", error: .indexOutOfRange(2)),
        Failure(expression: "claims.?missing.value()", error: .invalidArgument("optional.none() dereference")),
        Failure(
            expression: "claims.empty.matches(claims.email + '(')",
            error: .invalidArgument("error parsing regexp: missing ): Ann@Example.com(")
        ),
        Failure(expression: "9223372036854775807 + size(claims.groups)", error: .integerOverflow),
        Failure(expression: "-9223372036854775808 / (size(claims.groups) - 3)", error: .integerOverflow),
        Failure(expression: "-(-9223372036854775808)", error: .integerOverflow),
        Failure(expression: "1 / (size(claims.groups) - 2)", error: .divisionByZero),
        Failure(expression: "1u - 2u", error: .unsignedIntegerOverflow),
        Failure(expression: "int(claims.exp * 1e300)", error: .integerOverflow),
        Failure(expression: "timestamp('9999-12-31T23:59:59Z') + duration('1s')", error: .timestampOverflow),
    ]

    @Test(arguments: failures)
    func failsWith(_ c: Failure) throws {
        let program = try Program.compile(c.expression, in: .authentication, variables: Self.variables)
        #expect(throws: c.error) { try program.evaluate(Self.values) }
    }

    @Test(arguments: [
        ("false && claims.missing", false), ("claims.missing && false", false), ("true || claims.missing", true),
        ("claims.missing || true", true), ("user.groups.exists(g, claims.missing || g == 'dev')", true),
        ("user.groups.all(g, claims.missing && g == 'x')", false),
    ])
    func errorsAreAbsorbedByADecidedSide(expression: String, value: Bool) throws {
        let program = try Program.compile(expression, in: .authentication, variables: Self.variables)
        #expect(try program.evaluate(Self.values) == .bool(value))
    }

    @Test(arguments: [
        "claims.email", "claims.?email.orValue('')", "claims['email']", "claims[?'email'].hasValue()", "has(claims.email)",
    ])
    func seesASelectedClaimHoweverItIsWritten(expression: String) throws {
        let program = try Program.compile(expression, in: .authentication, variables: Self.variables)
        #expect(program.selects(["claims", "email"]))
        #expect(program.selects(["claims"]))
        #expect(!program.selects(["claims", "email_verified"]))
        #expect(!program.selects(["email"]))
    }

    @Test func aVariableWithoutAValueIsAnError() throws {
        let program = try Program.compile("user.username", in: .authentication, variables: Self.variables)
        #expect(throws: CELEvaluationError.unboundVariable("user")) { try program.evaluate(["claims": [:]]) }
    }
}
