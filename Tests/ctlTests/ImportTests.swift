import AuthenticationFile
import JSON
import Schema
import Testing

@testable import ctl

/// `ctl import authentication-config`.
struct ImportTests {
    private func imported(_ text: String) throws -> ImportedAuthentication {
        try ImportedAuthentication(AuthenticationConfiguration.read(Array(text.utf8), source: "auth.yaml"))
    }

    /// What `ctl validate -f` says about the output.
    private func problems(with text: String) throws -> [String] {
        let admission = Admission(catalog: try ResourceCatalog.builtIn(), options: .init(multipleOIDCProviders: true))
        let manifests = try ManifestReader.read(text, source: "cluster.yaml")
        return manifests.flatMap {
            ManifestVerdict.judge($0, previous: [], by: admission, namespace: "openshift-config").problems.map(\.text)
        }
    }

    private static let head = "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\n"

    private static let everything =
        head + """
            anonymous: {enabled: true}
            jwt:
            - issuer:
                url: https://sso.example:8443/realms/one
                discoveryURL: https://idp.internal/one/.well-known/openid-configuration
                audiences: [cli, console]
                audienceMatchPolicy: MatchAny
                egressSelectorType: cluster
                certificateAuthority: |
                  -----BEGIN CERTIFICATE-----
                  MIIBiTCCAS+gAwIBAgIUL8ZZn8O3pXB7vCooMVwt9rQBLvEwCgYIKoZIzj0EAwIw
                  GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMTE0NjM3WhgPMjEy
                  NjEwMjgxMTQ2MzdaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
                  zj0CAQYIKoZIzj0DAQcDQgAErZC/xv/Pz3hWHYa5wglie+G9lU3qd934R5dBWCpV
                  9wFEg1XiT77NSESyQZyejPNceoRO0Xy2eA7enRKIvdoO56NTMFEwHQYDVR0OBBYE
                  FIEQ7FdVXHhB2OORAzAihxp023W7MB8GA1UdIwQYMBaAFIEQ7FdVXHhB2OORAzAi
                  hxp023W7MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgNGgt6yrt
                  FvRSpzwFI/2gr5NV8XvSl89ULZfy/1YjerMCIQDzz3zSgQ4cbBvskTQtJtbVTQJr
                  fWE46SiL9NEvTHTKQw==
                  -----END CERTIFICATE-----
              claimValidationRules:
              - {claim: hd, requiredValue: example.org}
              - {claim: 'a"b', requiredValue: ''}
              - {expression: claims.exp - claims.nbf <= 86400}
              claimMappings:
                username: {claim: preferred_username, prefix: 'sso:'}
                groups: {claim: groups, prefix: 'sso:'}
                uid: {claim: sub}
                extra:
                - {key: example.org/tenant, valueExpression: claims.tenant}
                - {key: authentication.openshift.io/scopes, valueExpression: claims.scope}
              userValidationRules:
              - {expression: "!user.username.startsWith('system:')", message: no system names}
            - issuer: {url: https://sso.example, audiences: [cli]}
              claimMappings:
                username: {claim: email, prefix: ''}
                groups: {expression: claims.roles}
            - issuer: {url: "https://[::1]/", audiences: [cli]}
              claimMappings:
                username: {expression: claims.sub}

            """

    @Test func turnsEveryFieldIntoItsCounterpart() throws {
        let result = try imported(Self.everything)
        let text = try result.text(as: .yaml)
        try Golden.expect(text, "import-authentication-config")
        try Golden.expect(result.notes.map { $0 + "\n" }.joined(), "import-authentication-config-notes")
        #expect(try problems(with: text) == [])
    }

    @Test func printsAListAsJSON() throws {
        let text = try imported(Self.everything).text(as: .json)
        let list = try JSONParser.parse(text)
        #expect(list["kind"] == "List")
        #expect(list["items"]?.arrayValue?.map { $0["kind"] } == ["Authentication", "ConfigMap"])
    }

    @Test func aFileWithoutIssuersTakesNobody() throws {
        let result = try imported(Self.head)
        #expect(result.objects.map { $0["spec"] } == [["type": "None"]])
        #expect(try problems(with: result.text(as: .yaml)) == [])
        #expect(try JSONParser.parse(result.text(as: .json))["kind"] == "Authentication")
    }

    @Test(arguments: [
        (
            "too long an expression",
            "userValidationRules: [{expression: \"user.username != '\(String(repeating: "x", count: 1024))'\"}]"
        ),
        ("too long a required claim's name", "claimValidationRules: [{claim: '\(String(repeating: "x", count: 1024))'}]"),
    ])
    func doesNotLeaveOutWhatKeepsPeopleOut(_ name: String, _ rest: String) throws {
        let text =
            Self.head + """
                jwt:
                - issuer: {url: https://sso.example, audiences: [cli]}
                  claimMappings: {username: {claim: sub, prefix: ''}}
                  \(rest)

                """
        let error = #expect(throws: ImportedAuthentication.Inexpressible.self, "\(name)") { try imported(text) }
        #expect(error?.problems.isEmpty == false)
        #expect(error.flatMap { FailureReport($0) }?.exitCode == 1)
    }

    @Test func refusesAnInvalidFileWithAllItsProblems() throws {
        let text = Self.head + "jwt:\n- issuer: {url: http://sso.example, audience: [a]}\n"
        let error = #expect(throws: InvalidConfiguration.self) { try imported(text) }
        let report = try #require(error.flatMap { FailureReport($0) })
        #expect(report.exitCode == 1)
        try Golden.expect(report.text + "\n", "import-authentication-config-invalid")
    }

    @Test func namesProvidersAfterTheirHosts() {
        var names = ProviderNames()
        let urls = [
            "https://SSO.example/a", "https://sso.example/b", "https://sso.example-2", "https://-.é./", "https:", "https://a:1",
        ]
        #expect(
            urls.map { names.name(for: $0) } == ["sso.example", "sso.example-2", "sso.example-2-2", "provider", "https", "a-1"]
        )
    }
}
