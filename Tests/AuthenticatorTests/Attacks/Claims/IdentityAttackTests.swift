import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 39 to 42: becoming somebody by one's name.
struct IdentityAttackTests {
    // MARK: 39

    private static func user(_ name: String, _ reason: Refusal.Reason) -> Attack {
        .claim("sub", .string(name), name.prefix(30).debugDescription, .refused(reason))
    }

    static let users: [Attack] = [
        user("system:admin", .usernameReserved), user("system:masters", .usernameReserved),
        user("system:node:worker-1", .usernameReserved), user("system:anonymous", .usernameReserved),
        user("system:serviceaccount:kube-system:default", .usernameReserved), user("system:", .usernameReserved),
        user("", .usernameInvalid),
        user("jane\r\nX-Remote-Group: system:masters", .usernameInvalid), user("jane\u{0}", .usernameInvalid),
        user("\u{1B}[31mjane", .usernameInvalid), user("jane\u{7F}", .usernameInvalid), user("jane\u{85}", .usernameInvalid),
        user("jane\u{2028}admin", .usernameInvalid), user("jane\t", .usernameInvalid),
        user(String(repeating: "a", count: 10_000), .usernameInvalid),
        user(String(repeating: "\u{1F600}", count: 257), .usernameInvalid),
        .claim("sub", nil, "absent", .refused(.claimMissing)),
        .claim("sub", 5, "a number", .refused(.claimType)),
        .claim("sub", ["a"], "a list", .refused(.claimType)),
    ]

    @Test("Attack 39: a user name of the platform, or one that breaks lines", arguments: users)
    func refusesUser(_ attack: Attack) throws { try attack.check() }

    /// Unusual, and good: they are carried as they are, byte for byte.
    @Test(
        "Attack 39: names that are carried as they are",
        arguments: [
            "a/b", "a:b", "../admin", "jane@example.com", "a,system:masters", "SYSTEM:admin", "x system:", "%0d%0a",
            "Łukasz 山田",
        ]
    )
    func carried(name: String) throws {
        let identity = try Attack.claim("sub", .string(name), name, .accepted).decision().identity
        #expect(identity.map { Array($0.username.utf8) } == Array(name.utf8))
    }

