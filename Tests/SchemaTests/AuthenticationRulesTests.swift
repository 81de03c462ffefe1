import JSON
import Testing

@testable import Schema

/// Every CEL rule of Authentication's schema: what it refuses and what it lets pass.
struct AuthenticationRulesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let changes: [(String, JSONValue?)]
        let problems: [String]
        var testDescription: String { name }

        init(_ name: String, _ changes: [(String, JSONValue?)], _ problems: String...) {
            self.name = name
            self.changes = changes
            self.problems = problems
        }
    }

    static let provider = "spec.oidcProviders.0"
    static let root = "spec.oidcProviders[0]"

    static func url(_ text: String, _ problems: String...) -> Case {
        let changes: [(String, JSONValue?)] = [("\(provider).issuer.issuerURL", .string(text))]
        return Case(
            "issuer \(text)",
            changes,
            all: problems.map { "\(root).issuer.issuerURL: Invalid value: \"\(text)\": \($0)" }
        )
    }

    static let issuerURLs = [
        url("https://idp.example"), url("https://idp.example:8443/realms/a%20b"), url("https://[::1]:8443/x"),
        url("https://idp.example#"),
        url("not a url", "must be a valid URL", "must use the 'https' scheme", "must not have a query"),
        url("idp.example", "must be a valid URL", "must use the 'https' scheme", "must not have a query"),
        url("http://idp.example", "must use the 'https' scheme"),
        url("https://idp.example/?a=1", "must not have a query"),
        url("https://idp.example/#part", "must not have a fragment"),
        url("https://user:pass@idp.example", "must not have user info"),
        url(
            "http://user@idp.example/?a=1#part",
            "must use the 'https' scheme",
            "must not have a query",
            "must not have a fragment",
            "must not have user info"
        ),
    ]

    static func discovery(_ text: String, at path: String = "issuer.discoveryURL", value: String? = nil, _ problems: String...)
        -> Case
    {
        let shown = value ?? "\"\(text)\""
        let changes: [(String, JSONValue?)] = [("\(provider).issuer.discoveryURL", .string(text))]
        return Case("discovery \(text)", changes, all: problems.map { "\(root).\(path): Invalid value: \(shown): \($0)" })
    }

    static let discoveryURLs = [
        discovery("https://other.example/.well-known/openid-configuration"),
        discovery("https://idp.example/.well-known/openid-configuration"),
        discovery("https://idp.example", at: "issuer", value: "\"object\"", "discoveryURL must be different from issuerURL"),
        discovery("https://idp.example//", at: "issuer", value: "\"object\"", "discoveryURL must be different from issuerURL"),
        discovery("http://other.example", "discoveryURL must be a valid https URL"),
        discovery("https://other.example/?a=1", "discoveryURL must not contain query parameters"),
        discovery("https://other.example/#a", "discoveryURL must not contain fragments"),
        discovery("https://a:b@other.example/x", "discoveryURL must not contain user info"),
    ]

    static func username(_ name: String, _ value: JSONValue, _ problems: String...) -> Case {
        let changes: [(String, JSONValue?)] = [("\(provider).claimMappings.username", value)]
        return Case(
            "username \(name)",
            changes,
            all: problems.map { "\(root).claimMappings.username: Invalid value: \"object\": \($0)" }
        )
    }

    static let onlyOne = "precisely one of claim or expression must be set"
    static let prefixes = "prefix must be set if prefixPolicy is 'Prefix', but must remain unset otherwise"

    static let usernames = [
        username("of a claim", ["claim": "email"]),
        username("of an expression", ["expression": "claims.sub"]),
        username("of nothing", [:], onlyOne),
        username("of both", ["claim": "sub", "expression": "claims.sub"], onlyOne),
        username("with a prefix", ["claim": "sub", "prefixPolicy": "Prefix", "prefix": ["prefixString": "x:"]]),
        username("with a policy but no prefix", ["claim": "sub", "prefixPolicy": "Prefix"], prefixes),
        username("with a prefix but no policy", ["claim": "sub", "prefix": ["prefixString": "x:"]], prefixes),
        username(
            "with a prefix and NoPrefix",
            ["claim": "sub", "prefixPolicy": "NoPrefix", "prefix": ["prefixString": "x:"]],
            prefixes
        ),
        username(
            "of an expression with a prefix",
            ["expression": "claims.sub", "prefixPolicy": "Prefix", "prefix": ["prefixString": "x:"]],
            "prefixPolicy must not be set to 'Prefix' when expression is set"
        ),
    ]

    static let groupsPath = "\(root).claimMappings.groups"
    static let mappings = [
        Case("groups of an expression", [("\(provider).claimMappings.groups", ["expression": "claims.groups", "prefix": ""])]),
        Case(
            "groups of an empty claim and an expression",
            [("\(provider).claimMappings.groups", ["claim": "", "expression": "claims.groups"])]
        ),
        Case(
            "groups of an expression with a prefix",
            [("\(provider).claimMappings.groups", ["expression": "claims.groups", "prefix": "x:"])],
            "\(groupsPath): Invalid value: \"object\": prefix must not be set to a non-empty value when expression is set"
        ),
        Case(
            "groups of both",
            [("\(provider).claimMappings.groups", ["claim": "groups", "expression": "claims.groups"])],
            "\(groupsPath): Invalid value: \"object\": expression must not be set if claim is specified and is not an empty string"
        ),
        Case(
            "a uid of nothing",
            [("\(provider).claimMappings.uid", [:])],
            "\(root).claimMappings.uid: Invalid value: \"object\": \(onlyOne)"
        ),
        Case(
            "a CEL rule without cel",
            [("\(provider).claimValidationRules", [["type": "CEL"]])],
            "\(root).claimValidationRules[0]: Invalid value: \"object\": cel must be set when type is 'CEL', and forbidden otherwise"
        ),
        Case(
            "a RequiredClaim rule with cel",
            [
                (
                    "\(provider).claimValidationRules",
                    [["type": "RequiredClaim", "cel": ["expression": "true", "message": "m"]]]
                )
            ],
            "\(root).claimValidationRules[0]: Invalid value: \"object\": cel must be set when type is 'CEL', and forbidden otherwise",
            "\(root).claimValidationRules[0]: Invalid value: \"object\": requiredClaim must be set when type is 'RequiredClaim', and "
                + "forbidden otherwise"
        ),
    ]

    static func key(_ text: String, _ problems: String...) -> Case {
        let changes: [(String, JSONValue?)] = [
            ("\(provider).claimMappings.extra", [["key": .string(text), "valueExpression": "claims.x"]])
        ]
        return Case(
            "key \(text.prefix(40))",
            changes,
            all: problems.map { "\(root).claimMappings.extra[0].key: Invalid value: \"\(text)\": \($0)" }
        )
    }

    static let domain =
        "the domain of the key must consist of only lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character"
    static let path =
        "the path of the key must not be empty and must consist of at least one alphanumeric character, percent-encoded octets, "
        + "apostrophe, '-', '.', '_', '~', '!', '$', '&', '(', ')', '*', '+', ',', ';', '=', and ':'"

    static let extraKeys = [
        key("example.com/foo"), key("a/b/c"), key("example.com/a%20b!$&'()*+;=:@"), key("notkubernetes.io/x"),
        key("Example.com/x", domain), key("-a.com/x", domain), key("example.com/", path),
        key("kubernetes.io/x", "the domain 'kubernetes.io' is reserved for Kubernetes use"),
        key("a.kubernetes.io/x", "the subdomains '*.kubernetes.io' are reserved for Kubernetes use"),
        key("k8s.io/x", "the domain 'k8s.io' is reserved for Kubernetes use"),
        key("a.k8s.io/x", "the subdomains '*.k8s.io' are reserved for Kubernetes use"),
        key("openshift.io/x", "the domain 'openshift.io' is reserved for OpenShift use"),
        key("a.openshift.io/x", "the subdomains '*.openshift.io' are reserved for OpenShift use"),
        key(
            "example.com/\(String(repeating: "x", count: 257))",
            "the path of the key must not exceed 256 characters in length"
        ),
        key("\(String(repeating: "x", count: 254))/x", "the domain of the key must not exceed 253 characters in length"),
    ]

    static let tables: [Case] = issuerURLs + discoveryURLs + usernames + mappings + extraKeys

    @Test(arguments: tables) func judges(_ c: Case) throws {
        let object = authentication { object in c.changes.forEach { object.set($0, $1) } }
        #expect(try admission().problems(object) == c.problems)
    }

    static let unregistered =
        "all oidcClients in the oidcProviders must match their componentName and componentNamespace to either a previously configured "
        + "oidcClient or they must exist in the status.oidcClients"

    @Test func clientsMustBeRegisteredOrKnown() throws {
        let registered: JSONValue = [["componentNamespace": "openshift-console", "componentName": "cli"]]
        let client = { (name: String) -> JSONValue in
            ["componentNamespace": "openshift-console", "componentName": .string(name), "clientID": "c"]
        }
        let with = { (names: [String]) in
            authentication {
                $0.set("status.oidcClients", registered)
                $0.set("spec.oidcProviders.0.oidcClients", .array(names.map(client)))
            }
        }
        let message = Self.unregistered
        #expect(try admission().problems(with(["anything"])).isEmpty, "on creation there is no old object to compare with")
        #expect(try admission().problems(with(["cli"]), replacing: with([])).isEmpty)
        #expect(try admission().problems(with(["cli", "old"]), replacing: with(["old"])).isEmpty)
        #expect(try admission().problems(with(["new"]), replacing: with(["old"])) == ["Invalid value: \"object\": \(message)"])
        let unregistered = authentication { $0.set("spec.oidcProviders.0.oidcClients", [client("new")]) }
        #expect(
            try admission().problems(unregistered, replacing: authentication()) == [
                "Invalid value: \"object\": no such key: status evaluating rule: \(message)"
            ]
        )
    }

    @Test func anUnchangedBrokenRuleIsAWarning() throws {
        let stored = authentication { $0.set("spec.oidcProviders.0.issuer.issuerURL", "http://idp.example") }
        var changed = stored
        changed.set("spec.oidcProviders.0.claimMappings.groups", ["claim": "groups"])
        let admitted = try admission().admit(changed, replacing: stored)
        #expect(
            admitted.warnings == [
                "spec.oidcProviders[0].issuer.issuerURL: Invalid value: \"http://idp.example\": must use the 'https' scheme"
            ]
        )
        changed.set("spec.oidcProviders.0.issuer.issuerURL", "http://other.example")
        #expect(try admission().problems(changed, replacing: stored).count == 1)
    }
}

extension AuthenticationRulesTests.Case {
    init(_ name: String, _ changes: [(String, JSONValue?)], all problems: [String]) {
        self.name = name
        self.changes = changes
        self.problems = problems
    }
}
