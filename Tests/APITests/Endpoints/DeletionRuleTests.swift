import JSON
import Schema
import Testing

@testable import API

struct DeletionRuleTests {
    private static func refusal(_ apiVersion: String, _ kind: String, _ metadata: JSONValue) throws -> String? {
        let definition = try #require(try ResourceCatalog.builtIn().definition(apiVersion: apiVersion, kind: kind))
        return DeletionRule.refusal(
            ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata],
            definition
        )
    }

    @Test(arguments: [
        ("config.openshift.io/v1", "Authentication", "cluster"), ("operator.openshift.io/v1", "KubeAPIServer", "cluster"),
        ("postern.dev/v1alpha1", "AuthenticationRevision", "revision-1"),
        ("postern.dev/v1alpha1", "BreakGlassCertificate", "system-admin"),
    ])
    func keeps(_ apiVersion: String, _ kind: String, _ name: String) throws {
        #expect(try Self.refusal(apiVersion, kind, ["name": .string(name)]) != nil)
    }

    @Test func keepsTheNodesOfOurWorkersOnly() throws {
        let ours = ["name": "worker-0", "labels": ["postern.dev/run-by": "controller"]] as JSONValue
        #expect(try Self.refusal("v1", "Node", ours)?.contains("fewer --workers") == true)
        #expect(try Self.refusal("v1", "Node", ["name": "worker-0"]) == nil)
        #expect(try Self.refusal("v1", "Secret", ["name": "x"]) == nil)
        #expect(try Self.refusal("postern.dev/v1alpha1", "BreakGlassCertificate", ["name": "alice"]) == nil)
    }
}
