import JSON
import Testing

@testable import Schema

struct ExternalClaimsSourceRulesTests {
    static let source: JSONValue = [
        "url": ["hostname": "graph.example:8443", "pathExpression": "['users', string(claims.sub)]"],
        "authentication": [
            "type": "ClientCredential",
            "clientCredential": [
                "clientID": "postern", "clientSecret": ["name": "graph-client"], "tokenEndpoint": "https://login.example/token",
                "scopes": ["graph.read"],
            ],
        ],
        "tls": ["certificateAuthority": ["name": "graph-ca"]],
        "mappings": [["name": "more_groups", "expression": "response.groups"]],
        "predicates": [["expression": "has(claims.sub)"]],
    ]

    static let root = "spec.oidcProviders[0].externalClaimsSources"
    static let credential = "authentication.clientCredential"

    /// What is changed, to what, and which message that brings where; no message: it is accepted.
    static let cases: [(path: String, value: JSONValue, place: String, messages: [String])] = [
        ("url.hostname", "graph.example", "", []),
        (
            "url.hostname", "Graph.example", "[0].url.hostname",
            [
                "hostname before port must start and end with a lowercase alphanumeric character, and must only contain lowercase alphanumeric characters, '-' or '.'"
            ]
        ),
        ("url.hostname", "graph.example:70000", "[0].url.hostname", ["port must not exceed 65535"]),
        ("authentication", ["type": "RequestProvidedToken"], "", []),
        (
            "authentication", ["type": "ClientCredential"], "[0].authentication",
            ["clientCredential is required when type is ClientCredential, and forbidden otherwise"]
        ),
        (
            "\(credential).clientID", "a\u{e9}", "[0].\(credential).clientID",
            ["clientID must only contain printable ASCII characters"]
        ),
        (
            "\(credential).clientSecret.name", "Bad", "[0].\(credential).clientSecret.name",
            [
                "name must start and end with a lowercase alphanumeric character, and must only contain lowercase alphanumeric characters, '-' or '.'"
            ]
        ),
        (
            "\(credential).tokenEndpoint", "http://login.example/token", "[0].\(credential).tokenEndpoint",
            ["tokenEndpoint must be a valid HTTPS url"]
        ),
        (
            "\(credential).tokenEndpoint", "https://login.example", "[0].\(credential).tokenEndpoint",
            ["tokenEndpoint must have a path"]
        ),
        (
            "\(credential).tokenEndpoint", "https://login.example/t?a=1", "[0].\(credential).tokenEndpoint",
            ["tokenEndpoint must not have query parameters"]
        ),
        (
            "\(credential).tokenEndpoint", "https://login.example/t#a", "[0].\(credential).tokenEndpoint",
            ["tokenEndpoint must not have a fragment"]
        ),
        (
            "\(credential).tokenEndpoint", "https://u@login.example/t", "[0].\(credential).tokenEndpoint",
            ["tokenEndpoint must not have user info"]
        ),
        (
            "\(credential).scopes", ["a b"], "[0].\(credential).scopes[0]",
            ["scopes must only contain printable ASCII characters excluding spaces, double quotes and backslashes"]
        ),
        (
            "tls.certificateAuthority.name", "-ca", "[0].tls.certificateAuthority.name",
            [
                "name must start and end with a lowercase alphanumeric character, and must only contain lowercase alphanumeric characters, '-' or '.'"
            ]
        ),
        (
            "mappings", [["name": "Bad", "expression": "response.x"]], "[0].mappings[0].name",
            ["name must consist of only lowercase alpha characters and underscores"]
        ),
        ("predicates", [["expression": "'text'"]], "[0].predicates[0].expression", ["must evaluate to bool"]),
        ("url.pathExpression", "5", "[0].url.pathExpression", ["must evaluate to list(string)"]),
    ]

    @Test(arguments: cases) func judges(_ c: (path: String, value: JSONValue, place: String, messages: [String])) throws {
        let object = authentication {
            $0.set("spec.oidcProviders.0.externalClaimsSources", [Self.source])
            $0.set("spec.oidcProviders.0.externalClaimsSources.0.\(c.path)", c.value)
        }
        let problems = try admission().problems(object)
        #expect(problems.count == c.messages.count, "\(problems)")
        for (problem, message) in zip(problems, c.messages) {
            #expect(problem.hasPrefix("\(Self.root)\(c.place): Invalid value: "))
            #expect(problem.hasSuffix(": \(message)"), "\(problem)")
        }
    }

    @Test func namesAreUniqueAcrossSources() throws {
        let object = authentication { $0.set("spec.oidcProviders.0.externalClaimsSources", [Self.source, Self.source]) }
        #expect(
            try admission().problems(object) == [
                "\(Self.root): Invalid value: \"array\": mapping names must be unique across all external claim sources."
            ]
        )
    }
}