    /// A mapping can make a name longer than any token.
    @Test("Attack 39: a name of 1 MB, made by a mapping")
    func longName() throws {
        let attack = Attack.signed(
            "1 MB",
            .refused(.usernameInvalid),
            issuer: {
                let doubled = (0..<8).reduce("claims.sub") { text, _ in "\(text).replace('a', 'aa')" }
                $0.claimMappings.username = .expression(doubled)
            }
        ) { $0.claims["sub"] = .string(String(repeating: "a", count: 4096)) }
        #expect([.refused(.usernameInvalid), .refused(.expressionFailed)].contains(try attack.decision().verdict))

        let compiled = try CompiledSnapshot.compile(try Bench().snapshot)
        let issuer = try #require(compiled.issuer(named: TestToken.issuerURL))
        let user = MappedUser(username: String(repeating: "a", count: 1 << 20), uid: "", groups: [], extra: [:])
        #expect { try UserRule.username.check(user, issuer.allowsReservedNames) } throws: {
            ($0 as? Refusal)?.reason == .usernameInvalid
        }
    }

    /// Prefixes keep providers apart; where there is none, a rule does.
    @Test("Attack 39: the prefix of another provider")
    func otherPrefix() throws {
        let token = TestToken.claims { $0["sub"] = "other:jane" }
        #expect(try Bench().judge(token).identity?.username == "idp:other:jane")
        let ruled = try Bench {
            $0.claimMappings.username = .claim("sub", prefix: "")
            $0.userValidationRules = [.init(expression: "!user.username.startsWith('other:')", message: "not yours")]
        }
        #expect(try ruled.judge(token).verdict == .refused(.userRuleFailed))
    }

    // MARK: 40

    static let pairs: [(name: String, one: String, other: String)] = [
        ("a Kelvin sign", "K", "\u{212A}"), ("an Ångström sign", "\u{C5}", "\u{212B}"), ("an Ohm sign", "\u{3A9}", "\u{2126}"),
        ("composed and decomposed", "jos\u{e9}", "jose\u{301}"), ("Hangul", "\u{AC00}", "\u{1100}\u{1161}"),
        ("order of marks", "a\u{323}\u{307}", "a\u{307}\u{323}"), ("a Greek question mark", ";", "\u{37E}"),
        ("capitals", "jane", "Jane"), ("full width", "a", "\u{FF41}"), ("no width", "ab", "a\u{200B}b"),
        ("two alphabets", "a", "\u{430}"), ("sharp s", "ss", "\u{DF}"),
    ]

    @Test("Attack 40: names that look alike are two users", arguments: pairs)
    func lookAlikeUsers(_ pair: (name: String, one: String, other: String)) throws {
        let bench = try Bench()
        let identities = try [pair.one, pair.other].map { name in
            try bench.judge(
                TestToken.claims {
                    $0["sub"] = .string(name); $0["groups"] = [.string(name)]
                }
            ).identity
        }
        #expect(
            identities.map { $0.map { Array($0.username.utf8) } } == [pair.one, pair.other].map { Array("idp:\($0)".utf8) }
        )
        #expect(
            identities.map { $0.map { Array($0.groups.joined().utf8) } }
                == [pair.one, pair.other].map { Array("g:\($0)".utf8) }
        )
    }

    @Test("Attack 40: nothing that is configured takes its look-alike", arguments: pairs)
    func lookAlikeValues(_ pair: (name: String, one: String, other: String)) throws {
        let (one, other) = (pair.one, pair.other)
        let lookAlike: @Sendable (inout TestToken) -> Void = { $0.claims["hd"] = .string(other) }
        try Attack.signed("aud", .refused(.audienceMismatch), issuer: { $0.audiences = [one] }) {
            $0.claims["aud"] = .string(other)
        }
        .check()
        try Attack.signed("aud in a list", .refused(.audienceMismatch), issuer: { $0.audiences = [one] }) {
            $0.claims["aud"] = ["x", .string(other)]
        }
        .check()
        try Attack.signed(
            "required claim",
            .refused(.claimRuleFailed),
            issuer: {
                $0.claimValidationRules = [.requiredClaim(claim: "hd", requiredValue: one)]
            },
            lookAlike
        )
        .check()
        try Attack.signed(
            "name of a required claim",
            .refused(.claimMissing),
            issuer: {
                $0.claimValidationRules = [.requiredClaim(claim: one, requiredValue: "x")]
            }
        ) { $0.claims[other] = "x" }
        .check()
        try Attack.signed(
            "name of the user's claim",
            .refused(.claimMissing),
            issuer: {
                $0.claimMappings.username = .claim(one, prefix: "")
            }
        ) { $0.claims[other] = "admin" }
        .check()
        for rule in [
            "claims.hd == '\(one)'", "claims.hd in ['\(one)']", "claims.hd.startsWith('\(one)')",
            "{'\(one)': true}[?claims.hd].orValue(false)",
        ] {
            try Attack.signed(
                rule,
                .refused(.claimRuleFailed),
                issuer: {
                    $0.claimValidationRules = [.cel(expression: rule, message: "")]
                },
                lookAlike
            )
            .check()
        }
        try Attack.signed(
            "user rule",
            .refused(.userRuleFailed),
            issuer: {
                $0.userValidationRules = [
                    .init(expression: "user.username == '\(one)' || '\(one)' in user.groups", message: "")
                ]
            }
        ) {
            $0.claims["sub"] = .string(other)
            $0.claims["groups"] = [.string(other)]
        }
        .check()
    }

    @Test("Attack 40: an issuer's look-alike is another issuer", arguments: pairs)
    func lookAlikeIssuers(_ pair: (name: String, one: String, other: String)) throws {
        try Attack.signed("iss", .notMine(.issuerUnknown), issuer: { $0.issuerURL = "https://idp.example/\(pair.one)" }) {
            $0.claims["iss"] = .string("https://idp.example/\(pair.other)")
        }
        .check()
    }

    // MARK: 41

    private static let byEmail: @Sendable (inout Issuer) -> Void = { $0.claimMappings.username = .claim("email", prefix: "") }

    static let emails: [Attack] = [
        .signed("not verified", .refused(.emailUnverified), issuer: byEmail) { $0.claims["email_verified"] = false },
        .signed("null", .refused(.emailUnverified), issuer: byEmail) { $0.claims["email_verified"] = .null },
        .signed("the word true", .refused(.claimType), issuer: byEmail) { $0.claims["email_verified"] = "true" },
        .signed("1", .refused(.claimType), issuer: byEmail) { $0.claims["email_verified"] = 1 },
        .signed("a list", .refused(.claimType), issuer: byEmail) { $0.claims["email_verified"] = [true] },
        .signed(
            "an expression that asks",
            .refused(.claimRuleFailed),
            issuer: {
                $0.claimMappings.username = .expression("claims.email")
                $0.claimValidationRules = [.cel(expression: "claims.?email_verified.orValue(false) == true", message: "")]
            }
        ) { $0.claims["email_verified"] = false },
        .signed("verified", .accepted, issuer: byEmail) { $0.claims["email_verified"] = true },
    ]

    @Test("Attack 41: an address that nobody verified", arguments: emails)
    func refusesEmail(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 41: a user by sub stays the same under another address, and takes over nobody's")
    func mutableEmail() throws {
        let bench = try Bench()
        for address in ["jane@example.com", "admin@example.com"] {
            #expect(try bench.judge(TestToken.claims { $0["email"] = .string(address) }).identity?.username == "idp:u-1")
        }
    }

    // MARK: 42

    private static func groups(_ value: JSONValue, _ name: String, _ reason: Refusal.Reason) -> Attack {
        .claim("groups", value, name, .refused(reason))
    }

    static let groupLists: [Attack] = [
        groups(["system:masters"], "system:masters", .groupReserved),
        groups(["a", "system:nodes"], "the second", .groupReserved),
        groups("a,system:masters", "in a list with commas", .groupReserved),
        groups("a, \t system:masters ,b", "with white space", .groupReserved),
        groups("system:masters", "one string", .groupReserved),
        groups(",system:masters", "behind a comma", .groupReserved),
        groups(["a\nb"], "a line break", .groupInvalid), groups(["a\u{0}"], "NUL", .groupInvalid),
        groups(["a\r\nX-Remote-Group: system:masters"], "a header", .groupInvalid),
        groups([.string(String(repeating: "g", count: 1025))], "too long a name", .groupInvalid),
        groups(.string(String(repeating: "a,", count: 3000)), "3000", .tooManyGroups),
        groups(.array(.init(repeating: "", count: 2001)), "2001 empty ones", .tooManyGroups),
        groups(42, "a number", .claimType), groups(true, "true", .claimType), groups(["a": "b"], "an object", .claimType),
        groups(["a", 1], "a number among them", .claimType), groups(["a", .null], "null among them", .claimType),
        groups([["a"]], "a list among them", .claimType),
    ]

    @Test("Attack 42: groups of the platform, of other types, and too many", arguments: groupLists)
    func refusesGroups(_ attack: Attack) throws { try attack.check() }

    static let prefixed: [JSONValue] = [
        "a,system:masters, b", ["a", "system:masters", "b"], ["a", "system:masters", "\"b"],
    ]

    /// As a list with commas, as an array, and as one with text that had to be escaped.
    @Test("Attack 42: each group has the prefix", arguments: prefixed)
    func prefixes(groups: JSONValue) throws {
        let identity = try Bench().judge(TestToken.claims { $0["groups"] = groups }).identity
        #expect(identity?.groups.prefix(2) == ["g:a", "g:system:masters"])
        #expect(identity?.groups.count == 3)
        #expect(identity?.groups.allSatisfy { $0.utf8.starts(with: "g:".utf8) } == true)
    }

    /// An item of an array is one name; a comma in it splits nothing.
    @Test("Attack 42: a comma within an item")
    func commaWithin() throws {
        let decision = try Attack.claim("groups", ["a,system:masters"], "item", .accepted).decision()
        #expect(decision.identity?.groups == ["a,system:masters"])
    }

    @Test("Attack 42: 100,000 groups")
    func manyGroups() throws {
        let compiled = try CompiledSnapshot.compile(try Bench().snapshot)
        let issuer = try #require(compiled.issuer(named: TestToken.issuerURL))
        let user = MappedUser(username: "a", uid: "", groups: .init(repeating: "g", count: 100_000), extra: [:])
        #expect { try UserRule.groups.check(user, issuer.allowsReservedNames) } throws: {
            ($0 as? Refusal)?.reason == .tooManyGroups
        }
        let mapped = Attack.signed(
            "made by a mapping",
            .refused(.tooManyGroups),
            issuer: {
                $0.claimMappings.groups = .expression("claims.list.split(',')")
            }
        ) { $0.claims["list"] = .string(String(repeating: "g,", count: 4000)) }
        try mapped.check()
    }

    @Test("Attack 42: reserved names made by an expression")
    func expressions() throws {
        try Attack.signed(
            "groups",
            .refused(.groupReserved),
            issuer: {
                $0.claimMappings.groups = .expression("['sys' + 'tem:masters']")
            }
        ) { _ in }
        .check()
        try Attack.signed(
            "user",
            .refused(.usernameReserved),
            issuer: {
                $0.claimMappings.username = .expression("'system:' + claims.sub")
            }
        ) { _ in }
        .check()
    }
}
