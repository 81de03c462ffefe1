import JSON
import Testing

@testable import Client

struct APIResourcesTests {
    static let resources = APIResources([
        APIResource(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true),
        APIResource(group: "config.openshift.io", version: "v1", kind: "Authentication", plural: "authentications"),
        APIResource(
            group: "config.openshift.io",
            version: "v1",
            kind: "ClusterOperator",
            plural: "clusteroperators",
            shortNames: ["co"]
        ),
        APIResource(group: "operator.openshift.io", version: "v1", kind: "Authentication", plural: "authentications"),
    ])

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let found: String?
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "secret", found: "secrets"),
        Case(name: "Secrets", found: "secrets"),
        Case(name: "secrets.v1", found: "secrets"),
        Case(name: "co", found: "clusteroperators.config.openshift.io"),
        Case(name: "authentication", found: "authentications.config.openshift.io"),
        Case(name: "authentication.config", found: "authentications.config.openshift.io"),
        Case(name: "authentication.config.openshift.io", found: "authentications.config.openshift.io"),
        Case(name: "authentications.v1.config.openshift.io", found: "authentications.config.openshift.io"),
        Case(name: "authentication.operator", found: "authentications.operator.openshift.io"),
        Case(name: "authentication.conf", found: nil),
        Case(name: "authentications.v2.config.openshift.io", found: nil),
        Case(name: "pod", found: nil),
        Case(name: "", found: nil),
    ]

    @Test(arguments: cases)
    func findsWhatPeopleCallIt(_ c: Case) {
        let found = try? Self.resources.resolve(c.name).pluralTypeName
        #expect(found == c.found)
    }

    @Test func offersWhatMayBeMeant() {
        let failure = #expect(throws: UnknownResource.self) { try Self.resources.resolve("authentification") }
        #expect(failure?.errorDescription?.contains("did you mean authentications.config.openshift.io") == true)
        let kind = #expect(throws: UnknownResource.self) {
            try Self.resources.resolve(apiVersion: "v1", kind: "Authentication")
        }
        #expect(kind?.near.contains("Authentication in apiVersion config.openshift.io/v1") == true)
    }

    @Test func bothFormsOfDiscoveryGiveTheSame() throws {
        let aggregated = APIResource.aggregated([
            "items": [
                [
                    "metadata": ["name": "config.openshift.io"],
                    "versions": [
                        [
                            "version": "v1",
                            "resources": [
                                [
                                    "resource": "clusteroperators", "responseKind": ["kind": "ClusterOperator"],
                                    "scope": "Cluster",
                                    "singularResource": "clusteroperator", "shortNames": ["co"], "verbs": ["get"],
                                    "subresources": [["subresource": "status"]],
                                ]
                            ],
                        ]
                    ],
                ]
            ]
        ])
        let legacy = APIResource.legacy([
            "groupVersion": "config.openshift.io/v1",
            "resources": [
                [
                    "name": "clusteroperators", "kind": "ClusterOperator", "singularName": "clusteroperator",
                    "namespaced": false,
                    "shortNames": ["co"], "verbs": ["get"],
                ],
                ["name": "clusteroperators/status", "kind": "ClusterOperator", "namespaced": false],
            ],
        ])
        #expect(aggregated == legacy)
        #expect(aggregated.map(\.typeName) == ["clusteroperator.config.openshift.io"])
    }

    @Test func pathsAreEscaped() {
        let path = ResourcePath("v1", "secrets", namespace: "a/b", name: "sha256~x y", subresource: "status")
        #expect(path.text == "/api/v1/namespaces/a%2Fb/secrets/sha256~x%20y/status")
        #expect(ResourcePath("user.openshift.io/v1", "users", name: "~").text == "/apis/user.openshift.io/v1/users/~")
    }
}
