import Client
import Foundation
import JSON
import Testing

/// `ctl validate` and the server, asked about the same objects: the same verdict in the same words.
@Suite(.systemTest, .timeLimit(.minutes(5)))
struct ValidateTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// apiVersion and kind, then the plural name.
        let type: (apiVersion: String, kind: String, plural: String)
        var isNamespaced = false
        /// Stored before, so that the object is a change of it; JSON without apiVersion, kind and metadata.
        var previous: String?
        let object: String
    }

    private static let authentication = ("config.openshift.io/v1", "Authentication", "authentications")
    private static let policy = ("postern.dev/v1alpha1", "RolloutPolicy", "rolloutpolicies")
    private static let revision = ("postern.dev/v1alpha1", "AuthenticationRevision", "authenticationrevisions")
    private static let kubeAPIServer = ("operator.openshift.io/v1", "KubeAPIServer", "kubeapiservers")
    private static let client = ("oauth.openshift.io/v1", "OAuthClient", "oauthclients")

    private static let cases = [
        Case(
            testDescription: "a value that is none of those allowed",
            type: authentication,
            object: #"{"spec":{"type":"OICD"}}"#
        ),
        Case(
            testDescription: "several things at once",
            type: authentication,
            object: #"{"spec":{"type":"OIDC","oidcProviders":[{"name":"","issuer":{"issuerURL":"http://x","audiences":[]}}]}}"#
        ),
        Case(
            testDescription: "an expression that does not compile",
            type: authentication,
            object: #"""
                {"spec":{"type":"OIDC","oidcProviders":[{"name":"a","issuer":{"issuerURL":"https://x","audiences":["a"]},
                "claimMappings":{"username":{"claim":"sub","prefixPolicy":"NoPrefix"},"uid":{"expression":"claims.("}}}]}}
                """#
        ),
        Case(testDescription: "an unknown field", type: authentication, object: #"{"spec":{"tpye":"OIDC","webhook":1}}"#),
        Case(testDescription: "the wrong type", type: authentication, object: #"{"spec":{"oidcProviders":{}}}"#),
        Case(
            testDescription: "a policy out of bounds",
            type: policy,
            object: #"{"spec":{"maxUnavailable":0,"unavailableProviderPolicy":"Panic"}}"#
        ),
        Case(testDescription: "a policy that holds nothing", type: policy, object: "{}"),
        Case(testDescription: "a revision without its content", type: revision, object: #"{"spec":{"revision":0}}"#),
        Case(
            testDescription: "an operator's levels",
            type: kubeAPIServer,
            object: #"{"spec":{"logLevel":"Loud","managementState":"x"}}"#
        ),
        Case(
            testDescription: "a client's lifetimes",
            type: client,
            object: #"{"accessTokenInactivityTimeoutSeconds":7,"grantMethod":"maybe","redirectURIs":["https://a"]}"#
        ),
        Case(
            testDescription: "a client that changes to another wrong one",
            type: client,
            previous: #"{"accessTokenInactivityTimeoutSeconds":600,"grantMethod":"auto"}"#,
            object: #"{"accessTokenInactivityTimeoutSeconds":8,"grantMethod":"auto"}"#
        ),
        Case(
            testDescription: "identity providers",
            type: ("config.openshift.io/v1", "OAuth", "oauths"),
            object: #"{"spec":{"identityProviders":[{"name":"a/b","type":"HTPasswd"},{"name":"a/b","type":"LDAP"}]}}"#
        ),
        Case(
            testDescription: "a cluster operator",
            type: ("config.openshift.io/v1", "ClusterOperator", "clusteroperators"),
            object: #"{"spec":{},"status":{"conditions":[{"type":"Available"}]}}"#
        ),
        Case(testDescription: "a node", type: ("v1", "Node", "nodes"), object: #"{"spec":{"unschedulable":"yes"}}"#),
        Case(
            testDescription: "a lease",
            type: ("coordination.k8s.io/v1", "Lease", "leases"),
            isNamespaced: true,
            object: #"{"spec":{"leaseDurationSeconds":0,"leaseTransitions":-1}}"#
        ),
        Case(testDescription: "an event about nothing", type: ("v1", "Event", "events"), isNamespaced: true, object: "{}"),
        Case(
            testDescription: "a secret's data",
            type: ("v1", "Secret", "secrets"),
            isNamespaced: true,
            object: #"{"data":{"a/b":"QQ==","c":"no base64!"}}"#
        ),
        Case(
            testDescription: "a secret's type, changed",
            type: ("v1", "Secret", "secrets"),
            isNamespaced: true,
            previous: #"{"type":"Opaque"}"#,
            object: #"{"type":"other"}"#
        ),
        Case(
            testDescription: "an immutable secret, changed",
            type: ("v1", "Secret", "secrets"),
            isNamespaced: true,
            previous: #"{"immutable":true,"data":{"a":"QQ=="}}"#,
            object: #"{"immutable":true,"data":{"a":"Qg=="}}"#
        ),
        Case(
            testDescription: "a config map's keys",
            type: ("v1", "ConfigMap", "configmaps"),
            isNamespaced: true,
            object: #"{"data":{"a b":"x","twice":"x"},"binaryData":{"twice":"QQ=="}}"#
        ),
        Case(
            testDescription: "an immutable config map, changed",
            type: ("v1", "ConfigMap", "configmaps"),
            isNamespaced: true,
            previous: #"{"immutable":true,"data":{"a":"x"}}"#,
            object: #"{"immutable":false,"data":{"a":"y"}}"#
        ),
        Case(testDescription: "a namespace", type: ("v1", "Namespace", "namespaces"), object: #"{"spec":{"finalizers":"x"}}"#),
        Case(
            testDescription: "an identity",
            type: ("user.openshift.io/v1", "Identity", "identities"),
            object: #"{"providerName":1}"#
        ),
        Case(testDescription: "a user", type: ("user.openshift.io/v1", "User", "users"), object: #"{"identities":"x"}"#),
        Case(testDescription: "a group", type: ("user.openshift.io/v1", "Group", "groups"), object: #"{"users":{}}"#),
        Case(
            testDescription: "all is well",
            type: ("v1", "ConfigMap", "configmaps"),
            isNamespaced: true,
            object: #"{"data":{"a":"x"}}"#
        ),
    ]

    @Test func saysWhatTheServerSays() async throws {
        try await TestCluster.with { cluster, _ in
            let files = KubeconfigFiles(flag: cluster.kubeconfig, environment: [:])
            let configuration = try files.load().clientConfiguration(userAgent: "test")
            try await ControllerClient.with(configuration) { client in
                for (number, c) in Self.cases.enumerated() {
                    let names =
                        c.type.plural == "authentications" || c.type.plural == "rolloutpolicies" || c.type.plural == "oauths"
                        || c.type.plural == "kubeapiservers"
                    try await compare(c, named: names ? "cluster" : "case-\(number)", client, cluster)
                }
            }
        }
    }

    private func compare(_ c: Case, named name: String, _ client: ControllerClient, _ cluster: TestCluster) async throws {
        let namespace = c.isNamespaced ? "default" : nil
        let list = ResourcePath(c.type.apiVersion, c.type.plural, namespace: namespace)
        let path = ResourcePath(c.type.apiVersion, c.type.plural, namespace: namespace, name: name)
        if let previous = c.previous { _ = try await client.create(list, complete(previous, c, name)) }
        let stored = try await client.find(path)
        var object = try complete(c.object, c, name)
        object["metadata"]?["resourceVersion"] = stored?.value(at: "metadata", "resourceVersion")
        let refusal: APIFailure?
        do {
            let options = WriteOptions(dryRun: true)
            _ = stored == nil ? try await client.create(list, object, options) : try await client.update(path, object, options)
            refusal = nil
        } catch let failure as APIFailure {
            refusal = failure
        }
        let (old, new) = (cluster.folder.appending(path: "old.json"), cluster.folder.appending(path: "new.json"))
        try Data(JSONWriter.bytes(of: object)).write(to: new)
        try Data(JSONWriter.bytes(of: stored ?? [:])).write(to: old)
        let flags = stored == nil ? [] : ["--previous", old.path]
        let outcome = try cluster.run(TestCluster.program("ctl"), ["validate", "-f", new.path] + flags)
        #expect((outcome.code == 0) == (refusal == nil), "\(c.testDescription): \(outcome.output) \(refusal?.message ?? "")")
        guard let refusal else { return }
        let problems = outcome.output.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(Self.withoutPlace)
        if refusal.causes.isEmpty {
            for problem in problems {
                let text =
                    problem.split(separator: ": ", maxSplits: 1).last?.split(separator: ";").first.map(String.init) ?? problem
                #expect(refusal.message.contains(text), "\(c.testDescription): \(problem); the server: \(refusal.message)")
            }
        } else {
            #expect(
                Set(problems) == Set(refusal.causes.map { "\($0.field): \(Self.firstLine($0.message))" }),
                "\(c.testDescription)"
            )
        }
    }

    /// The others point into the expression, as `ctl` does further to the right.
    private static func firstLine(_ text: String) -> String { text.split(separator: "\n").first.map(String.init) ?? text }

    private func complete(_ text: String, _ c: Case, _ name: String) throws -> JSONValue {
        var object = try JSONParser.parse(text)
        object["apiVersion"] = .string(c.type.apiVersion)
        object["kind"] = .string(c.type.kind)
        object["metadata"] = ["name": .string(name)]
        if c.isNamespaced { object["metadata"]?["namespace"] = "default" }
        return object
    }

    /// `  new.json:1:20: spec.type: …` without the place in the file.
    private static func withoutPlace(_ line: Substring) -> String {
        String(line.drop { $0 == " " }).replacing(#/^\S+\.json:\d+:\d+: /#, with: "")
    }
}
