import JSON

/// Every field of Authentication with what its schema says, in the order of the documentation.
enum AuthenticationFields {
    static let provider = "spec.oidcProviders.0"
    static let source = "\(provider).externalClaimsSources.0"
    static let status = "status.oidcClients.0"

    private static func text(_ path: String, required: Bool = false, _ least: Int? = nil, _ most: Int? = nil)
        -> FieldConstraints
    {
        let isBounded = least != nil || most != nil
        return FieldConstraints(path: path, type: "string", isRequired: required, size: isBounded ? .length(least, most) : nil)
    }

    private static func object(_ path: String, required: Bool = false) -> FieldConstraints {
        FieldConstraints(path: path, type: "object", isRequired: required)
    }

    private static func list(_ path: String, required: Bool = false, _ least: Int? = nil, _ most: Int? = nil)
        -> FieldConstraints
    {
        let isBounded = least != nil || most != nil
        return FieldConstraints(path: path, type: "array", isRequired: required, size: isBounded ? .items(least, most) : nil)
    }

    private static func expression(
        _ path: String,
        required: Bool = false,
        _ text: String,
        context: [(String, JSONValue?)] = []
    ) -> FieldConstraints {
        var field = self.text(path, required: required, 1, 1024).filled { .string(padded(text, to: $0)) }
        field.context = context
        return field
    }

    private static func padded(_ text: String, to count: Int, with letter: String = " ") -> String {
        text + String(repeating: letter, count: count - text.count)
    }

    private static func many(_ name: String, _ other: JSONValue) -> @Sendable (Int) -> JSONValue {
        { count in
            .array(
                (0..<count).map { index in
                    var item = other
                    item[name] = .string(name == "key" ? "example.com/x\(index)" : "x\(index)")
                    return item
                }
            )
        }
    }

    // MARK: - spec

    static let spec: [FieldConstraints] =
        [
            object("spec", required: true).unchanged("must be there", "spec: Required value"), object("spec.oauthMetadata"),
            text("spec.oauthMetadata.name", required: true),
            list("spec.oidcProviders").with("spec.type", "").unchanged("must be of type array", noOverload),
            text("spec.serviceAccountIssuer"),
            FieldConstraints(path: "spec.type", type: "string", values: ["", "None", "IntegratedOAuth", "OIDC"]),
            list("spec.webhookTokenAuthenticators"), object("spec.webhookTokenAuthenticators.0.kubeConfig"),
            text("spec.webhookTokenAuthenticators.0.kubeConfig.name", required: true),
        ] + webhook

    private static let webhook = [
        object("spec.webhookTokenAuthenticator"), object("spec.webhookTokenAuthenticator.kubeConfig", required: true),
        text("spec.webhookTokenAuthenticator.kubeConfig.name", required: true),
    ].map { field in
        var field = field
        field.context = [
            ("spec.type", "IntegratedOAuth"), ("spec.webhookTokenAuthenticator", ["kubeConfig": ["name": "hook"]]),
        ]
        return field
    }

    // MARK: - spec.oidcProviders[]

    static let issuer: [FieldConstraints] = [
        object("\(provider).issuer", required: true),
        list("\(provider).issuer.audiences", required: true, 1, 10),
        text("\(provider).issuer.audiences.0", 1),
        text("\(provider).issuer.discoveryURL", 1, 2048).filled {
            .string(padded("https://elsewhere.example/", to: $0, with: "x"))
        }.empty(
            "discoveryURL must be a valid URL",
            "\(emptyURL) evaluating rule: discoveryURL must be a valid https URL",
            "\(emptyURL) evaluating rule: discoveryURL must not contain query parameters"
        ),
        object("\(provider).issuer.issuerCertificateAuthority"),
        text("\(provider).issuer.issuerCertificateAuthority.name", required: true),
        text("\(provider).issuer.issuerURL", required: true, 1, 512).filled {
            .string(padded("https://idp.example/", to: $0, with: "x"))
        }.empty("must be a valid URL", "must use the 'https' scheme", "must not have a query"),
        text("\(provider).name", required: true, 1),
    ]

