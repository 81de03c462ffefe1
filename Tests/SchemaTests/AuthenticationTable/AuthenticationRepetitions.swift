import JSON

/// Every list of Authentication in which no item may occur twice.
enum AuthenticationRepetitions {
    private static let provider = AuthenticationFields.provider
    private static let source = AuthenticationFields.source

    /// An object with a repetition anywhere is not asked for others any more: Kubernetes looks at lists as it did before it ratcheted.
    private static func unique(_ name: String, _ path: String, _ item: JSONValue, _ different: JSONValue, _ shown: String)
        -> TableRow
    {
        TableRow(
            name: "\(name) occur once",
            path: path,
            good: [item, different],
            bad: [item, different, item, item],
            says: ["\(TableRow.place(of: path))[2]: Duplicate value: \(shown)"],
            other: [different, different],
            saysOfOther: []
        )
    }

    private static func identity(_ members: String) -> String { "map[string]interface {}{\(members)}" }

    static let rows: [TableRow] = [
        unique("audiences", "\(provider).issuer.audiences", "a", "b", "\"a\""),
        unique(
            "extra keys",
            "\(provider).claimMappings.extra",
            ["key": "example.com/foo", "valueExpression": "claims.a"],
            ["key": "example.com/bar", "valueExpression": "claims.a"],
            identity("\"key\":\"example.com/foo\"")
        ),
        unique(
            "user rules",
            "\(provider).userValidationRules",
            ["expression": "true", "message": "m"],
            ["expression": "false", "message": "m"],
            identity("\"expression\":\"true\"")
        ),
        unique("extra scopes", "\(provider).oidcClients.0.extraScopes", "myscope", "other", "\"myscope\""),
        unique(
            "clients",
            "\(provider).oidcClients",
            ["componentNamespace": "openshift-console", "componentName": "console", "clientID": "a"],
            ["componentNamespace": "openshift-console", "componentName": "cli", "clientID": "b"],
            identity("\"componentName\":\"console\", \"componentNamespace\":\"openshift-console\"")
        ).registering("cli"),
        unique("scopes", "\(source).authentication.clientCredential.scopes", "a", "b", "\"a\""),
        unique(
            "predicates",
            "\(source).predicates",
            ["expression": "true"],
            ["expression": "false"],
            identity("\"expression\":\"true\"")
        ),
        unique(
            "registered clients",
            "status.oidcClients",
            ["componentNamespace": "openshift-console", "componentName": "console"],
            ["componentNamespace": "openshift-console", "componentName": "cli"],
            identity("\"componentName\":\"console\", \"componentNamespace\":\"openshift-console\"")
        ),
        unique(
            "consuming users",
            "\(AuthenticationFields.status).consumingUsers",
            "system:serviceaccount:a:b",
            "system:serviceaccount:a:c",
            "\"system:serviceaccount:a:b\""
        ),
        unique(
            "current clients",
            "\(AuthenticationFields.status).currentOIDCClients",
            ["issuerURL": "https://a.example", "clientID": "a", "oidcProviderName": "x"],
            ["issuerURL": "https://a.example", "clientID": "b", "oidcProviderName": "x"],
            identity("\"clientID\":\"a\", \"issuerURL\":\"https://a.example\"")
        ),
    ]
}

extension TableRow {
    /// With one more client that the platform knows.
    fileprivate func registering(_ name: String) -> TableRow {
        var row = self
        row.context.append(
            ("status.oidcClients.1", ["componentNamespace": "openshift-console", "componentName": .string(name)])
        )
        return row
    }
}
