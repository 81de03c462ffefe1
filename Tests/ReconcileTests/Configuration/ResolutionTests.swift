import JSON
import Resolve
import Schema
import Snapshot
import Testing

/// What `Authentication.spec` becomes for a worker, field by field.
struct ResolutionTests {
    typealias Source = Snapshot.ClaimMappings.Source

    // MARK: Mappings

    struct Mapping: CustomTestStringConvertible, Sendable {
        let name: String
        let claimMappings: JSONValue
        var username: Source = .claim("email", prefix: "")
        var groups: Source?
        var uid: Source = .claim("sub", prefix: "")
        var extra: [Snapshot.ClaimMappings.Extra] = []
        var testDescription: String { name }
    }

    static let email: JSONValue = ["claim": "email", "prefixPolicy": "NoPrefix"]

    static let mappings = [
        Mapping(
            name: "Prefix",
            claimMappings: ["username": ["claim": "name", "prefixPolicy": "Prefix", "prefix": ["prefixString": "x:"]]],
            username: .claim("name", prefix: "x:")
        ),
        Mapping(
            name: "NoPrefix",
            claimMappings: ["username": ["claim": "name", "prefixPolicy": "NoPrefix"]],
            username: .claim("name", prefix: "")
        ),
        Mapping(
            name: "no opinion about a claim of the issuer's own",
            claimMappings: ["username": ["claim": "sub", "prefixPolicy": ""]],
            username: .claim("sub", prefix: "https://idp.test#")
        ),
        Mapping(
            name: "no policy at all is no opinion",
            claimMappings: ["username": ["claim": "preferred_username"]],
            username: .claim("preferred_username", prefix: "https://idp.test#")
        ),
        Mapping(name: "no opinion about email", claimMappings: ["username": ["claim": "email"]]),
        Mapping(
            name: "username by expression",
            claimMappings: ["username": ["expression": "claims.sub"]],
            username: .expression("claims.sub")
        ),
        Mapping(
            name: "groups with prefix",
            claimMappings: ["username": Self.email, "groups": ["claim": "groups", "prefix": "g:"]],
            groups: .claim("groups", prefix: "g:")
        ),
        Mapping(
            name: "groups without prefix",
            claimMappings: ["username": Self.email, "groups": ["claim": "roles"]],
            groups: .claim("roles", prefix: "")
        ),
        Mapping(
            name: "an empty groups claim gives no groups",
            claimMappings: ["username": Self.email, "groups": ["claim": ""]]
        ),
        Mapping(
            name: "groups by expression",
            claimMappings: ["username": Self.email, "groups": ["expression": "claims.roles.split(',')"]],
            groups: .expression("claims.roles.split(',')")
        ),
        Mapping(
            name: "uid by claim",
            claimMappings: ["username": Self.email, "uid": ["claim": "oid"]],
            uid: .claim("oid", prefix: "")
        ),
        Mapping(
            name: "uid by expression",
            claimMappings: ["username": Self.email, "uid": ["expression": "claims.oid"]],
            uid: .expression("claims.oid")
        ),
        Mapping(
            name: "extra",
            claimMappings: [
                "username": Self.email, "extra": [["key": "example.com/tenant", "valueExpression": "claims.tenant"]],
            ],
            extra: [Snapshot.ClaimMappings.Extra(key: "example.com/tenant", valueExpression: "claims.tenant")]
        ),
    ]

    @Test(arguments: mappings)
    func maps(_ c: Mapping) throws {
        let resolution = try Self.resolve { $0["claimMappings"] = c.claimMappings }
        #expect(resolution.problems == [])
        let mappings = try #require(resolution.content.issuers.first?.claimMappings)
        #expect(mappings == Snapshot.ClaimMappings(username: c.username, groups: c.groups, uid: c.uid, extra: c.extra))
    }