    static let mappings: [FieldConstraints] = [
        object("\(provider).claimMappings", required: true),
        list("\(provider).claimMappings.extra", nil, 32).filled(many("key", ["valueExpression": "claims.x"])),
        text("\(provider).claimMappings.extra.0.key", required: true, 1, 510).filled {
            .string(padded(padded("", to: 253, with: "d") + "/", to: $0, with: "p"))
        }.empty(
            "key must contain the '/' character",
            AuthenticationRulesTests.domain,
            "index out of bounds: 1 evaluating rule: \(AuthenticationRulesTests.path)",
            "index out of bounds: 1 evaluating rule: the path of the key must not exceed 256 characters in length"
        ),
        expression("\(provider).claimMappings.extra.0.valueExpression", required: true, "claims.team"),
        object("\(provider).claimMappings.groups"), text("\(provider).claimMappings.groups.claim", nil, 256),
        expression(
            "\(provider).claimMappings.groups.expression",
            "claims.groups",
            context: [("\(provider).claimMappings.groups", ["expression": "claims.groups"])]
        ),
        text("\(provider).claimMappings.groups.prefix"), object("\(provider).claimMappings.uid"),
        text("\(provider).claimMappings.uid.claim", 1, 256),
        expression(
            "\(provider).claimMappings.uid.expression",
            "claims.sub",
            context: [("\(provider).claimMappings.uid", ["expression": "claims.sub"])]
        ),
        object("\(provider).claimMappings.username", required: true),
        text("\(provider).claimMappings.username.claim", 1, 256),
        expression(
            "\(provider).claimMappings.username.expression",
            "claims.sub",
            context: [("\(provider).claimMappings.username", ["expression": "claims.sub"])]
        ),
        object("\(provider).claimMappings.username.prefix"),
        text("\(provider).claimMappings.username.prefix.prefixString", required: true, 1)
            .empty(AuthenticationRulesTests.prefixes, at: "\(provider).claimMappings.username"),
        FieldConstraints(
            path: "\(provider).claimMappings.username.prefixPolicy",
            type: "string",
            values: ["", "NoPrefix", "Prefix"]
        ),
    ]

    static let rules: [FieldConstraints] = [
        list("\(provider).claimValidationRules"), object("\(provider).claimValidationRules.0"),
        object("\(provider).claimValidationRules.1.cel"),
        expression("\(provider).claimValidationRules.1.cel.expression", required: true, "claims.level > 1"),
        text("\(provider).claimValidationRules.1.cel.message", required: true, 1, 256),
        object("\(provider).claimValidationRules.0.requiredClaim"),
        text("\(provider).claimValidationRules.0.requiredClaim.claim", required: true, 1),
        text("\(provider).claimValidationRules.0.requiredClaim.requiredValue", required: true, 1),
        FieldConstraints(
            path: "\(provider).claimValidationRules.0.type",
            type: "string",
            values: ["RequiredClaim", "CEL"]
        ),
        list("\(provider).userValidationRules", 1, 64).filled { count in
            .array((0..<count).map { ["expression": .string("user.username != 'x\($0)'"), "message": "no"] })
        },
        expression("\(provider).userValidationRules.0.expression", required: true, "user.username != 'root'"),
        text("\(provider).userValidationRules.0.message", required: true, 1, 256),
    ]

    /// The rule on registered clients judges changes, so it is also asked when nothing changed, and a fault in what it reads shows.
    private static func noValue(_ error: String) -> String {
        "Invalid value: \"object\": \(error) evaluating rule: \(AuthenticationRulesTests.unregistered)"
    }

    private static let noOverload =
        "Invalid value: \"object\": 'no such overload': call arguments did not match a supported operator, function or macro signature "
        + "for rule: \(AuthenticationRulesTests.unregistered)"

