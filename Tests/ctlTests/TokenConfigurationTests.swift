import Authenticator
import Foundation
import JSON
import Schema
import Snapshot
import Testing

@testable import ctl

/// By what `ctl token explain` judges: files, and what a server knows.
struct TokenConfigurationTests {
    // MARK: - Files

    private static let authentication = """
        apiVersion: config.openshift.io/v1
        kind: Authentication
        metadata: {name: cluster}
        spec:
          type: OIDC
          webhookTokenAuthenticator: null
          oidcProviders:
          - name: sso
            issuer: {issuerURL: "https://sso.example", audiences: [console], issuerCertificateAuthority: {name: idp-ca}}
            claimMappings: {username: {claim: email}}
            oidcClients:
            - {componentName: web, componentNamespace: console, clientID: x, clientSecret: {name: nowhere}}

        """

    private static func configMap(_ name: String, in namespace: String = "openshift-config") -> String {
        let pem = "-----BEGIN CERTIFICATE-----\\nMAQCAgIC\\n-----END CERTIFICATE-----"
        return """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: \(name), namespace: \(namespace)}
            data: {ca-bundle.crt: "\(pem)"}

            """
    }

    private static let kubernetes = """
        apiVersion: apiserver.config.k8s.io/v1beta1
        kind: AuthenticationConfiguration
        jwt: [{issuer: {url: "https://k8s.example", audiences: [x]}, claimMappings: {username: {claim: sub, prefix: ""}}}]

        """

    struct Files: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// What a server has; nil: there is no server.
        var server: [String]?
        var issuer: String?
        var allowsReservedNames = false
        var problem: String = ""
        var testDescription: String { name }
    }

    private static let files = [
        Files(name: "all in one file", text: authentication + "---\n" + configMap("idp-ca"), issuer: "https://sso.example"),
        Files(name: "the rest on the server", text: authentication, server: ["idp-ca"], issuer: "https://sso.example"),
        Files(name: "Kubernetes' kind", text: kubernetes, issuer: "https://k8s.example"),
        Files(
            name: "Kubernetes' kind, with a worker's flag",
            text: kubernetes,
            issuer: "https://k8s.example",
            allowsReservedNames: true
        ),
        Files(
            name: "a worker's flag with our own kind",
            text: authentication + "---\n" + configMap("idp-ca"),
            allowsReservedNames: true,
            problem: "--allow-reserved-names is for a file of Kubernetes"
        ),
        Files(name: "no server", text: authentication, problem: "\n  ConfigMap openshift-config/idp-ca\nAdd them"),
        Files(
            name: "another namespace",
            text: authentication + "---\n" + configMap("idp-ca", in: "default"),
            problem: "ConfigMap openshift-config/idp-ca; the one in f.yaml is in namespace default"
        ),
        Files(
            name: "nor on the server",
            text: authentication,
            server: [],
            problem:
                "config map openshift-config/idp-ca, named in spec.oidcProviders[0].issuer.issuerCertificateAuthority, does not exist"
        ),
        Files(
            name: "there twice",
            text: [authentication, configMap("idp-ca"), configMap("idp-ca")].joined(separator: "---\n"),
            problem: "ConfigMap openshift-config/idp-ca is there twice"
        ),
        Files(
            name: "two configurations",
            text: authentication + "---\n" + kubernetes,
            problem: "AuthenticationConfiguration in f.yaml, Authentication in f.yaml"
        ),
        Files(name: "none", text: configMap("idp-ca"), problem: "neither an Authentication nor an AuthenticationConfiguration"),
        Files(name: "a mistake", text: authentication.replacing("claim:", with: "clam:"), problem: "f.yaml:10:"),
        Files(name: "a mistake in Kubernetes' kind", text: kubernetes.replacing("claim:", with: "clam:"), problem: "3:"),
    ]

    @Test(arguments: files)
    func readsFiles(_ c: Files) async throws {
        let files = ConfigurationFiles(try ManifestReader.read(c.text, source: "f.yaml"), name: "f.yaml", namespace: "default")
        let server = try (c.server ?? []).map {
            try #require(try ManifestReader.read(Self.configMap($0), source: "").first).value
        }
        let lookUp: ConfigurationFiles.LookUp = { id in
            server.first { $0.value(at: "metadata", "name")?.stringValue == id.name }
        }
        do {
            let snapshot = try await files.snapshot(allowsReservedNames: c.allowsReservedNames) {
                c.server == nil ? nil : lookUp
            }
            #expect(snapshot.issuers.map(\.issuerURL) == [c.issuer])
            #expect(snapshot.issuers.map(\.allowsReservedNames) == [c.allowsReservedNames])
        } catch {
            let text = try #require(FailureReport(error)?.text)
            #expect(c.issuer == nil && text.contains(c.problem), "\(text)")
        }
    }

    // MARK: - The server

    @Test(
        arguments: [
            ([7], 7, nil), ([6, 7], 7, "workers run different revisions (6, 7)"),
            ([6], 7, "revision 7 is newer, but no worker runs it"),
            ([], 7, "no worker runs a revision yet"),
        ] as [([Int64], Int64, String?)]
    )
    func saysWhichRevisionIsInForce(running: [Int64], newest: Int64, words: String?) {
        let note = TokenConfiguration.note(running: running, newest: newest)
        #expect(note.map { $0.hasPrefix(words ?? "-") } == words.map { _ in true })
    }

    struct Opaque: Sendable, CustomTestStringConvertible {
        let name: String
        var change: JSONValue = [:]
        var uid = "u-1"
        let groups: [String]?
        var expiry: Int64? = 1_700_000_600
        var testDescription: String { name }
    }

    private static let opaque = [
        Opaque(name: "known", groups: ["dev", "ops"]),
        Opaque(name: "user made anew", uid: "u-2", groups: nil),
        Opaque(name: "without end", change: ["expiresIn": 0], groups: ["dev", "ops"], expiry: nil),
        Opaque(
            name: "unreadable beginning",
            change: ["metadata": ["creationTimestamp": "?"]],
            groups: ["dev", "ops"],
            expiry: 0
        ),
    ]

    @Test(arguments: opaque)
    func knowsAnOpaqueTokenAsAWorkerDoes(_ c: Opaque) throws {
        var object: JSONValue = [
            "metadata": ["creationTimestamp": "2023-11-14T22:13:20Z"], "userName": "bob", "userUID": "u-1", "expiresIn": 600,
            "scopes": ["user:full"], "clientName": "cli",
        ]
        for member in c.change.objectValue ?? [:] { object[member.name] = member.value }
        let user: JSONValue = ["metadata": ["name": "bob", "uid": .string(c.uid)], "groups": ["ops"]]
        let groups: [JSONValue] = [
            ["metadata": ["name": "dev"], "users": ["alice", "bob"]], ["metadata": ["name": "qa"], "users": ["alice"]],
        ]
        let found = try KnownOpaqueToken(object, of: user, in: groups).find(hashName: "")
        #expect(found?.groups == c.groups)
        if let found { #expect(found.expiresAt == c.expiry && found.userName == "bob" && found.scopes == ["user:full"]) }
    }

    @Test func doesNotDenyWhatItDoesNotKnow() {
        #expect(throws: OpaqueTokensUnavailable.self) { try KnownOpaqueToken.notLookedUp.find(hashName: "") }
    }
}