    @Test func takesRulesAndIssuerAsTheyAre() throws {
        let resolution = try Self.resolve { provider in
            provider["issuer"]?["discoveryURL"] = "https://internal.test/.well-known/openid-configuration"
            provider["claimValidationRules"] = [
                ["type": "RequiredClaim", "requiredClaim": ["claim": "tid", "requiredValue": "42"]],
                ["type": "CEL", "cel": ["expression": "claims.exp - claims.nbf <= 86400", "message": "too long"]],
            ]
            provider["userValidationRules"] = [["expression": "!user.username.startsWith('admin')", "message": "no"]]
        }
        #expect(resolution.problems == [])
        let issuer = try #require(resolution.content.issuers.first)
        #expect(issuer.discoveryURL == "https://internal.test/.well-known/openid-configuration")
        #expect(
            issuer.claimValidationRules == [
                .requiredClaim(claim: "tid", requiredValue: "42"),
                .cel(expression: "claims.exp - claims.nbf <= 86400", message: "too long"),
            ]
        )
        #expect(issuer.userValidationRules.map(\.expression) == ["!user.username.startsWith('admin')"])
        #expect(issuer.seed == nil)
        #expect(issuer.certificateAuthority == nil)
    }

    // MARK: Problems

    struct Problem: CustomTestStringConvertible, Sendable {
        let name: String
        var change: @Sendable (inout JSONValue) -> Void = { _ in }
        var spec: @Sendable (inout JSONValue) -> Void = { _ in }
        var objects: [Referenced] = []
        let message: String
        var testDescription: String { name }
    }

    private static let issuerPrefix = "generating issuer for provider \"keycloak\": "
    private static let authority: @Sendable (inout JSONValue) -> Void = {
        $0["issuer"]?["issuerCertificateAuthority"] = ["name": "idp-ca"]
    }
    private static let staticKeys: @Sendable (inout JSONValue) -> Void = {
        $0["issuer"]?["staticKeys"] = ["name": "idp-keys"]
    }
    private static let staticKeysInvalid =
        issuerPrefix + "getting static keys for issuer: configmap openshift-config/idp-keys key \"jwks.json\" is invalid: "
    private static let privateKey =
        #"{"kty":"EC","crv":"P-256","kid":"p","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"AA"}"#

    /// A good key, and another one.
    private static func withAnotherKey(_ key: String) -> JSONValue {
        .string(FakeProviders.keys.replacing("{\"keys\":[", with: "{\"keys\":[\(key),"))
    }

    private static let consoleClient: @Sendable (inout JSONValue) -> Void = {
        $0["oidcClients"] = [
            [
                "componentName": "console", "componentNamespace": "openshift-console", "clientID": "console",
                "clientSecret": ["name": "console-secret"],
            ]
        ]
    }

    static let problems = [
        Problem(
            name: "no config map",
            change: Self.authority,
            message: Self.issuerPrefix
                + "getting CertificateAuthority for issuer: could not retrieve auth configmap openshift-config/idp-ca to check CA "
                + "bundle: configmap \"idp-ca\" not found"
        ),
        Problem(
            name: "no key in the config map",
            change: Self.authority,
            objects: [configMap("idp-ca", ["other": "x"])],
            message: Self.issuerPrefix
                + "getting CertificateAuthority for issuer: configmap openshift-config/idp-ca key \"ca-bundle.crt\" missing or empty"
        ),
        Problem(
            name: "empty key in the config map",
            change: Self.authority,
            objects: [configMap("idp-ca", ["ca-bundle.crt": ""])],
            message: Self.issuerPrefix
                + "getting CertificateAuthority for issuer: configmap openshift-config/idp-ca key \"ca-bundle.crt\" missing or empty"
        ),
        Problem(
            name: "not PEM",
            change: Self.authority,
            objects: [configMap("idp-ca", ["ca-bundle.crt": "hello"])],
            message: Self.issuerPrefix
                + "getting CertificateAuthority for issuer: issuer CA is invalid: it has no certificate in PEM "
                + "(-----BEGIN CERTIFICATE-----)"
        ),
        Problem(
            name: "no config map with static keys",
            change: Self.staticKeys,
            message: Self.issuerPrefix
                + "getting static keys for issuer: could not retrieve auth configmap openshift-config/idp-keys: "
                + "configmap \"idp-keys\" not found"
        ),
        Problem(
            name: "no key in the config map with static keys",
            change: Self.staticKeys,
            objects: [configMap("idp-keys", ["keys.json": "{}"])],
            message: Self.issuerPrefix
                + "getting static keys for issuer: configmap openshift-config/idp-keys key \"jwks.json\" missing or empty"
        ),
        Problem(
            name: "static keys that are no key set",
            change: Self.staticKeys,
            objects: [configMap("idp-keys", ["jwks.json": "{}"])],
            message: Self.staticKeysInvalid + "not a JWK Set: there is no array \"keys\""
        ),
        Problem(
            name: "no static keys",
            change: Self.staticKeys,
            objects: [configMap("idp-keys", ["jwks.json": #"{"keys":[]}"#])],
            message: Self.staticKeysInvalid + "it has no keys"
        ),
        Problem(
            name: "no static key that can be used",
            change: Self.staticKeys,
            objects: [configMap("idp-keys", ["jwks.json": #"{"keys":[{"kty":"AKP","kid":"a"}]}"#])],
            message: Self.staticKeysInvalid + "no key can be used: key \"a\": unknown kty \"AKP\""
        ),
        Problem(
            name: "a shared secret among the static keys",
            change: Self.staticKeys,
            objects: [configMap("idp-keys", ["jwks.json": withAnotherKey(#"{"kty":"oct","kid":"s","k":"c2VjcmV0"}"#)])],
            message: Self.staticKeysInvalid
                + "key \"s\": a shared secret (kty oct) does not belong into a public key set"
        ),
        Problem(
            name: "a private key among the static keys",
            change: Self.staticKeys,
            objects: [
                configMap("idp-keys", ["jwks.json": withAnotherKey(Self.privateKey)])
            ],
            message: Self.staticKeysInvalid + "key \"p\": its private half is published too"
        ),
        Problem(
            name: "the cluster's own issuer",
            spec: { $0["serviceAccountIssuer"] = "https://idp.test" },
            message: Self.issuerPrefix + "issuer url cannot overlap with the ServiceAccount issuer url"
        ),
        Problem(
            name: "no secret",
            change: Self.consoleClient,
            message: "could not retrieve client secret openshift-config/console-secret of component openshift-console/console: "
                + "secret \"console-secret\" not found"
        ),
        Problem(
            name: "no key in the secret",
            change: Self.consoleClient,
            objects: [secret("console-secret", ["secret": "eA=="])],
            message: "missing the 'clientSecret' key in the client secret secret \"console-secret\""
        ),
        Problem(
            name: "prefix missing",
            change: { $0["claimMappings"] = ["username": ["claim": "sub", "prefixPolicy": "Prefix"]] },
            message:
                "generating claimMappings for provider \"keycloak\": generating username claim mapping: nil username prefix while "
                + "policy expects one"
        ),
        Problem(
            name: "unknown policy",
            change: { $0["claimMappings"] = ["username": ["claim": "sub", "prefixPolicy": "Maybe"]] },
            message:
                "generating claimMappings for provider \"keycloak\": generating username claim mapping: invalid username prefix "
                + "policy: Maybe"
        ),
        Problem(
            name: "rule without its content",
            change: { $0["claimValidationRules"] = [["type": "RequiredClaim"]] },
            message: "generating claimValidationRules for provider \"keycloak\": generating claimValidationRule: "
                + "claimValidationRule.type is RequiredClaim and requiredClaim is not set"
        ),
    ]

    @Test(arguments: problems)
    func holdsBack(_ c: Problem) throws {
        let resolution = try Self.resolve(objects: c.objects, spec: c.spec, change: c.change)
        #expect(resolution.problems.map(\.message) == [c.message])
        #expect(resolution.problems.allSatisfy { !$0.advice.isEmpty && !$0.advice.hasSuffix(".") })
    }

    @Test func reportsEverythingAtOnce() throws {
        let resolution = try Self.resolve(spec: { $0["serviceAccountIssuer"] = "https://idp.test" }) { provider in
            Self.authority(&provider)
            Self.consoleClient(&provider)
        }
        #expect(resolution.problems.count == 3)
    }

    @Test(arguments: [("Allow", true), ("Refuse", false), ("", false)])
    func letsReservedNamesPassOnlyWhereThatIsSaid(_ policy: String, _ isAllowed: Bool) throws {
        let resolution = try Self.resolve { $0["claimMappings"]?["reservedNamePolicy"] = .string(policy) }
        #expect(resolution.problems == [])
        #expect(resolution.content.issuers.map(\.allowsReservedNames) == [isAllowed])
    }

    @Test func reservedNamesArePassedByNobodyOtherwise() throws {
        #expect(try Self.resolve { _ in }.content.issuers.map(\.allowsReservedNames) == [false])
    }

    @Test func inlinesStaticKeys() throws {
        let resolution = try Self.resolve(
            objects: [Self.configMap("idp-keys", ["jwks.json": .string(FakeProviders.keys)])],
            change: Self.staticKeys
        )
        #expect(resolution.problems == [])
        #expect(resolution.content.issuers.first?.staticKeys == FakeProviders.keys)
        #expect(resolution.content.issuers.first?.seed == nil)
    }

    @Test func anEmptyNameMeansNoStaticKeys() throws {
        let resolution = try Self.resolve { $0["issuer"]?["staticKeys"] = ["name": ""] }
        #expect(resolution.problems == [])
        #expect(resolution.content.issuers.first.map { $0.staticKeys == nil } == true)
    }

    @Test func inlinesTheCertificateAuthority() throws {
        let resolution = try Self.resolve(
            objects: [Self.configMap("idp-ca", ["ca-bundle.crt": .string(Certificates.authority)])],
            change: Self.authority
        )
        #expect(resolution.problems == [])
        #expect(resolution.content.issuers.first?.certificateAuthority == Certificates.authority)
    }

    @Test func anExpressionThatDoesNotCompileIsAProblem() throws {
        let resolution = try Self.resolve { $0["claimMappings"] = ["username": ["expression": "claims."]] }
        #expect(resolution.problems.count == 1)
        #expect(resolution.problems.first?.message.hasPrefix("issuers[0].claimMappings.username.expression: ") == true)
    }

    // MARK: Modes

    struct Mode: CustomTestStringConvertible, Sendable {
        let name: String
        let spec: JSONValue
        let mode: WorkerSnapshot.Mode
        var metadata: String?
        var problems: [String] = []
        var testDescription: String { name }
    }

    static let own: Referenced = configMap("own", ["oauthMetadata": #"{"issuer":"own"}"#])
    static let published: Referenced = (.oauthMetadata, ["data": ["oauthMetadata": #"{"issuer":"built-in"}"#]])

    static let modes = [
        Mode(name: "absent type", spec: [:], mode: .integratedOAuth, metadata: #"{"issuer":"built-in"}"#),
        Mode(name: "empty type", spec: ["type": ""], mode: .integratedOAuth, metadata: #"{"issuer":"built-in"}"#),
        Mode(
            name: "IntegratedOAuth",
            spec: ["type": "IntegratedOAuth"],
            mode: .integratedOAuth,
            metadata: #"{"issuer":"built-in"}"#
        ),
        Mode(
            name: "the administrator's document wins",
            spec: ["oauthMetadata": ["name": "own"]],
            mode: .integratedOAuth,
            metadata: #"{"issuer":"own"}"#
        ),
        Mode(name: "None", spec: ["type": "None"], mode: .none),
        Mode(
            name: "None with a document",
            spec: ["type": "None", "oauthMetadata": ["name": "own"]],
            mode: .none,
            metadata: #"{"issuer":"own"}"#
        ),
        Mode(name: "OIDC has no document", spec: Specs.oidc(), mode: .oidc),
        Mode(
            name: "providers in another mode are kept for later",
            spec: ["type": "None", "oidcProviders": Specs.oidc()["oidcProviders"] ?? []],
            mode: .none
        ),
        Mode(
            name: "document that is not there",
            spec: ["oauthMetadata": ["name": "other"]],
            mode: .integratedOAuth,
            problems: ["could not retrieve oauth metadata configmap openshift-config/other: configmap \"other\" not found"]
        ),
    ]

    @Test(arguments: modes)
    func reads(_ c: Mode) throws {
        let spec = try c.spec.decoded(as: Authentication.Spec.self)
        let resolution = Resolution(of: spec, with: ReferencedObjects([Self.own, Self.published]))
        #expect(resolution.content.mode == c.mode)
        #expect(resolution.content.oauthMetadata == c.metadata)
        #expect(resolution.content.issuers.isEmpty == (c.mode != .oidc))
        #expect(resolution.problems.map(\.message) == c.problems)
    }

    // MARK: Building

    static func configMap(_ name: String, _ data: JSONValue) -> Referenced {
        (.configMap(name), ["data": data])
    }

    static func secret(_ name: String, _ data: JSONValue) -> Referenced {
        (.secret(name), ["data": data])
    }

    /// A good configuration with something changed.
    static func resolve(
        objects: [Referenced] = [],
        spec change: (inout JSONValue) -> Void = { _ in },
        change provider: (inout JSONValue) -> Void
    ) throws -> Resolution {
        var spec = Specs.oidc()
        var changed = spec["oidcProviders"]?.arrayValue?.first ?? [:]
        provider(&changed)
        spec["oidcProviders"] = [changed]
        change(&spec)
        return Resolution(of: try spec.decoded(as: Authentication.Spec.self), with: ReferencedObjects(objects))
    }
}