    static let clients: [FieldConstraints] = [
        list("\(provider).oidcClients", nil, 20).filled(many("componentName", ["componentNamespace": "n", "clientID": "c"]))
            .unchanged("must be of type array", noOverload),
        text("\(provider).oidcClients.0.clientID", required: true, 1), object("\(provider).oidcClients.0.clientSecret"),
        text("\(provider).oidcClients.0.clientSecret.name", required: true),
        text("\(provider).oidcClients.0.componentName", required: true, 1, 256)
            .unchanged("must be there", noValue("no such key: componentName")),
        text("\(provider).oidcClients.0.componentNamespace", required: true, 1, 63)
            .unchanged("must be there", noValue("no such key: componentNamespace")),
        list("\(provider).oidcClients.0.extraScopes"), text("\(provider).oidcClients.0.extraScopes.0"),
    ].map { field in
        var field = field
        // New names are for components that are registered.
        let names =
            (0..<22).map { ("n", "x\($0)") }
            + [256, 63].flatMap { long in
                (long...long + 2).map { ("openshift-console", String(repeating: "x", count: $0)) }
            } + (63...65).map { (String(repeating: "x", count: $0), "console") } + [("openshift-console", "console")]
        field.context.append(
            (
                "status.oidcClients",
                .array(
                    names.filter { $0.0.count <= 63 && $0.1.count <= 256 }.suffix(20).map {
                        ["componentNamespace": .string($0.0), "componentName": .string($0.1)]
                    }
                )
            )
        )
        return field
    }

    // MARK: - spec.oidcProviders[].externalClaimsSources[]

    private static let name =
        "name must start and end with a lowercase alphanumeric character, and must only contain lowercase alphanumeric characters, "
        + "'-' or '.'"
    private static let emptyURL = "URL parse error during conversion from string: empty url"
    private static let credential = "\(source).authentication.clientCredential"

    static let sources: [FieldConstraints] =
        [
            list("\(provider).externalClaimsSources", 1, 5).filled { count in
                .array(
                    (0..<count).map { index in
                        var item = ExternalClaimsSourceRulesTests.source
                        item.set("mappings.0.name", .string("m" + String(repeating: "x", count: index)))
                        return item
                    }
                )
            },
            object(source), object("\(source).authentication"), object(credential),
            text("\(credential).clientID", required: true, 1, 256).empty(
                "clientID must only contain printable ASCII characters"
            ),
            object("\(credential).clientSecret", required: true),
            text("\(credential).clientSecret.name", required: true, 1, 253).empty(name), list("\(credential).scopes", 1, 16),
            text("\(credential).scopes.0", 1, 256).empty(
                "scopes must only contain printable ASCII characters excluding spaces, double quotes and backslashes"
            ),
            text("\(credential).tokenEndpoint", required: true, 1, 2048).filled {
                .string(padded("https://login.example/", to: $0, with: "x"))
            }.empty(
                "tokenEndpoint must be a valid HTTPS url",
                "tokenEndpoint must be a valid HTTPS url",
                "tokenEndpoint must have a hostname",
                "tokenEndpoint must have a path",
                "tokenEndpoint must not have query parameters",
                "tokenEndpoint must not have a fragment",
                "tokenEndpoint must not have user info"
            ),
            FieldConstraints(
                path: "\(source).authentication.type",
                type: "string",
                isRequired: true,
                values: ["RequestProvidedToken", "ClientCredential"]
            ),
            list("\(source).mappings", required: true, 1, 16).filled { count in
                .array(
                    (0..<count).map {
                        ["name": .string("m" + String(repeating: "x", count: $0)), "expression": "response.x"]
                    }
                )
            },
            expression("\(source).mappings.0.expression", required: true, "response.groups"),
            text("\(source).mappings.0.name", required: true, 1, 256)
                .empty("name must consist of only lowercase alpha characters and underscores"),
            list("\(source).predicates", 1, 16).filled { count in
                .array((0..<count).map { ["expression": .string("claims.x == \($0)")] })
            },
            expression("\(source).predicates.0.expression", required: true, "has(claims.sub)"), object("\(source).tls"),
            object("\(source).tls.certificateAuthority", required: true),
            text("\(source).tls.certificateAuthority.name", required: true, 1, 253).empty(name),
            object("\(source).url", required: true),
            text("\(source).url.hostname", required: true, 1, 259)
                .empty("hostname before port \(name.dropFirst("name ".count))"),
            expression("\(source).url.pathExpression", required: true, "['users']"),
        ] + endpointTrust

