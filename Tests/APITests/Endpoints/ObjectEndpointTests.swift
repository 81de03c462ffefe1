import HTTPTypes
import JSON
import Schema
import Testing
import Web

@testable import API

/// The verbs on real kinds, from the first create to the last delete.
struct ObjectEndpointTests {
    @Test func createFillsInWhatTheServerOwns() async throws {
        try await TestAPI.with { api in
            var object = TestAPI.configMap("a")
            object["metadata"]?["uid"] = "mine"
            object["metadata"]?["creationTimestamp"] = "2001-01-01T00:00:00Z"
            let reply = try await api.create(TestAPI.configMaps, object)
            #expect(reply.code == 201)
            let metadata = try #require(reply.json["metadata"])
            #expect(metadata["namespace"] == "openshift-config")
            #expect(metadata["creationTimestamp"] == "2025-06-15T15:06:40Z")
            #expect(metadata["uid"]?.stringValue?.utf8.count == 36)
            #expect(metadata["resourceVersion"]?.stringValue.flatMap(Int64.init) != nil)
            #expect(try await api.get("\(TestAPI.configMaps)/a").json == reply.json)
        }
    }

    @Test func emptyMetadataIsNotKept() async throws {
        try await TestAPI.with { api in
            var object = TestAPI.configMap("a")
            object["metadata"]?["finalizers"] = []
            object["metadata"]?["labels"] = ["stage": "test"]
            let created = try await api.create(TestAPI.configMaps, object).json
            #expect(created.value(at: "metadata", "labels") == ["stage": "test"])
            #expect(created.value(at: "metadata", "finalizers") == nil)
            let path = "\(TestAPI.configMaps)/a"
            let unlabelled = try await api.patch(path, ["metadata": ["labels": ["stage": .null]]])
            #expect(unlabelled.code == 200 && unlabelled.json.value(at: "metadata", "labels") == nil)
            #expect(try await api.patch(path, ["metadata": ["labels": []]]).code >= 400)
        }
    }

    @Test func generatesAName() async throws {
        try await TestAPI.with { api in
            let object: JSONValue = ["metadata": ["generateName": "made-"], "data": [:]]
            let name = try await api.create(TestAPI.configMaps, object).json.value(at: "metadata", "name")?.stringValue
            #expect(try #require(name).wholeMatch(of: /made-[b-z2-9]{5}/) != nil)
        }
    }

    @Test func aMergePatchOfTheSpecIsANewGenerationByNameOfItsWriter() async throws {
        try await TestAPI.with { api in
            let reply = try await api.patch(TestAPI.cluster, ["spec": ["type": "None"], "status": ["oidcClients": []]])
            #expect(reply.code == 200)
            #expect(reply.json.value(at: "spec", "type") == "None")
            #expect(reply.json["status"] == nil)
            #expect(reply.json.value(at: "metadata", "generation") == 2)
            let annotations = try #require(reply.json.value(at: "metadata", "annotations"))
            #expect(annotations["postern.dev/changed-by"] == "system:admin")
            #expect(annotations["postern.dev/changed-with"] == "kubectl")
            let forged = try await api.patch(
                TestAPI.cluster,
                ["metadata": ["annotations": ["postern.dev/changed-by": "someone", "note": "x"]]]
            )
            #expect(forged.json.value(at: "metadata", "generation") == 2)
            #expect(forged.json.value(at: "metadata", "annotations")?["postern.dev/changed-by"] == "system:admin")
            #expect(forged.json.value(at: "metadata", "annotations")?["note"] == "x")
        }
    }

    @Test func whatChangesNothingIsNotWritten() async throws {
        try await TestAPI.with { api in
            let before = try await api.get(TestAPI.cluster).json
            #expect(try await api.patch(TestAPI.cluster, ["spec": [:]]).json == before)
            #expect(try await api.update(TestAPI.cluster, before).json == before)
        }
    }

    @Test func nullsInAMergePatchRemove() async throws {
        try await TestAPI.with { api in
            let on = try await api.patch(TestAPI.cluster, ["spec": ["type": "OIDC", "oidcProviders": [TestAPI.provider]]])
            #expect(on.code == 200, "\(on.text)")
            let off = try await api.patch(
                TestAPI.cluster,
                ["spec": ["type": "", "oidcProviders": .null, "webhookTokenAuthenticator": .null]]
            )
            #expect(off.json["spec"] == ["type": ""])
        }
    }

