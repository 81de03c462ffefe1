import JSON

@testable import Schema

/// Every CEL rule of Authentication's schema but the one on registered clients, which judges changes.
enum AuthenticationRuleRows {
    private static let provider = AuthenticationFields.provider
    private static let source = AuthenticationFields.source
    private static let mappings = "\(provider).claimMappings"
    private static let credential = "\(source).authentication.clientCredential"

    /// A rule on a text: two texts that break it, and what is said of them.
    private static func text(
        _ name: String,
        _ path: String,
        _ bad: String,
        _ other: String,
        _ messages: String...,
        at place: String? = nil
    ) -> TableRow {
        let says = { (text: String) in
            let head =
                place.map { "\(TableRow.place(of: $0)): Invalid value: \"object\": " }
                ?? "\(TableRow.place(of: path)): Invalid value: \"\(text)\": "
            return messages.map { head + $0 }
        }
        return TableRow(
            name: name,
            path: path,
            good: TableRow.everything.value(atSteps: path),
            bad: .string(bad),
            says: says(bad),
            other: .string(other),
            saysOfOther: says(other)
        )
    }

    /// A rule on an object or a list.
    private static func whole(
        _ name: String,
        _ path: String,
        good: JSONValue? = nil,
        _ bad: JSONValue,
        _ other: JSONValue,
        _ message: String
    ) -> TableRow {
        let shown = if case .array = bad { "array" } else { "object" }
        let says = ["\(TableRow.place(of: path)): Invalid value: \"\(shown)\": \(message)"]
        return TableRow(
            name: name,
            path: path,
            good: good ?? TableRow.everything.value(atSteps: path),
            bad: bad,
            says: says,
            other: other,
            saysOfOther: says
        )
    }

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }
    private static func reserved(_ domain: String, _ message: String) -> TableRow {
        text("an extra key's domain \(domain)", "\(mappings).extra.0.key", "\(domain)/x", "\(domain)/y", message)
    }

    static let extraKeys = [
        text(
            "an extra key has a slash",
            "\(mappings).extra.0.key",
            "team",
            "group",
            "key must contain the '/' character",
            "index out of bounds: 1 evaluating rule: \(AuthenticationRulesTests.path)",
            "index out of bounds: 1 evaluating rule: the path of the key must not exceed 256 characters in length"
        ),
        text(
            "an extra key's domain is one",
            "\(mappings).extra.0.key",
            "Example.com/x",
            "-a.com/x",
            AuthenticationRulesTests.domain
        ),
        text(
            "an extra key's domain has at most 253 characters",
            "\(mappings).extra.0.key",
            "\(long(254))/x",
            "\(long(255))/x",
            "the domain of the key must not exceed 253 characters in length"
        ),
        reserved("kubernetes.io", "the domain 'kubernetes.io' is reserved for Kubernetes use"),
        reserved("a.kubernetes.io", "the subdomains '*.kubernetes.io' are reserved for Kubernetes use"),
        reserved("k8s.io", "the domain 'k8s.io' is reserved for Kubernetes use"),
        reserved("a.k8s.io", "the subdomains '*.k8s.io' are reserved for Kubernetes use"),
        reserved("openshift.io", "the domain 'openshift.io' is reserved for OpenShift use"),
        reserved("a.openshift.io", "the subdomains '*.openshift.io' are reserved for OpenShift use"),
        text(
            "an extra key has a path",
            "\(mappings).extra.0.key",
            "example.com/",
            "example.com/€",
            AuthenticationRulesTests.path
        ),
        text(
            "an extra key's path has at most 256 characters",
            "\(mappings).extra.0.key",
            "example.com/\(long(257))",
            "example.com/\(long(258))",
            "the path of the key must not exceed 256 characters in length"
        ),
    ]

    static let claims = [
        whole(
            "groups of an expression have no prefix",
            "\(mappings).groups",
            ["expression": "claims.groups", "prefix": "x:"],
            ["expression": "claims.roles", "prefix": "x:"],
            "prefix must not be set to a non-empty value when expression is set"
        ),
        whole(
            "groups of a claim have no expression",
            "\(mappings).groups",
            ["claim": "groups", "expression": "claims.groups"],
            ["claim": "roles", "expression": "claims.groups"],
            "expression must not be set if claim is specified and is not an empty string"
        ),
        whole(
            "a uid is of a claim or an expression",
            "\(mappings).uid",
            [:],
            ["claim": "sub", "expression": "claims.sub"],
            AuthenticationRulesTests.onlyOne
        ),
        whole(
            "a username is of a claim or an expression",
            "\(mappings).username",
            [:],
            ["claim": "sub", "expression": "claims.sub"],
            AuthenticationRulesTests.onlyOne
        ),
        whole(
            "a username of an expression has no prefix",
            "\(mappings).username",
            ["expression": "claims.sub", "prefixPolicy": "Prefix", "prefix": ["prefixString": "x:"]],
            ["expression": "claims.uid", "prefixPolicy": "Prefix", "prefix": ["prefixString": "x:"]],
            "prefixPolicy must not be set to 'Prefix' when expression is set"
        ),
        whole(
            "a username has a prefix where the policy says so",
            "\(mappings).username",
            ["claim": "sub", "prefixPolicy": "Prefix"],
            ["claim": "sub", "prefix": ["prefixString": "x:"]],
            AuthenticationRulesTests.prefixes
        ),
        whole(
            "a CEL rule has cel, others do not",
            "\(provider).claimValidationRules.0",
            ["type": "CEL"],
            [
                "type": "RequiredClaim", "requiredClaim": ["claim": "a", "requiredValue": "b"],
                "cel": ["expression": "true", "message": "m"],
            ],
            "cel must be set when type is 'CEL', and forbidden otherwise"
        ),
        whole(
            "a RequiredClaim rule has requiredClaim, others do not",
            "\(provider).claimValidationRules.0",
            ["type": "RequiredClaim"],
            [
                "type": "CEL", "requiredClaim": ["claim": "a", "requiredValue": "b"],
                "cel": ["expression": "true", "message": "m"],
            ],
            "requiredClaim must be set when type is 'RequiredClaim', and forbidden otherwise"
        ),
    ]

    static let addresses = [
        text(
            "a discovery URL is not the issuer's",
            "\(provider).issuer.discoveryURL",
            "https://idp.example",
            "https://idp.example//",
            "discoveryURL must be different from issuerURL",
            at: "\(provider).issuer"
        ),
        text(
            "a discovery URL is a URL",
            "\(provider).issuer.discoveryURL",
            "not a url",
            "no url",
            "discoveryURL must be a valid URL",
            "\(notAURL) evaluating rule: discoveryURL must be a valid https URL",
            "\(notAURL) evaluating rule: discoveryURL must not contain query parameters"
        ),
        text(
            "a discovery URL is https",
            "\(provider).issuer.discoveryURL",
            "http://a.example/x",
            "ftp://a.example/x",
            "discoveryURL must be a valid https URL"
        ),
        text(
            "a discovery URL has no query",
            "\(provider).issuer.discoveryURL",
            "https://a.example/x?a=1",
            "https://a.example/x?b=1",
            "discoveryURL must not contain query parameters"
        ),
        text(
            "a discovery URL has no fragment",
            "\(provider).issuer.discoveryURL",
            "https://a.example/x#a",
            "https://a.example/x#b",
            "discoveryURL must not contain fragments"
        ),
        text(
            "a discovery URL has no user info",
            "\(provider).issuer.discoveryURL",
            "https://a:b@a.example/x",
            "https://a:c@a.example/x",
            "discoveryURL must not contain user info"
        ),
        text(
            "an issuer is a URL",
            "\(provider).issuer.issuerURL",
            "not a url",
            "no url",
            "must be a valid URL",
            "must use the 'https' scheme",
            "must not have a query"
        ),
        text(
            "an issuer is https",
            "\(provider).issuer.issuerURL",
            "http://idp.example",
            "ftp://idp.example",
            "must use the 'https' scheme"
        ),
        text(
            "an issuer has no query",
            "\(provider).issuer.issuerURL",
            "https://idp.example/?a=1",
            "https://idp.example/?b=1",
            "must not have a query"
        ),
        text(
            "an issuer has no fragment",
            "\(provider).issuer.issuerURL",
            "https://idp.example/#a",
            "https://idp.example/#b",
            "must not have a fragment"
        ),
        text(
            "an issuer has no user info",
            "\(provider).issuer.issuerURL",
            "https://u@idp.example",
            "https://v@idp.example",
            "must not have user info"
        ),
    ]

    private static let notAURL = "URL parse error during conversion from string: invalid URI for request"
    private static let item = ExternalClaimsSourceRulesTests.source
    private static let name =
        "name must start and end with a lowercase alphanumeric character, and must only contain lowercase alphanumeric characters, "
        + "'-' or '.'"
    private static let endpoint = "tokenEndpoint must be a valid HTTPS url"

    static let sources = [
        whole(
            "claims of sources have different names",
            "\(provider).externalClaimsSources",
            [item, item],
            [item, item, item],
            "mapping names must be unique across all external claim sources."
        ),
        whole(
            "a source has a credential where its type says so",
            "\(source).authentication",
            ["type": "ClientCredential"],
            [
                "type": "RequestProvidedToken",
                "clientCredential": TableRow.everything.value(atSteps: credential) ?? [:],
            ],
            "clientCredential is required when type is ClientCredential, and forbidden otherwise"
        ),
        text(
            "a client id is ASCII",
            "\(credential).clientID",
            "é",
            "ü",
            "clientID must only contain printable ASCII characters"
        ),
        text("a client secret has an object's name", "\(credential).clientSecret.name", "Bad", "-bad", name),
        text(
            "a scope has no spaces",
            "\(credential).scopes.0",
            "a b",
            "c d",
            "scopes must only contain printable ASCII characters excluding spaces, double quotes and backslashes"
        ),
        text("a source's CA has an object's name", "\(source).tls.certificateAuthority.name", "Bad", "-bad", name),
        text(
            "a claim of a source is lower case",
            "\(source).mappings.0.name",
            "Bad",
            "bad-name",
            "name must consist of only lowercase alpha characters and underscores"
        ),
        text(
            "a source's host is one",
            "\(source).url.hostname",
            "a b",
            "c d",
            "hostname must be a valid hostname",
            "hostname before port \(name.dropFirst("name ".count))"
        ),
        text(
            "a source's host is a DNS name",
            "\(source).url.hostname",
            "Graph.example",
            "-graph.example",
            "hostname before port \(name.dropFirst("name ".count))"
        ),
        text(
            "a source's port is one",
            "\(source).url.hostname",
            "graph.example:65536",
            "graph.example:70000",
            "port must not exceed 65535"
        ),
    ]

    static let endpoints = [
        text(
            "a token endpoint is a URL",
            "\(credential).tokenEndpoint",
            "not a url",
            "no url",
            endpoint,
            endpoint,
            "tokenEndpoint must have a hostname",
            "tokenEndpoint must have a path",
            "tokenEndpoint must not have query parameters",
            "tokenEndpoint must not have a fragment",
            "tokenEndpoint must not have user info"
        ),
        text(
            "a token endpoint is https",
            "\(credential).tokenEndpoint",
            "http://login.example/token",
            "ftp://login.example/token",
            endpoint
        ),
        text(
            "a token endpoint has a host",
            "\(credential).tokenEndpoint",
            "https:///token",
            "https:///other",
            "tokenEndpoint must have a hostname"
        ),
        text(
            "a token endpoint has a path",
            "\(credential).tokenEndpoint",
            "https://login.example",
            "https://other.example",
            "tokenEndpoint must have a path"
        ),
        text(
            "a token endpoint has no query",
            "\(credential).tokenEndpoint",
            "https://login.example/t?a=1",
            "https://login.example/t?b=1",
            "tokenEndpoint must not have query parameters"
        ),
        text(
            "a token endpoint has no fragment",
            "\(credential).tokenEndpoint",
            "https://login.example/t#a",
            "https://login.example/t#b",
            "tokenEndpoint must not have a fragment"
        ),
        text(
            "a token endpoint has no user info",
            "\(credential).tokenEndpoint",
            "https://u@login.example/t",
            "https://v@login.example/t",
            "tokenEndpoint must not have user info"
        ),
        endpointTrust,
    ]

    private static let endpointTrust: TableRow = {
        var row = text(
            "a token endpoint's CA has an object's name",
            "\(credential).tls.certificateAuthority.name",
            "Bad",
            "-bad",
            name
        )
        row.context = [("\(credential).tls", ["certificateAuthority": ["name": "login-ca"]])]
        row.good = "login-ca"
        return row
    }()

    static let rows = extraKeys + claims + addresses + sources + endpoints
}
