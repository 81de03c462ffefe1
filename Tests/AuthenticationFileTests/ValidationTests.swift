import AuthenticationFile
import JSON
import Schema
import Testing

/// One mapping that Kubernetes accepts, to be changed by a test.
let username = "username: {claim: sub, prefix: ''}"

func text(
    url: String = "https://sso.example",
    issuer: String = "audiences: [a]",
    mappings: String = username,
    rest: String = "",
    anonymous: String = ""
) -> String {
    """
    apiVersion: apiserver.config.k8s.io/v1
    kind: AuthenticationConfiguration
    jwt:
    - issuer: {url: "\(url)", \(issuer)}
      claimMappings: {\(mappings)}
      \(rest)
    \(anonymous)
    """
}

/// The problems with a text, each as field and type.
func problems(with text: String, disallowed: [String] = []) -> [String] {
    do throws(InvalidConfiguration) {
        _ = try AuthenticationConfiguration.read(Array(text.utf8), source: "file.yaml", disallowedIssuers: disallowed)
        return []
    } catch {
        return error.problems.map { problem in
            switch problem {
            case .unreadable(let problem): "unreadable \(problem.reason)"
            case .wrongKind(let path, _): "\(path) wrongKind"
            case .unknownField(let path, _): "\(path) unknown"
            case .wrongType(let path, _, _): "\(path) wrongType"
            case .refused(let issue): "\(issue.path) \(issue.reason)"
            }
        }
    }
}

