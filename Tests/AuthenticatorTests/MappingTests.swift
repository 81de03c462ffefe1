import JSON
import Snapshot
import Testing

@testable import Authenticator

/// From claims to a user, without expressions.
struct MappingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let claims: JSONObject
        let verdict: Verdict
        var username = "u-1"
        var groups: [String] = []
        var uid = "u-1"
        var extra: [String: [String]] = [:]
        var mapping = ClaimMappings(username: .claim("sub", prefix: ""), groups: .claim("groups", prefix: ""))
        var testDescription: String { name }
    }

    static let username: [Case] = [
        Case(name: "plain", claims: [:], verdict: .accepted),
        Case(
            name: "prefix",
            claims: [:],
            verdict: .accepted,
            username: "https://idp.example#u-1",
            mapping: .init(username: .claim("sub", prefix: "https://idp.example#"))
        ),
        Case(
            name: "prefix lifts a reserved name",
            claims: ["sub": "system:admin"],
            verdict: .accepted,
            username: "x:system:admin",
            uid: "system:admin",
            mapping: .init(username: .claim("sub", prefix: "x:"))
        ),
        Case(
            name: "prefix makes a reserved name",
            claims: ["sub": "tem:admin"],
            verdict: .refused(.usernameReserved),
            mapping: .init(username: .claim("sub", prefix: "sys"))
        ),
        Case(name: "system without a colon", claims: ["sub": "system"], verdict: .accepted, username: "system", uid: "system"),
        Case(
            name: "missing",
            claims: [:],
            verdict: .refused(.claimMissing),
            mapping: .init(username: .claim("upn", prefix: ""))
        ),
        Case(name: "a number", claims: ["sub": 5], verdict: .refused(.claimType)),
        Case(name: "null", claims: ["sub": .null], verdict: .refused(.claimType)),
        Case(name: "a list", claims: ["sub": ["a"]], verdict: .refused(.claimType)),
        Case(name: "empty", claims: ["sub": ""], verdict: .refused(.usernameInvalid)),
        Case(
            name: "empty behind a prefix",
            claims: ["sub": ""],
            verdict: .refused(.usernameInvalid),
            mapping: .init(username: .claim("sub", prefix: "sso:"))
        ),
        Case(name: "a space", claims: ["sub": " "], verdict: .accepted, username: " ", uid: " "),
        Case(
            name: "1024 bytes",
            claims: ["sub": .string(String(repeating: "a", count: 1024))],
            verdict: .accepted,
            username: String(repeating: "a", count: 1024),
            uid: String(repeating: "a", count: 1024)
        ),
        Case(
            name: "1025 bytes",
            claims: ["sub": .string(String(repeating: "a", count: 1025))],
            verdict: .refused(.usernameInvalid)
        ),
        Case(name: "delete character", claims: ["sub": "a\u{7f}"], verdict: .refused(.usernameInvalid)),
        Case(name: "line separator", claims: ["sub": "a\u{2028}"], verdict: .refused(.usernameInvalid)),
        Case(
            name: "letters of other scripts",
            claims: ["sub": "Łukasz 山田"],
            verdict: .accepted,
            username: "Łukasz 山田",
            uid: "Łukasz 山田"
        ),
    ]

    private static let email = ClaimMappings(username: .claim("email", prefix: ""))

    static let emails: [Case] = [
        Case(name: "nothing said", claims: [:], verdict: .accepted, username: "jane@example.com", mapping: email),
        Case(
            name: "verified",
            claims: ["email_verified": true],
            verdict: .accepted,
            username: "jane@example.com",
            mapping: email
        ),
        Case(name: "not verified", claims: ["email_verified": false], verdict: .refused(.emailUnverified), mapping: email),
        Case(name: "verified as a string", claims: ["email_verified": "true"], verdict: .refused(.claimType), mapping: email),
        Case(name: "verified is 1", claims: ["email_verified": 1], verdict: .refused(.claimType), mapping: email),
        Case(name: "verified is null", claims: ["email_verified": .null], verdict: .refused(.emailUnverified), mapping: email),
        Case(name: "not verified, not used", claims: ["email_verified": false], verdict: .accepted),
    ]

    static let groups: [Case] = [
        Case(name: "a list", claims: ["groups": ["b", "a", "b"]], verdict: .accepted, groups: ["b", "a", "b"]),
        Case(name: "one name", claims: ["groups": "dev"], verdict: .accepted, groups: ["dev"]),
        Case(
            name: "names with commas",
            claims: ["groups": " dev , ops,,\tx y , "],
            verdict: .accepted,
            groups: ["dev", "ops", "x y"]
        ),
        Case(name: "items are not split", claims: ["groups": ["a,b", " c "]], verdict: .accepted, groups: ["a,b", " c "]),
        Case(name: "an empty string", claims: ["groups": ""], verdict: .accepted),
        Case(name: "commas only", claims: ["groups": " , ,"], verdict: .accepted),
        Case(name: "an empty list", claims: ["groups": []], verdict: .accepted),
        Case(name: "null", claims: ["groups": .null], verdict: .accepted),
        Case(name: "absent", claims: [:], verdict: .accepted),
        Case(name: "a number", claims: ["groups": 42], verdict: .refused(.claimType)),
        Case(name: "an object", claims: ["groups": ["a": "b"]], verdict: .refused(.claimType)),
        Case(name: "a list with a number", claims: ["groups": ["a", 1]], verdict: .refused(.claimType)),
        Case(name: "a list with null", claims: ["groups": ["a", .null]], verdict: .refused(.claimType)),
        Case(
            name: "prefix on each",
            claims: ["groups": "dev,ops"],
            verdict: .accepted,
            groups: ["p:dev", "p:ops"],
            mapping: .init(username: .claim("sub", prefix: ""), groups: .claim("groups", prefix: "p:"))
        ),
        Case(
            name: "prefix lifts a reserved name",
            claims: ["groups": ["system:masters"]],
            verdict: .accepted,
            groups: ["p:system:masters"],
            mapping: .init(username: .claim("sub", prefix: ""), groups: .claim("groups", prefix: "p:"))
        ),
        Case(
            name: "not mapped",
            claims: ["groups": ["system:masters"]],
            verdict: .accepted,
            mapping: .init(username: .claim("sub", prefix: ""))
        ),
        Case(
            name: "2000",
            claims: ["groups": .array(.init(repeating: "g", count: 2000))],
            verdict: .accepted,
            groups: .init(repeating: "g", count: 2000)
        ),
        Case(name: "2001", claims: ["groups": .array(.init(repeating: "g", count: 2001))], verdict: .refused(.tooManyGroups)),
    ]

    static let uids: [Case] = [
        Case(
            name: "another claim",
            claims: ["oid": "7"],
            verdict: .accepted,
            uid: "7",
            mapping: .init(username: .claim("sub", prefix: ""), uid: .claim("oid", prefix: ""))
        ),
        Case(
            name: "missing",
            claims: [:],
            verdict: .refused(.claimMissing),
            mapping: .init(username: .claim("sub", prefix: ""), uid: .claim("oid", prefix: ""))
        ),
        Case(name: "no sub, which is the default", claims: ["sub": .null], verdict: .refused(.claimType), mapping: email),
        Case(
            name: "not mapped",
            claims: [:],
            verdict: .accepted,
            uid: "",
            mapping: .init(username: .claim("sub", prefix: ""), uid: nil)
        ),
        Case(
            name: "line break",
            claims: ["oid": "a\nb"],
            verdict: .refused(.uidInvalid),
            mapping: .init(username: .claim("sub", prefix: ""), uid: .claim("oid", prefix: ""))
        ),
    ]

    static let credentials: [Case] = [
        Case(
            name: "jti",
            claims: ["jti": "1234"],
            verdict: .accepted,
            extra: ["authentication.kubernetes.io/credential-id": ["JTI=1234"]]
        ),
        Case(name: "jti is a number", claims: ["jti": 1234], verdict: .accepted),
        Case(name: "jti is empty", claims: ["jti": ""], verdict: .accepted),
    ]

    @Test(arguments: username + emails + groups + uids + credentials)
    func maps(_ c: Case) throws {
        let bench = try Bench { $0.claimMappings = c.mapping }
        let decision = try bench.judge(
            TestToken.claims { claims in
                for (name, value) in c.claims { claims[name] = value }
            }
        )
        #expect(decision.verdict == c.verdict)
        guard let identity = decision.identity else { return }
        #expect(identity.username == c.username)
        #expect(identity.groups == c.groups)
        #expect(identity.uid == c.uid)
        #expect(identity.extra == c.extra)
        #expect(identity.provider == "idp")
    }

    @Test(
        arguments: [
            ("a, b", ["g:a, b"]), ("", ["g:"]), (.null, []), ([], []), (["a,b", "c"], ["g:a,b", "g:c"]),
        ] as [(JSONValue, [String])]
    )
    func takesATextOfGroupsForOneGroupWhereTheConfigurationSaysSo(_ claim: JSONValue, _ groups: [String]) throws {
        let bench = try Bench {
            $0.claimMappings = ClaimMappings(
                username: .claim("sub", prefix: ""),
                groups: .claim("groups", prefix: "g:"),
                groupsText: .oneGroup
            )
        }
        #expect(try bench.judge(TestToken.claims { $0["groups"] = claim }).identity?.groups == groups)
    }

    @Test func letsReservedNamesThroughWhereTheConfigurationSaysSo() throws {
        let bench = try Bench {
            $0.claimMappings = ClaimMappings(username: .claim("sub", prefix: ""), groups: .claim("groups", prefix: ""))
            $0.allowsReservedNames = true
        }
        let decision = try bench.judge(
            TestToken.claims {
                $0["sub"] = "system:serviceaccount:a:b"
                $0["groups"] = ["system:serviceaccounts"]
            }
        )
        #expect(decision.identity?.username == "system:serviceaccount:a:b")
        #expect(decision.identity?.groups == ["system:serviceaccounts"])
    }

    struct Required: CustomTestStringConvertible, Sendable {
        let name: String
        let value: JSONValue?
        let verdict: Verdict
        var wanted = "example.com"
        var testDescription: String { name }
    }

    static let required = [
        Required(name: "equal", value: "example.com", verdict: .accepted),
        Required(name: "other", value: "example.org", verdict: .refused(.claimRuleFailed)),
        Required(name: "other case", value: "Example.com", verdict: .refused(.claimRuleFailed)),
        Required(name: "absent", value: nil, verdict: .refused(.claimMissing)),
        Required(name: "a list with it", value: ["example.com"], verdict: .refused(.claimType)),
        Required(name: "null", value: .null, verdict: .refused(.claimType)),
        Required(name: "empty and wanted so", value: "", verdict: .accepted, wanted: ""),
        Required(name: "true for \"true\"", value: true, verdict: .refused(.claimType), wanted: "true"),
        Required(name: "decomposed for composed", value: "e\u{301}", verdict: .refused(.claimRuleFailed), wanted: "\u{e9}"),
    ]

    @Test(arguments: required)
    func requiresAClaim(_ c: Required) throws {
        let bench = try Bench { $0.claimValidationRules = [.requiredClaim(claim: "hd", requiredValue: c.wanted)] }
        #expect(try bench.judge(TestToken.claims { $0["hd"] = c.value }).verdict == c.verdict)
    }
}
