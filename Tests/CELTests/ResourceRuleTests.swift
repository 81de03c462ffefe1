import CEL
import Testing

/// Every rule of the Authentication resource's schema, with values that keep it and values that break it.
struct ResourceRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let rule: String
        let type: CELType
        let good: [CELValue]
        let bad: [CELValue]
        var testDescription: String { name }
    }

    @Test(arguments: keyRules + urlRules + mappingRules + sourceRules)
    func acceptsAndRefuses(_ c: Case) throws {
        let program = try Program.compile(c.rule, in: .schemaRules, variables: ["self": c.type])
        #expect(program.resultType == .bool)
        for value in c.good { #expect(try program.evaluate(["self": value]) == true, "good: \(value)") }
        for value in c.bad { #expect(try program.evaluate(["self": value]) == false, "bad: \(value)") }
    }

    // MARK: - Keys of extra attributes

    static let keyRules: [Case] = [
        text("key has a slash", "self.contains('/')", ["example.org/a"], ["example.org"]),
        text(
            "key's domain",
            #"self.split('/', 2)[0].matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")"#,
            ["example.org/a", "e/a/b"],
            ["Example.org/a", "-e/a", "e./a", "/a"]
        ),
        text(
            "key's domain length",
            "self.split('/', 2)[0].size() <= 253",
            ["e/a"],
            [String(repeating: "a", count: 254) + "/a"]
        ),
        text("kubernetes.io", "self.split('/', 2)[0] != 'kubernetes.io'", ["a.kubernetes.io/a"], ["kubernetes.io/a"]),
        text(
            "*.kubernetes.io",
            "!self.split('/', 2)[0].endsWith('.kubernetes.io')",
            ["kubernetes.io/a"],
            ["a.kubernetes.io/a"]
        ),
        text("k8s.io", "self.split('/', 2)[0] != 'k8s.io'", ["notk8s.io/a"], ["k8s.io/a"]),
        text("*.k8s.io", "!self.split('/', 2)[0].endsWith('.k8s.io')", ["k8s.io/a"], ["a.k8s.io/a"]),
        text("openshift.io", "self.split('/', 2)[0] != 'openshift.io'", ["x/openshift.io"], ["openshift.io/a"]),
        text("*.openshift.io", "!self.split('/', 2)[0].endsWith('.openshift.io')", ["openshift.io/a"], ["a.openshift.io/a"]),
        text(
            "key's path",
            #"self.split('/', 2)[1].matches('[A-Za-z0-9/\\-._~%!$&\'()*+;=:]+')"#,
            ["e/a", "e/a/b'c"],
            ["e/", "e/ü"]
        ),
        text("key's path length", "self.split('/', 2)[1].size() <= 256", ["e/a"], ["e/" + String(repeating: "ä", count: 257)]),
    ]

    // MARK: - URLs

    static let urlRules: [Case] = [
        text(
            "is a URL",
            "isURL(self)",
            ["https://idp.example", "https://idp.example:8443/a?b=c#d", "/path"],
            ["", "idp.example", "https://idp example", "://x", "https://h:port"]
        ),
        text(
            "https",
            "isURL(self) && url(self).getScheme() == 'https'",
            ["https://h", "HTTPS://h"],
            ["http://h", "nonsense"]
        ),
        text("no query", "isURL(self) && url(self).getQuery() == {}", ["https://h/a"], ["https://h/a?b=c", "x"]),
        text("no query by size", "url(self).getQuery().size() == 0", ["https://h/a", "https://h/a?"], ["https://h/?a"]),
        text("no fragment", "self.find('#(.+)$') == ''", ["https://h/a", "https://h/a#"], ["https://h/a#b"]),
        text("no user", "self.find('@') == ''", ["https://h"], ["https://u@h"]),
        text("no hash", "self.matches('^[^#]*$')", ["https://h"], ["https://h#"]),
        text("no password", "!self.matches('^https://.+:.+@.+/.*$')", ["https://h/", "https://u@h/"], ["https://u:p@h/"]),
        text("host", "isURL(self) && url(self).getHost() != ''", ["https://h/a"], ["/a", "mailto:a"]),
        text("path", "isURL(self) && url(self).getEscapedPath() != ''", ["https://h/"], ["https://h"]),
        text(
            "no user in endpoint",
            "isURL(self) && !self.matches('^https://[^/]+@.+$')",
            ["https://h/a@b"],
            ["https://u@h/a"]
        ),
        text("no fragment in endpoint", "isURL(self) && self.find('#(.+)$') == ''", ["https://h/t"], ["https://h/t#x"]),
        Case(
            name: "discovery differs from issuer",
            rule: """
                self.?discoveryURL.orValue("").size() > 0 ? (self.issuerURL.size() == 0 || \
                self.discoveryURL.find('^.+[^/]') != self.issuerURL.find('^.+[^/]')) : true
                """,
            type: object(["issuerURL", "discoveryURL"]),
            good: [["issuerURL": "https://a"], ["issuerURL": "https://a", "discoveryURL": "https://b/"]],
            bad: [
                ["issuerURL": "https://a", "discoveryURL": "https://a/"],
                ["issuerURL": "https://a//", "discoveryURL": "https://a"],
            ]
        ),
    ]

    // MARK: - Mappings and validation rules

    static let mappingRules: [Case] = [
        Case(
            name: "no prefix with an expression",
            rule: "has(self.expression) && size(self.expression) > 0 ? (!has(self.prefix) || size(self.prefix) == 0) : true",
            type: object(["claim", "expression", "prefix"]),
            good: [[:], ["expression": "a", "prefix": ""], ["claim": "a", "prefix": "b"]],
            bad: [["expression": "a", "prefix": "b"]]
        ),
        Case(
            name: "no expression with a claim",
            rule: #"(size(self.?claim.orValue("")) > 0) ? !has(self.expression) : true"#,
            type: object(["claim", "expression"]),
            good: [[:], ["claim": ""], ["claim": "a"], ["claim": "", "expression": "b"]],
            bad: [["claim": "a", "expression": "b"]]
        ),
        Case(
            name: "claim or expression",
            rule: "has(self.claim) ? !has(self.expression) : has(self.expression)",
            type: object(["claim", "expression"]),
            good: [["claim": "a"], ["expression": "a"]],
            bad: [[:], ["claim": "a", "expression": "b"]]
        ),
        Case(
            name: "no Prefix policy with an expression",
            rule: """
                has(self.expression) && size(self.expression) > 0 ? \
                !has(self.prefixPolicy) || self.prefixPolicy != 'Prefix' : true
                """,
            type: object(["expression", "prefixPolicy"]),
            good: [["expression": "a"], ["expression": "a", "prefixPolicy": "NoPrefix"], ["prefixPolicy": "Prefix"]],
            bad: [["expression": "a", "prefixPolicy": "Prefix"]]
        ),
        Case(
            name: "prefix with the Prefix policy only",
            rule: """
                has(self.prefixPolicy) && self.prefixPolicy == 'Prefix' ? \
                (has(self.prefix) && size(self.prefix.prefixString) > 0) : !has(self.prefix)
                """,
            type: .object(
                CELObjectType(name: "username", fields: ["prefixPolicy": .string, "prefix": object(["prefixString"])])
            ),
            good: [[:], ["prefixPolicy": "Prefix", "prefix": ["prefixString": "a"]]],
            bad: [
                ["prefixPolicy": "Prefix"], ["prefix": ["prefixString": "a"]],
                ["prefixPolicy": "", "prefix": ["prefixString": "a"]],
            ]
        ),
        Case(
            name: "cel with type CEL only",
            rule: "has(self.type) && self.type == 'CEL' ? has(self.cel) : !has(self.cel)",
            type: object(["type", "cel"]),
            good: [["type": "CEL", "cel": "x"], ["type": "RequiredClaim"], [:]],
            bad: [["type": "CEL"], ["cel": "x"]]
        ),
        Case(
            name: "required claim with type RequiredClaim only",
            rule: "has(self.type) && self.type == 'RequiredClaim' ? has(self.requiredClaim) : !has(self.requiredClaim)",
            type: object(["type", "requiredClaim"]),
            good: [["type": "RequiredClaim", "requiredClaim": "x"], ["type": "CEL"]],
            bad: [["type": "RequiredClaim"], ["type": "CEL", "requiredClaim": "x"]]
        ),
    ]

    // MARK: - Sources of external claims

    static let sourceRules: [Case] = [
        Case(
            name: "mapping names are unique",
            rule: "self.all(s, s.mappings.all(m, self.filter(s2, s2.mappings.exists(m2, m2.name == m.name)).size() == 1))",
            type: .list(.object(CELObjectType(name: "source", fields: ["mappings": .list(object(["name"]))]))),
            good: [[], [["mappings": [["name": "a"]]], ["mappings": [["name": "b"]]]]],
            bad: [[["mappings": [["name": "a"]]], ["mappings": [["name": "b"], ["name": "a"]]]]]
        ),
        Case(
            name: "client credential with its type only",
            rule: "self.type == 'ClientCredential' ? has(self.clientCredential) : !has(self.clientCredential)",
            type: object(["type", "clientCredential"]),
            good: [["type": "ClientCredential", "clientCredential": "x"], ["type": "RequestProvidedToken"]],
            bad: [["type": "ClientCredential"], ["type": "RequestProvidedToken", "clientCredential": "x"]]
        ),
        text("printable", "self.matches('^[[:print:]]+$')", ["a b~"], ["", "a\n", "ü"]),
        text(
            "subdomain",
            #"self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$')"#,
            ["a.b-c"],
            ["A", "a."]
        ),
        text("scopes", #"self.matches('^[!#-[\\]-~]+$')"#, ["openid"], ["a b", "a\"", "a\\"]),
        text("mapping name", "self.matches('^[a-z_]+$')", ["a_b"], ["a1", ""]),
        text("hostname", "isURL('https://'+self)", ["h", "h:443"], ["h h", "h:x"]),
        text(
            "hostname before the port",
            #"self.split(':')[0].matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$')"#,
            ["h.example:443"],
            ["H", ":443"]
        ),
        text("port", "self.split(':').size() > 1 ? int(self.split(':')[1]) <= 65535 : true", ["h", "h:65535"], ["h:65536"]),
    ]

    private static func text(_ name: String, _ rule: String, _ good: [String], _ bad: [String]) -> Case {
        Case(name: name, rule: rule, type: .string, good: good.map { .string($0) }, bad: bad.map { .string($0) })
    }

    static func object(_ names: [String]) -> CELType {
        .object(CELObjectType(name: "object", fields: Dictionary(uniqueKeysWithValues: names.map { ($0, .string) })))
    }

    @Test func aPortThatIsNoNumberIsAnError() throws {
        let program = try Program.compile("int(self.split(':')[1]) <= 65535", in: .schemaRules, variables: ["self": .string])
        #expect(throws: CELEvaluationError.self) { try program.evaluate(["self": "h:x"]) }
    }
}