struct ValidationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let problems: [String]
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ problems: String...) {
            (self.name, self.text, self.problems) = (name, text, problems)
        }
    }

    private static let path = "jwt[0].issuer"
    private static let mappings = "jwt[0].claimMappings"
    private static let rules = "jwt[0].claimValidationRules"
    private static let userRules = "jwt[0].userValidationRules"

    static let issuers = [
        Case("good", text()),
        Case("no issuer at all", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n"),
        Case("issuer without URL", text(url: ""), "\(path).url required"),
        Case("issuer over http", text(url: "http://sso.example"), "\(path).url invalid"),
        Case("name and password in the URL", text(url: "https://a:b@sso.example"), "\(path).url invalid"),
        Case("another service's issuer", text(url: "https://accounts.example"), "\(path).url invalid"),
        Case(
            "several mistakes in one URL",
            text(url: "http://a@sso.example?x#y"),
            "\(path).url invalid",
            "\(path).url invalid",
            "\(path).url invalid",
            "\(path).url invalid"
        ),
        Case("no audience", text(issuer: "audiences: []"), "\(path).audiences required"),
        Case("empty audience", text(issuer: "audiences: ['']"), "\(path).audiences[0] required"),
        Case("null audience", text(issuer: "audiences: [null]"), "\(path).audiences[0] required"),
        Case(
            "two audiences without policy",
            text(issuer: "audiences: [a, b]"),
            "\(path).audienceMatchPolicy invalid"
        ),
        Case("two audiences", text(issuer: "audiences: [a, b], audienceMatchPolicy: MatchAny")),
        Case(
            "an audience twice",
            text(issuer: "audiences: [a, a], audienceMatchPolicy: MatchAny"),
            "\(path).audiences[1] duplicate"
        ),
        Case(
            "audiences that only look alike",
            text(issuer: "audiences: [\"\u{E9}\", \"e\u{301}\"], audienceMatchPolicy: MatchAny")
        ),
        Case(
            "unknown policy",
            text(issuer: "audiences: [a], audienceMatchPolicy: MatchAll"),
            "\(path).audienceMatchPolicy invalid"
        ),
        Case("unknown egress", text(issuer: "audiences: [a], egressSelectorType: etcd"), "\(path).egressSelectorType invalid"),
        Case("egress", text(issuer: "audiences: [a], egressSelectorType: cluster")),
        Case(
            "no certificate",
            text(issuer: "audiences: [a], certificateAuthority: PEM"),
            "\(path).certificateAuthority invalid"
        ),
        Case(
            "damaged certificate",
            text(
                issuer:
                    "audiences: [a], certificateAuthority: \"-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\""
            ),
            "\(path).certificateAuthority invalid"
        ),
        Case(
            "discovery at the issuer itself",
            text(issuer: "audiences: [a], discoveryURL: 'https://sso.example//'"),
            "\(path).discoveryURL invalid"
        ),
        Case("discovery elsewhere", text(issuer: "audiences: [a], discoveryURL: 'https://idp.internal/x'")),
    ]

    static let ruleCases = [
        Case("empty rule", text(rest: "claimValidationRules: [{}]"), "\(rules)[0] required"),
        Case("claim and expression", text(rest: "claimValidationRules: [{claim: a, expression: x}]"), "\(rules)[0] invalid"),
        Case("message of a claim", text(rest: "claimValidationRules: [{claim: a, message: x}]"), "\(rules)[0].message invalid"),
        Case(
            "value of an expression",
            text(rest: "claimValidationRules: [{expression: 'true', requiredValue: x}]"),
            "\(rules)[0].requiredValue invalid"
        ),
        Case("a claim twice", text(rest: "claimValidationRules: [{claim: a}, {claim: a}]"), "\(rules)[1].claim duplicate"),
        Case(
            "an expression twice, the bad one told once",
            text(rest: "claimValidationRules: [{expression: nobody}, {expression: nobody}]"),
            "\(rules)[0].expression invalid",
            "\(rules)[1].expression duplicate"
        ),
        Case(
            "a rule that is no condition",
            text(rest: "claimValidationRules: [{expression: claims.hd}]"),
            "\(rules)[0].expression invalid"
        ),
        Case("user rule without expression", text(rest: "userValidationRules: [{}]"), "\(userRules)[0].expression required"),
        Case(
            "user rule over claims",
            text(rest: "userValidationRules: [{expression: claims.a == 'b'}]"),
            "\(userRules)[0].expression invalid"
        ),
        Case(
            "user rule twice",
            text(rest: "userValidationRules: [{expression: 'true'}, {expression: 'true'}]"),
            "\(userRules)[1].expression duplicate"
        ),
        Case(
            "conditions of a switched-off anonymous",
            text(anonymous: "anonymous: {enabled: false, conditions: [{path: /livez}]}"),
            "anonymous.conditions invalid"
        ),
        Case("anonymous", text(anonymous: "anonymous: {enabled: true, conditions: [{path: /livez}]}")),
    ]

    static let mappingCases = [
        Case("no username", text(mappings: ""), "\(mappings).username required"),
        Case("claim without prefix", text(mappings: "username: {claim: sub}"), "\(mappings).username.prefix required"),
        Case(
            "claim with null prefix",
            text(mappings: "username: {claim: sub, prefix: null}"),
            "\(mappings).username.prefix required"
        ),
        Case(
            "claim and expression",
            text(mappings: "username: {claim: sub, prefix: '', expression: claims.sub}"),
            "\(mappings).username invalid"
        ),
        Case(
            "expression with prefix, and one that does not compile",
            text(mappings: "username: {prefix: '', expression: nobody}"),
            "\(mappings).username.prefix invalid",
            "\(mappings).username.expression invalid"
        ),
        Case("groups prefix alone", text(mappings: "\(username), groups: {prefix: x}")),
        Case("groups without prefix", text(mappings: "\(username), groups: {claim: g}"), "\(mappings).groups.prefix required"),
        Case("uid twice", text(mappings: "\(username), uid: {claim: a, expression: b}"), "\(mappings).uid invalid"),
        Case(
            "extra key without value",
            text(mappings: "\(username), extra: [{key: a.io/b}]"),
            "\(mappings).extra[0].valueExpression required"
        ),
        Case(
            "extra key twice",
            text(mappings: "\(username), extra: [{key: a.io/b, valueExpression: claims.a}, {key: a.io/b}]"),
            "\(mappings).extra[1].key duplicate"
        ),
        Case(
            "mail without proof",
            text(mappings: "username: {expression: claims.email}"),
            "\(mappings).username.expression invalid"
        ),
        Case("mail by index, which is not looked for", text(mappings: "username: {expression: 'claims[\"email\"]'}")),
        Case(
            "proof by index, which is not looked for",
            text(
                mappings: "username: {expression: claims.email}",
                rest: "claimValidationRules: [{expression: 'claims[\"email_verified\"] == true'}]"
            ),
            "\(mappings).username.expression invalid"
        ),
        Case(
            "proof in a rule",
            text(
                mappings: "username: {expression: claims.email}",
                rest: "claimValidationRules: [{expression: 'claims.?email_verified.orValue(true) == true'}]"
            )
        ),
        Case(
            "proof in the wrong mapping",
            text(mappings: "username: {expression: claims.email}, uid: {expression: string(claims.email_verified)}"),
            "\(mappings).username.expression invalid"
        ),
        Case("any type of result", text(mappings: "username: {expression: '{1: 2}'}, groups: {expression: '1'}")),
    ]

    @Test(arguments: issuers + ruleCases + mappingCases)
    func refusesWhatKubernetesRefuses(_ c: Case) {
        #expect(problems(with: c.text, disallowed: ["https://accounts.example", "x"]) == c.problems)
    }

    @Test(arguments: [
        ("", ["required"]), ("foo", ["invalid"]), ("a.io/", ["invalid"]), ("/b", ["invalid"]),
        ("a.io/B", ["invalid"]), ("A.io/b", ["invalid", "invalid"]), ("a.io/b c", ["invalid"]), ("a.io/b/c", []),
        ("k8s.io/b", ["invalid"]), ("x.kubernetes.io/b", ["invalid"]), ("ak8s.io/b", []), ("a.io/%41:x", []),
    ])
    func judgesExtraKeys(_ key: String, _ expected: [String]) {
        let mappings = "\(username), extra: [{key: \"\(key)\", valueExpression: claims.a}]"
        #expect(problems(with: text(mappings: mappings)) == expected.map { "jwt[0].claimMappings.extra[0].key \($0)" })
    }

    @Test(arguments: [
        ("https:", true), ("HTTPS://sso.example", true), ("https://", true), ("https://h?", true), ("https://h#", true),
        ("https://h:/x", true), ("https://h:8443/x", true), ("https://[::1]:443", true), ("https://[fe80::1%25eth0]", true),
        ("https://h/%41", true), ("https://h%C3%A9", true), ("https://h\u{E9}", true),
        ("h", false), ("//h", false), (":x", false), ("a:b/c", false), ("https://h:x", false), ("https://h:1:2", false),
        ("https://[::1", false), ("https://[::1]x", false), ("https://[::ffff:1.2.3.4]", false), ("https://[h]", false),
        ("https://h/%4", false), ("https://h/%+1", false), ("https://h%41", false), ("https://h i", false),
        ("https://h/\\x7F", false), ("https://@h", false), ("https://h?x", false), ("https://h#%zz", false),
    ])
    func readsURLsAsGoDoes(_ url: String, _ isTaken: Bool) {
        let found = problems(with: text(url: url))
        #expect(found.isEmpty == isTaken, "\(found)")
        #expect(found.allSatisfy { $0 == "jwt[0].issuer.url invalid" })
    }

    @Test func boundsAndComparesIssuers() {
        let many = { (urls: [String]) in
            "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\njwt:\n"
                + urls.map { "- {issuer: {url: '\($0)', audiences: [a]}, claimMappings: {\(username)}}\n" }.joined()
        }
        #expect(problems(with: many((0..<64).map { "https://\($0).example" })) == [])
        #expect(problems(with: many((0..<65).map { "https://\($0).example" })) == ["jwt tooMany"])
        #expect(
            problems(with: many(["https://a.example", "https://b.example", "https://a.example"])) == [
                "jwt[2].issuer.url duplicate"
            ]
        )
    }
}
