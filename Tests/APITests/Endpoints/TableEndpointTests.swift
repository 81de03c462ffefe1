import JSON
import Testing

@testable import API

/// What `kubectl get` prints.
struct TableEndpointTests {
    private func columns(_ reply: TestAPI.Reply) -> [String] {
        reply.json["columnDefinitions"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    }

    private func cells(_ reply: TestAPI.Reply) -> [JSONValue] {
        reply.json["rows"]?.arrayValue?.first?["cells"]?.arrayValue ?? []
    }

    @Test func showsAgesAsLengthsOfTime() async throws {
        try await TestAPI.with { api in
            let reply = try await api.get(TestAPI.cluster, accept: TestAPI.table)
            #expect(reply.json["kind"] == "Table")
            #expect(columns(reply).first == "Name" && columns(reply).last == "Age")
            #expect(cells(reply).first == "cluster" && cells(reply).last == "0s")
            let object = try #require(reply.json["rows"]?.arrayValue?.first?["object"])
            #expect(object["kind"] == "PartialObjectMetadata" && object["spec"] == nil)
        }
    }

    @Test func showsTheMessageOfAClusterOperator() async throws {
        try await TestAPI.with { api in
            let path = "/apis/config.openshift.io/v1/clusteroperators"
            let object: JSONValue = ["metadata": ["name": "kube-apiserver"], "spec": [:]]
            #expect(try await api.create(path, object).code == 201)
            let then = "2025-06-15T13:41:40Z"
            let condition = { (type: String, status: String, message: String) -> JSONValue in
                [
                    "type": .string(type), "status": .string(status), "message": .string(message), "reason": "AsExpected",
                    "lastTransitionTime": .string(then),
                ]
            }
            let status: JSONValue = [
                "versions": [["name": "operator", "version": "4.19"]],
                "conditions": [
                    condition("Available", "True", "fine"), condition("Progressing", "True", "1 node is at revision 2"),
                    condition("Degraded", "False", ""),
                ],
            ]
            let patched = try await api.patch("\(path)/kube-apiserver/status", ["status": status])
            #expect(patched.code == 200, "\(patched.text)")
            let reply = try await api.get(path, accept: TestAPI.table)
            #expect(columns(reply) == ["Name", "Version", "Available", "Progressing", "Degraded", "Since", "Message"])
            #expect(cells(reply) == ["kube-apiserver", "4.19", "True", "True", "False", "85m", "1 node is at revision 2"])
        }
    }

    @Test func countsTheKeysOfASecret() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a", data: ["x": "1", "y": "2"])).code == 201)
            let reply = try await api.get(TestAPI.configMaps, accept: TestAPI.table)
            #expect(columns(reply) == ["Name", "Data", "Age"])
            #expect(cells(reply) == ["a", 2, "0s"])
        }
    }

    @Test func showsWhatHappenedToWhat() async throws {
        try await TestAPI.with { api in
            let path = "/api/v1/namespaces/openshift-config/events"
            let object: JSONValue = [
                "metadata": ["name": "e"], "type": "Normal", "reason": "Triggered", "message": "new revision 1",
                "lastTimestamp": "2025-06-15T13:41:40Z",
                "involvedObject": [
                    "apiVersion": "operator.openshift.io/v1", "kind": "KubeAPIServer", "name": "cluster",
                    "namespace": "openshift-config",
                ],
            ]
            let created = try await api.create(path, object)
            #expect(created.code == 201, "\(created.text)")
            let reply = try await api.get(path, accept: TestAPI.table)
            #expect(columns(reply) == ["Last Seen", "Type", "Reason", "Object", "Message", "Name"])
            #expect(cells(reply) == ["85m", "Normal", "Triggered", "kubeapiserver/cluster", "new revision 1", "e"])
            #expect(reply.json["columnDefinitions"]?.arrayValue?.last?["priority"] == 1)
        }
    }
}