    private static let endpointTrust = [
        object("\(credential).tls"), object("\(credential).tls.certificateAuthority", required: true),
        text("\(credential).tls.certificateAuthority.name", required: true, 1, 253).empty(name),
    ].map { field in
        var field = field
        field.context = [("\(credential).tls", ["certificateAuthority": ["name": "login-ca"]])]
        return field
    }

    // MARK: - status

    private static let condition = "\(status).conditions.0"
    private static let typePattern =
        #"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"#
    private static let userPattern =
        #"^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#

    static let states: [FieldConstraints] = [
        object("status"), object("status.integratedOAuthMetadata"),
        text("status.integratedOAuthMetadata.name", required: true),
        list("status.oidcClients", nil, 20).filled(many("componentName", ["componentNamespace": "n"])),
        text("\(status).componentName", required: true, 1, 256),
        text("\(status).componentNamespace", required: true, 1, 63), list("\(status).conditions"),
        FieldConstraints(path: "\(condition).lastTransitionTime", type: "string", isRequired: true, isDateTime: true),
        text("\(condition).message", required: true, nil, 32768),
        FieldConstraints(path: "\(condition).observedGeneration", type: "integer", isCount: true),
        text("\(condition).reason", required: true, 1, 1024).matching(
            #"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"#,
            "1a",
            "a-b"
        ),
        FieldConstraints(
            path: "\(condition).status",
            type: "string",
            isRequired: true,
            values: ["True", "False", "Unknown"]
        ),
        text("\(condition).type", required: true, nil, 316).matching(typePattern, "-a", "a/"),
        list("\(status).consumingUsers", nil, 5).filled { count in
            .array((0..<count).map { .string("system:serviceaccount:a:x\($0)") })
        },
        text("\(status).consumingUsers.0", 1, 512)
            .filled { .string(padded("system:serviceaccount:a:", to: $0, with: "x")) }
            .matching(userPattern, "system:admin", "system:serviceaccount:a"),
        list("\(status).currentOIDCClients"), text("\(status).currentOIDCClients.0.clientID", required: true, 1),
        text("\(status).currentOIDCClients.0.issuerURL", required: true)
            .matching(#"^https:\/\/[^\s]"#, "http://idp.example", "https://"),
        text("\(status).currentOIDCClients.0.oidcProviderName", required: true, 1),
    ]
}

extension FieldConstraints {
    fileprivate func filled(_ fill: @escaping @Sendable (Int) -> JSONValue) -> FieldConstraints {
        var field = self
        field.filled = fill
        return field
    }

    fileprivate func matching(_ pattern: String, _ misfits: String...) -> FieldConstraints {
        var field = self
        field.pattern = (pattern, misfits)
        return field
    }

    /// More that is said of an empty text, at a place around or at the field itself.
    fileprivate func empty(_ messages: String..., at place: String? = nil) -> FieldConstraints {
        var field = self
        let head =
            place.map { "\(TableRow.place(of: $0)): Invalid value: \"object\": " }
            ?? "\(TableRow.place(of: path)): Invalid value: \"\": "
        field.saysOfEmpty = messages.map { head + $0 }
        return field
    }

    fileprivate func with(_ path: String, _ value: JSONValue?) -> FieldConstraints {
        var field = self
        field.context.append((path, value))
        return field
    }

    fileprivate func unchanged(_ row: String, _ says: String...) -> FieldConstraints {
        var field = self
        field.saysOfUnchanged[row] = says
        return field
    }
}
