import Foundation
import JSON
import Resolve
import Schema
import Snapshot
import Testing

/// What `webhookTokenAuthenticator` and `externalClaimsSources` become for a worker: places of secrets, never secrets.
struct SecretResolutionTests {
    static let kubeconfig = """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://review.example/review"}}]
        users: [{name: u, user: {token: very-secret}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """

    static func secret(_ name: String, _ key: String, _ text: String, version: Int64 = 7, uid: String = "u-1") -> Referenced {
        let data: JSONValue = .object(JSONObject([(key, .string(Data(text.utf8).base64EncodedString()))]))
        let metadata: JSONValue = ["uid": .string(uid), "resourceVersion": .string("\(version)")]
        return (.secret(name), ["metadata": metadata, "data": data])
    }

    // MARK: The webhook

    static func webhook(_ type: String, _ objects: [Referenced], name: String = "reviewer") throws -> Resolution {
        let spec: JSONValue = ["type": .string(type), "webhookTokenAuthenticator": ["kubeConfig": ["name": .string(name)]]]
        return Resolution(of: try spec.decoded(as: Authentication.Spec.self), with: ReferencedObjects(objects))
    }

    @Test(arguments: ["", "None", "IntegratedOAuth"])
    func refersToTheKubeconfigAndItsVersion(_ type: String) throws {
        let resolution = try Self.webhook(type, [Self.secret("reviewer", "kubeConfig", Self.kubeconfig)])
        #expect(resolution.problems == [])
        #expect(resolution.content.webhook == SecretReference(name: "reviewer", key: "kubeConfig", version: "u-1/7"))
        #expect(!JSONWriter.text(of: try JSONValue(encoding: resolution.content)).contains("very-secret"))
    }

    @Test func aChangedSecretIsAnotherConfiguration() throws {
        let digests = try [(7, "u-1"), (8, "u-1"), (7, "u-2")].map { version, uid in
            try Self.webhook("None", [Self.secret("reviewer", "kubeConfig", Self.kubeconfig, version: version, uid: uid)])
                .content.contentDigest()
        }
        #expect(Set(digests).count == 3)
    }

    @Test(arguments: [
        ([], "failed to get secret openshift-config/reviewer: secret \"reviewer\" not found"),
        ([("other", "x")], "secret openshift-config/reviewer is invalid: missing required 'kubeConfig' key"),
        ([("kubeConfig", "")], "secret openshift-config/reviewer is invalid: the 'kubeConfig' key is empty"),
        (
            [("kubeConfig", "a: [very-secret")],
            "secret openshift-config/reviewer is invalid: failed to load kubeconfig: it is not YAML"
        ),
        (
            [("kubeConfig", "very-secret")],
            "secret openshift-config/reviewer is invalid: failed to load kubeconfig: it is not one map"
        ),
    ])
    func saysWhatIsWrongAndNotWhatIsSecret(_ entries: [(String, String)], _ message: String) throws {
        let resolution = try Self.webhook("None", entries.map { Self.secret("reviewer", $0.0, $0.1) })
        #expect(resolution.problems.map(\.message) == [message])
        #expect(resolution.problems.allSatisfy { !$0.advice.contains("very-secret") })
    }

    @Test func theBuiltInServersOwnWebhookIsNotNeeded() throws {
        let resolution = try Self.webhook("", [], name: "webhook-authentication-integrated-oauth")
        #expect(resolution.problems == [])
        #expect(resolution.content.webhook == nil)
    }

    // MARK: Sources of claims

    static let source: JSONValue = [
        "url": ["hostname": "graph.example", "pathExpression": "['v1', 'me']"],
        "authentication": [
            "type": "ClientCredential",
            "clientCredential": [
                "clientID": "postern", "clientSecret": ["name": "graph"], "tokenEndpoint": "https://idp.test/token",
                "scopes": ["directory"], "tls": ["certificateAuthority": ["name": "ca"]],
            ],
        ],
        "tls": ["certificateAuthority": ["name": "ca"]], "mappings": [["name": "groups", "expression": "response.groups"]],
        "predicates": [["expression": "!has(claims.groups)"]],
    ]

    static func resolve(_ objects: [Referenced], _ source: JSONValue = source) throws -> Resolution {
        try ResolutionTests.resolve(objects: objects) { $0["externalClaimsSources"] = [source] }
    }

    static let authority = ResolutionTests.configMap("ca", ["ca-bundle.crt": .string(Certificates.authority)])

    @Test func becomesWhatAWorkerNeeds() throws {
        let resolution = try Self.resolve([Self.authority, Self.secret("graph", "clientSecret", "very-secret")])
        #expect(resolution.problems == [])
        let reference = SecretReference(name: "graph", key: "clientSecret", version: "u-1/7")
        #expect(
            resolution.content.issuers.first?.externalClaimsSources == [
                ExternalClaimsSource(
                    hostname: "graph.example",
                    pathExpression: "['v1', 'me']",
                    proof: .clientCredential(
                        .init(
                            clientID: "postern",
                            secret: reference,
                            tokenEndpoint: "https://idp.test/token",
                            scopes: ["directory"],
                            certificateAuthority: Certificates.authority
                        )
                    ),
                    certificateAuthority: Certificates.authority,
                    mappings: [.init(name: "groups", expression: "response.groups")],
                    predicates: ["!has(claims.groups)"]
                )
            ]
        )
        #expect(resolution.content.secrets == [reference])
        #expect(!JSONWriter.text(of: try JSONValue(encoding: resolution.content)).contains("very-secret"))
    }

    @Test func saysEverythingThatIsMissing() throws {
        let owner = "externalClaimsSources[0] of provider \"keycloak\""
        let resolution = try Self.resolve([])
        let authority =
            "getting CertificateAuthority for \(owner): could not retrieve auth configmap openshift-config/ca to check CA bundle: "
            + "configmap \"ca\" not found"
        #expect(
            resolution.problems.map(\.message) == [
                "could not retrieve client secret openshift-config/graph of \(owner): secret \"graph\" not found", authority,
            ]
        )
    }

    @Test func everythingThatIsNeededIsRead() throws {
        let spec: JSONValue = [
            "type": "OIDC",
            "oidcProviders": [
                [
                    "name": "a", "issuer": ["issuerURL": "https://idp.test", "audiences": ["x"]],
                    "claimMappings": ["username": ["claim": "sub"]], "externalClaimsSources": [Self.source],
                ]
            ],
        ]
        let references = try spec.decoded(as: Authentication.Spec.self).references
        #expect(Set(references) == [.configMap("ca"), .secret("graph")])
    }
}
