import JSON
import Testing

@testable import Schema

/// Every structural constraint of Authentication: what it refuses, in the words that clients match on, and what it lets pass.
struct AuthenticationStructureTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let path: String
        let value: JSONValue?
        let problems: [String]
        var testDescription: String { name }

        init(_ name: String, _ path: String, _ value: JSONValue?, _ problems: String...) {
            self.name = name
            self.path = path
            self.value = value
            self.problems = problems
        }
    }

    static let provider = "spec.oidcProviders.0"
    static let issuer = "spec.oidcProviders[0].issuer"
    static let username = "spec.oidcProviders[0].claimMappings.username"

    static func long(_ count: Int) -> JSONValue { .string(String(repeating: "é", count: count)) }
    static func many(_ count: Int) -> JSONValue { .array((0..<count).map { .string("a\($0)") }) }
    static func clients(_ names: [String]) -> JSONValue {
        .array(names.map { ["componentNamespace": "n", "componentName": .string($0), "clientID": "c"] })
    }

    static let cases = [
        Case("nothing changed", "spec.type", "OIDC"),
        Case("no spec", "spec", nil, "spec: Required value"),
        Case(
            "an unknown type",
            "spec.type",
            "LDAP",
            "spec.type: Unsupported value: \"LDAP\": supported values: \"\", \"None\", \"IntegratedOAuth\", \"OIDC\""
        ),
        Case(
            "a number as type",
            "spec.type",
            5,
            "spec.type: Invalid value: \"integer\": spec.type in body must be of type string: \"integer\"",
            "spec.type: Unsupported value: 5: supported values: \"\", \"None\", \"IntegratedOAuth\", \"OIDC\""
        ),
        Case("a list as spec", "spec", [], "spec: Invalid value: \"array\": spec in body must be of type object: \"array\""),
        Case("null providers are none", "spec", ["type": "", "oidcProviders": .null, "webhookTokenAuthenticator": .null]),
        Case("no name", "\(provider).name", nil, "spec.oidcProviders[0].name: Required value"),
        Case(
            "an empty name",
            "\(provider).name",
            "",
            "spec.oidcProviders[0].name: Invalid value: \"\": spec.oidcProviders[0].name in body should be at least 1 chars long"
        ),
        Case("no issuer", "\(provider).issuer", nil, "\(issuer): Required value"),
        Case("no issuer URL", "\(provider).issuer.issuerURL", nil, "\(issuer).issuerURL: Required value"),
        Case("no audiences", "\(provider).issuer.audiences", nil, "\(issuer).audiences: Required value"),
        Case(
            "empty audiences",
            "\(provider).issuer.audiences",
            [],
            "\(issuer).audiences: Invalid value: 0: \(issuer).audiences in body should have at least 1 items"
        ),
        Case("ten audiences", "\(provider).issuer.audiences", many(10)),
        Case(
            "eleven audiences",
            "\(provider).issuer.audiences",
            many(11),
            "\(issuer).audiences: Too many: 11: must have at most 10 items"
        ),
        Case(
            "an audience twice",
            "\(provider).issuer.audiences",
            ["a", "b", "a"],
            "\(issuer).audiences[2]: Duplicate value: \"a\""
        ),
        Case(
            "an empty audience",
            "\(provider).issuer.audiences",
            ["a", ""],
            "\(issuer).audiences[1]: Invalid value: \"\": \(issuer).audiences[1] in body should be at least 1 chars long"
        ),
        Case(
            "a null audience",
            "\(provider).issuer.audiences",
            [.null],
            "\(issuer).audiences[0]: Invalid value: \"null\": \(issuer).audiences[0] in body must be of type string: \"null\""
        ),
        Case("no claim mappings", "\(provider).claimMappings", nil, "spec.oidcProviders[0].claimMappings: Required value"),
        Case("no username mapping", "\(provider).claimMappings.username", nil, "\(username): Required value"),
        Case("a claim of 256 letters", "\(provider).claimMappings.username.claim", long(256)),
        Case(
            "a claim of 257 letters",
            "\(provider).claimMappings.username.claim",
            long(257),
            "\(username).claim: Too long: may not be more than 256 bytes"
        ),
        Case(
            "an unknown prefix policy",
            "\(provider).claimMappings.username.prefixPolicy",
            "Always",
            "\(username).prefixPolicy: Unsupported value: \"Always\": supported values: \"\", \"NoPrefix\", \"Prefix\""
        ),
        Case("an empty prefix policy", "\(provider).claimMappings.username.prefixPolicy", ""),
        Case("groups without a prefix", "\(provider).claimMappings.groups", ["claim": "groups"]),
        Case(
            "groups of a list",
            "\(provider).claimMappings.groups",
            [],
            "spec.oidcProviders[0].claimMappings.groups: Invalid value: \"array\": spec.oidcProviders[0].claimMappings.groups in "
                + "body must be of type object: \"array\""
        ),
        Case(
            "two equal clients",
            "\(provider).oidcClients",
            clients(["a", "b", "a"]),
            "spec.oidcProviders[0].oidcClients[2]: Duplicate value: map[string]interface {}{\"componentName\":\"a\", "
                + "\"componentNamespace\":\"n\"}"
        ),
        Case(
            "21 clients",
            "\(provider).oidcClients",
            clients((0..<21).map { "c\($0)" }),
            "spec.oidcProviders[0].oidcClients: Too many: 21: must have at most 20 items"
        ),
        Case(
            "a scope twice",
            "\(provider).oidcClients",
            [["componentNamespace": "n", "componentName": "a", "clientID": "c", "extraScopes": ["myscope", "myscope"]]],
            "spec.oidcProviders[0].oidcClients[0].extraScopes[1]: Duplicate value: \"myscope\""
        ),
        Case(
            "empty user rules",
            "\(provider).userValidationRules",
            [],
            "spec.oidcProviders[0].userValidationRules: Invalid value: 0: spec.oidcProviders[0].userValidationRules in body "
                + "should have at least 1 items"
        ),
        Case(
            "a required claim without value",
            "\(provider).claimValidationRules",
            [["requiredClaim": ["claim": "hd"]]],
            "spec.oidcProviders[0].claimValidationRules[0].requiredClaim.requiredValue: Required value"
        ),
        Case(
            "an unknown rule type",
            "\(provider).claimValidationRules",
            [["type": "X"]],
            "spec.oidcProviders[0].claimValidationRules[0].type: Unsupported value: \"X\": supported values: \"RequiredClaim\", "
                + "\"CEL\""
        ),
        Case(
            "oauth metadata with a bad name",
            "spec.oauthMetadata",
            ["name": "../shadow"],
            "spec.oauthMetadata.name: Invalid value: \"../shadow\": \(NameSyntax.subdomain.problems(with: "../shadow")[0])"
        ),
        Case(
            "static keys with a bad name",
            "\(provider).issuer.staticKeys",
            ["name": "../keys"],
            "spec.oidcProviders[0].issuer.staticKeys.name: Invalid value: \"../keys\": "
                + NameSyntax.subdomain.problems(with: "../keys")[0]
        ),
        Case("static keys with an empty name", "\(provider).issuer.staticKeys", ["name": ""]),
        Case(
            "static keys without a name",
            "\(provider).issuer.staticKeys",
            [:],
            "spec.oidcProviders[0].issuer.staticKeys.name: Required value"
        ),
        Case("reserved names allowed", "\(provider).claimMappings.reservedNamePolicy", "Allow"),
        Case("no opinion on reserved names", "\(provider).claimMappings.reservedNamePolicy", ""),
        Case(
            "another opinion on reserved names",
            "\(provider).claimMappings.reservedNamePolicy",
            "allow",
            "spec.oidcProviders[0].claimMappings.reservedNamePolicy: Unsupported value: \"allow\": supported values: \"\", "
                + "\"Allow\", \"Refuse\""
        ),
        Case("an empty reference", "\(provider).issuer.issuerCertificateAuthority", ["name": ""]),
        Case("another name", "metadata.name", "other", "metadata.name: Invalid value: \"other\": must be cluster"),
        Case("no name of its own", "metadata", [:], "metadata.name: Required value: name or generateName is required"),
        Case("a namespace", "metadata.namespace", "default", "metadata.namespace: Forbidden: not allowed on this type"),
        Case(
            "a status with a bad condition",
            "status.conditions",
            [["type": "A", "status": "Yes"]],
            "status.conditions[0].lastTransitionTime: Required value",
            "status.conditions[0].message: Required value",
            "status.conditions[0].reason: Required value",
            "status.conditions[0].status: Unsupported value: \"Yes\": supported values: \"True\", \"False\", \"Unknown\""
        ),
        Case(
            "OIDC without a provider",
            "spec.oidcProviders",
            [],
            "spec.oidcProviders: Required value: at least one OIDC provider must be configured when type is \"OIDC\""
        ),
        Case(
            "OIDC with a webhook",
            "spec.webhookTokenAuthenticator",
            ["kubeConfig": ["name": "hook"]],
            "spec.webhookTokenAuthenticator: Invalid value: map[string]interface {}{\"kubeConfig\":map[string]interface {}"
                + "{\"name\":\"hook\"}}: this field cannot be set with the \"OIDC\" .spec.type"
        ),
        Case(
            "an unknown field",
            "\(provider).issuer.issuerUrl",
            "x",
            "strict decoding error: unknown field \"spec.oidcProviders[0].issuer.issuerUrl\""
        ),
        Case(
            "the service accounts' issuer",
            "spec.serviceAccountIssuer",
            "https://idp.example",
            "\(issuer).issuerURL: Invalid value: \"https://idp.example\": issuer url cannot overlap with the ServiceAccount "
                + "issuer url"
        ),
    ]

    @Test(arguments: cases) func judges(_ c: Case) throws {
        let object = authentication { $0.set(c.path, c.value) }
        #expect(try admission().problems(object) == c.problems)
    }

    @Test func namesEverythingAtOnce() throws {
        let object = authentication {
            $0.set("spec.oidcProviders.0.issuer.audiences", Self.many(11))
            $0.set("spec.oidcProviders.0.claimMappings.username", nil)
            $0.set("spec.oidcProviders.0.oidcClients", Self.clients(["a", "a"]))
            $0.set("spec.oidcProvider", [])
        }
        let problems = try admission().problems(object)
        #expect(problems.count == 4, "\(problems)")
    }

    @Test func theGateAllowsMoreProviders() throws {
        var object = authentication()
        object.set("spec.oidcProviders.1", object.value(at: "spec", "oidcProviders")?.arrayValue?.first)
        object.set("spec.oidcProviders.1.name", "second")
        object.set("spec.oidcProviders.1.issuer.issuerURL", "https://second.example")
        #expect(
            try admission().problems(object) == [
                "spec.oidcProviders: Too many: 2: must have at most 1 items: multipleOIDCProviders: true in the RolloutPolicy "
                    + "\"cluster\" allows more"
            ]
        )
        #expect(try admission(.init(multipleOIDCProviders: true)).problems(object).isEmpty)
        #expect(try admission().problems(object, replacing: object).isEmpty, "what is stored stays valid when the gate closes")
        object.set("spec.oidcProviders.1.issuer.issuerURL", "https://idp.example")
        #expect(
            try admission(.init(multipleOIDCProviders: true)).problems(object) == [
                "spec.oidcProviders[1].issuer.issuerURL: Duplicate value: \"https://idp.example\""
            ]
        )
    }

    @Test(arguments: [JSONValue?.none, "", "RequiredClaim"])
    func anOmittedOrEmptyRuleTypeIsRequiredClaim(_ type: JSONValue?) throws {
        let object = authentication {
            $0.set("spec.oidcProviders.0.claimValidationRules", [["requiredClaim": ["claim": "hd", "requiredValue": "x"]]])
            $0.set("spec.oidcProviders.0.claimValidationRules.0.type", type)
        }
        let admitted = try admission().admit(object).object.value.decoded(as: Authentication.self)
        #expect(admitted.spec.oidcProviders?.first?.claimValidationRules?.first?.type == .requiredClaim)
    }

    @Test func warnsOfProvidersThatAreNotUsed() throws {
        let object = authentication { $0.set("spec.type", "") }
        let warnings = try admission().admit(object).warnings
        #expect(warnings == ["spec.oidcProviders is kept but not used while spec.type is \"\""])
    }

    @Test func warnsOfReferencesThatDoNotExist() throws {
        let object = authentication {
            $0.set("spec.oidcProviders.0.issuer.issuerCertificateAuthority", ["name": "ca"])
            $0.set("spec.oidcProviders.0.issuer.issuerCertificateAuthority.name", "ca")
        }
        let missing = Admission.Reference(kind: "ConfigMap", namespace: "openshift-config", name: "ca")
        #expect(try admission().admit(object) { $0 == missing }.warnings.isEmpty)
        #expect(
            try admission().admit(object) { _ in false }.warnings == [
                "spec.oidcProviders[0].issuer.issuerCertificateAuthority.name: ConfigMap openshift-config/ca does not exist; the "
                    + "change is held back until it does"
            ]
        )
    }

    @Test func warnsOfStaticKeysThatDoNotExistAndOfWhatTheyMakeIdle() throws {
        let object = authentication {
            $0.set("spec.oidcProviders.0.issuer.staticKeys", ["name": "keys"])
            $0.set("spec.oidcProviders.0.issuer.discoveryURL", "https://elsewhere.example/x")
        }
        #expect(
            try admission().admit(object) { _ in false }.warnings == [
                "spec.oidcProviders[0].issuer.discoveryURL is not used while staticKeys is set",
                "spec.oidcProviders[0].issuer.staticKeys.name: ConfigMap openshift-config/keys does not exist; the change is held "
                    + "back until it does",
            ]
        )
    }

    @Test(arguments: ["Allow", "Refuse", ""])
    func warnsWhereReservedNamesMayPass(_ policy: String) throws {
        let object = authentication { $0.set("spec.oidcProviders.0.claimMappings.reservedNamePolicy", .string(policy)) }
        let path = "spec.oidcProviders[0].claimMappings.reservedNamePolicy"
        let warning = "\(path) is Allow: this provider can make anybody system:admin or a member of system:masters"
        #expect(try admission().admit(object).warnings == (policy == "Allow" ? [warning] : []))
    }

    @Test func removesUnknownFieldsWithOrWithoutAWord() throws {
        let object = authentication { $0.set("spec.oidcProviderz", 1) }
        let warned = try admission().admit(object, fieldValidation: .warn)
        #expect(warned.warnings == ["unknown field \"spec.oidcProviderz\""])
        #expect(warned.object.value == authentication())
        #expect(try admission().admit(object, fieldValidation: .ignore).warnings.isEmpty)
        let refused = try #require(throws: InvalidObject.self) { try admission().admit(object) }
        #expect(refused.unknownFields.first?.suggestion == "oidcProviders")
    }

    @Test func refusesAnotherKindOfObject() throws {
        let admission = try admission()
        let definition = try #require(admission.catalog.definition(apiVersion: "v1", kind: "Secret"))
        for value: JSONValue in [authentication(), 5, [:], ["kind": "Secret"]] {
            let error = try #require(throws: InvalidObject.self) { try admission.admit(value, as: definition) }
            #expect(error.badRequest == "the object must have apiVersion \"v1\" and kind \"Secret\"")
        }
    }
}
