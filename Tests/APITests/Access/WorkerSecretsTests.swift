import JSON
import Schema
import Store
import Testing

@testable import API

/// Which secrets a worker may read: those of the revisions it runs or is to run.
struct WorkerSecretsTests {
    static let secrets = "/api/v1/namespaces/openshift-config/secrets"

    static func secret(_ name: String) -> JSONValue {
        ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)], "stringData": ["kubeConfig": "x"]]
    }

    static func revision(_ number: Int64, secrets: [String]) -> JSONValue {
        let digest = JSONValue.string(String(repeating: "0", count: 64))
        return [
            "apiVersion": "postern.dev/v1alpha1", "kind": "AuthenticationRevision",
            "metadata": ["name": .string(AuthenticationRevision.name(of: number))],
            "spec": [
                "revision": .integer(number), "digest": digest, "contentDigest": digest, "mode": "None", "snapshot": [:],
                "secrets": .array(secrets.map(JSONValue.string)),
            ],
        ]
    }

    static func nodes(_ current: Int64, _ target: Int64) -> JSONValue {
        [
            "status": [
                "nodeStatuses": [
                    ["nodeName": "worker-0", "currentRevision": .integer(current), "targetRevision": .integer(target)]
                ]
            ]
        ]
    }

    @Test func readsThoseOfItsRevisionsAndNoOthers() async throws {
        try await TestAPI.with { api in
            for name in ["old", "new", "other"] { #expect(try await api.create(Self.secrets, Self.secret(name)).code == 201) }
            let revisions = "/apis/postern.dev/v1alpha1/authenticationrevisions"
            for (number, names) in [(Int64(1), ["old"]), (2, ["new"]), (3, ["other"])] {
                #expect(try await api.create(revisions, Self.revision(number, secrets: names)).code == 201)
            }
            let operators = "/apis/operator.openshift.io/v1/kubeapiservers"
            let cluster: JSONValue = [
                "apiVersion": "operator.openshift.io/v1", "kind": "KubeAPIServer", "metadata": ["name": "cluster"],
                "spec": ["managementState": "Managed"],
            ]
            let created = try await api.create(operators, cluster)
            #expect(created.code == 201)
            func code(_ method: String, _ name: String, headers: [String: String] = [:]) async throws -> Int {
                try await api.send(method, "\(Self.secrets)/\(name)", as: TestAPI.worker, headers: headers).code
            }
            #expect(try await code("GET", "old") == 403)
            #expect(try await api.patch("\(operators)/cluster/status", Self.nodes(1, 2)).code == 200)
            #expect(try await code("GET", "old") == 200)
            #expect(try await code("GET", "new") == 200)
            #expect(try await code("GET", "other") == 403)
            #expect(try await code("DELETE", "new") == 403)
            #expect(try await code("GET", "new", headers: ["X-Remote-User": "alice"]) == 403)
            #expect(try await api.send("GET", Self.secrets, as: TestAPI.worker).code == 403)
            let elsewhere = "/api/v1/namespaces/default/secrets/new"
            #expect(try await api.send("GET", elsewhere, as: TestAPI.worker).code == 403)
            #expect(try await api.patch("\(operators)/cluster/status", Self.nodes(2, 0)).code == 200)
            #expect(try await code("GET", "old") == 403)
            // Left out of roll-outs, it follows what all others have served.
            let leftOut: JSONValue = [
                "status": ["lastGoodRevision": 3, "nodeStatuses": [["nodeName": "worker-1", "currentRevision": 3]]]
            ]
            #expect(try await api.patch("\(operators)/cluster/status", leftOut).code == 200)
            #expect(try await code("GET", "other") == 200)
            #expect(try await code("GET", "new") == 403)
        }
    }
}