    @Test func aJSONPatchChanges() async throws {
        try await TestAPI.with { api in
            let reply = try await api.patch(
                TestAPI.cluster,
                [["op": "add", "path": "/spec/type", "value": "IntegratedOAuth"]],
                type: "json-patch"
            )
            #expect(reply.json.value(at: "spec", "type") == "IntegratedOAuth")
        }
    }

    @Test func theStatusIsAPartOfItsOwn() async throws {
        try await TestAPI.with { api in
            let status: JSONValue = ["integratedOAuthMetadata": ["name": "oauth-openshift"]]
            let reply = try await api.patch("\(TestAPI.cluster)/status", ["status": status, "spec": ["type": "None"]])
            #expect(reply.json["status"] == status)
            #expect(reply.json["spec"] == [:])
            #expect(reply.json.value(at: "metadata", "generation") == 1)
            #expect(try await api.get("\(TestAPI.cluster)/status").json == reply.json)
        }
    }

    @Test func anUpdateNeedsTheVersionItChanges() async throws {
        try await TestAPI.with { api in
            var object = try await api.get(TestAPI.cluster).json
            object["spec"] = ["type": "None"]
            #expect(try await api.update(TestAPI.cluster, object).code == 200)
            object["spec"] = ["type": "IntegratedOAuth"]
            let stale = try await api.update(TestAPI.cluster, object)
            #expect(stale.code == 409)
            #expect(
                stale.message
                    == "Operation cannot be fulfilled on authentications.config.openshift.io \"cluster\": the object has been modified; "
                    + "please apply your changes to the latest version and try again"
            )
            object["metadata"]?["resourceVersion"] = nil
            #expect(try await api.update(TestAPI.cluster, object).code == 422)
        }
    }

    @Test func twoAtOnceBothPatch() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("shared")).code == 201)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        try await api.patch("\(TestAPI.configMaps)/shared", ["data": ["w\(writer)": "x"]]).code
                    }
                }
                for try await code in group { #expect(code == 200) }
            }
            #expect(try await api.get("\(TestAPI.configMaps)/shared").json["data"]?.objectValue?.count == 5)
        }
    }

    @Test func aDryRunAnswersAndForgets() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create("\(TestAPI.configMaps)?dryRun=All", TestAPI.configMap("ghost")).code == 201)
            #expect(try await api.get("\(TestAPI.configMaps)/ghost").code == 404)
            let patched = try await api.patch("\(TestAPI.cluster)?dryRun=All", ["spec": ["type": "None"]])
            #expect(patched.json.value(at: "spec", "type") == "None")
            #expect(try await api.get(TestAPI.cluster).json["spec"] == [:])
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("kept")).code == 201)
            #expect(try await api.send("DELETE", "\(TestAPI.configMaps)/kept?dryRun=All").code == 200)
            #expect(try await api.get("\(TestAPI.configMaps)/kept").code == 200)
        }
    }

    @Test func deleteTellsWhatWasDeleted() async throws {
        try await TestAPI.with { api in
            let uid = try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).json.value(at: "metadata", "uid")
            let wrong: JSONValue = ["preconditions": ["uid": "other"]]
            let refused = try await api.send("DELETE", "\(TestAPI.configMaps)/a", body: JSONWriter.bytes(of: wrong))
            #expect(refused.code == 409)
            let options: JSONValue = ["propagationPolicy": "Background", "preconditions": ["uid": uid ?? .null]]
            let reply = try await api.send("DELETE", "\(TestAPI.configMaps)/a", body: JSONWriter.bytes(of: options))
            #expect(reply.code == 200)
            #expect(reply.json["status"] == "Success")
            #expect(reply.json["code"] == nil, "Kubernetes tells no code of what went well")
            #expect(reply.json["details"] == ["name": "a", "kind": "configmaps", "uid": uid ?? .null])
            #expect(try await api.get("\(TestAPI.configMaps)/a").code == 404)
        }
    }

    @Test func aNamespaceWithContentStays() async throws {
        try await TestAPI.with { api in
            let content = try await api.create(TestAPI.configMaps, TestAPI.configMap("a"))
            #expect(content.code == 201)
            #expect(try await api.send("DELETE", "/api/v1/namespaces/openshift-config").code == 409)
            #expect(try await api.send("DELETE", TestAPI.configMaps).json["items"]?.arrayValue?.count == 1)
            #expect(try await api.send("DELETE", "/api/v1/namespaces/openshift-config").code == 200)
        }
    }

    @Test func listsInPagesAndBySelector() async throws {
        try await TestAPI.with { api in
            for name in ["a", "b", "c"] {
                let labels: JSONValue = ["odd": .string(name == "b" ? "no" : "yes")]
                #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap(name, labels: labels)).code == 201)
            }
            let names = { (reply: TestAPI.Reply) in
                reply.json["items"]?.arrayValue?.compactMap { $0.value(at: "metadata", "name")?.stringValue }
            }
            #expect(try await names(api.get("\(TestAPI.configMaps)?labelSelector=odd%3Dyes")) == ["a", "c"])
            #expect(try await names(api.get("/api/v1/configmaps?fieldSelector=metadata.name%3Db")) == ["b"])
            let first = try await api.get("\(TestAPI.configMaps)?limit=2")
            #expect(names(first) == ["a", "b"])
            #expect(first.json.value(at: "metadata", "remainingItemCount") == 1)
            let next = try #require(first.json.value(at: "metadata", "continue")?.stringValue)
            let second = try await api.get("\(TestAPI.configMaps)?limit=2&continue=\(next)")
            #expect(names(second) == ["c"])
            #expect(second.json.value(at: "metadata", "continue") == nil)
            #expect(second.json["kind"] == "ConfigMapList")
        }
    }

    @Test func readsYAML() async throws {
        try await TestAPI.with { api in
            let yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-yaml\ndata:\n  a: b\n"
            let reply = try await api.send(
                "POST",
                TestAPI.configMaps,
                headers: ["Content-Type": "application/yaml"],
                body: Array(yaml.utf8)
            )
            #expect(reply.code == 201, "\(reply.text)")
            #expect(reply.json["data"] == ["a": "b"])
        }
    }

    @Test func answersInYAML() async throws {
        try await TestAPI.with { api in
            let headers = ["Content-Type": "application/json", "Accept": "application/yaml"]
            let body = JSONWriter.bytes(of: TestAPI.configMap("a", data: ["k": "v: 1\n"]))
            let created = try await api.send("POST", TestAPI.configMaps, headers: headers, body: body)
            #expect(created.code == 201, "\(created.text)")
            for path in ["\(TestAPI.configMaps)/a", TestAPI.configMaps] {
                let reply = try await api.get(path, accept: "application/yaml")
                #expect(reply.headers[.contentType] == "application/yaml")
                let same = try await api.get(path).json
                #expect(try ManifestReader.read(Array(reply.text.utf8), source: "answer").map(\.value) == [same])
            }
            #expect(created.text == (try await api.get("\(TestAPI.configMaps)/a", accept: "application/yaml").text))
            let watch = try await api.get("\(TestAPI.configMaps)?watch=true&timeoutSeconds=1", accept: "application/yaml")
            #expect(watch.code == 406)
            #expect(watch.message == "only the following media types are accepted: application/json")
            let either = "application/yaml,application/json"
            let lines = try await api.get("\(TestAPI.configMaps)?watch=true&timeoutSeconds=1", accept: either)
            #expect(lines.code == 200 && lines.headers[.contentType] == "application/json")
        }
    }

    @Test func warnsOfWhatIsNotThereYet() async throws {
        try await TestAPI.with { api in
            var provider = TestAPI.provider
            provider["issuer"]?["issuerCertificateAuthority"] = ["name": "idp-ca"]
            let reply = try await api.patch(TestAPI.cluster, ["spec": ["type": "OIDC", "oidcProviders": [provider]]])
            #expect(reply.code == 200)
            #expect(
                reply.warnings == [
                    "299 - \"spec.oidcProviders[0].issuer.issuerCertificateAuthority.name: ConfigMap openshift-config/idp-ca does not exist; "
                        + "the change is held back until it does\""
                ]
            )
        }
    }
}
