import HTTPTypes
import JSON
import Testing
import Web

@testable import API

/// What the API tells about itself.
struct DocumentEndpointTests {
    static let aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"

    @Test func discoversInTwoRequests() async throws {
        try await TestAPI.with { api in
            let groups = try await api.get("/apis", accept: Self.aggregated)
            #expect(groups.headers[.contentType] == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
            let config = try #require(
                groups.json["items"]?.arrayValue?.first { $0.value(at: "metadata", "name") == "config.openshift.io" }
            )
            let resources = config["versions"]?.arrayValue?.first?["resources"]?.arrayValue ?? []
            let operators = try #require(resources.first { $0["resource"] == "clusteroperators" })
            #expect(operators["shortNames"] == ["co"])
            #expect(operators["scope"] == "Cluster")
            #expect(operators["subresources"]?.arrayValue?.first?["subresource"] == "status")
            let core = try await api.get("/api", accept: Self.aggregated)
            #expect(core.json["items"]?.arrayValue?.count == 1)
        }
    }

    @Test func discoversStepByStep() async throws {
        try await TestAPI.with { api in
            #expect(try await api.get("/api").json["versions"] == ["v1"])
            #expect(try await api.get("/apis").json["kind"] == "APIGroupList")
            #expect(try await api.get("/apis/config.openshift.io").json.value(at: "preferredVersion", "version") == "v1")
            let core = try await api.get("/api/v1").json["resources"]?.arrayValue ?? []
            let secrets = try #require(core.first { $0["name"] == "secrets" })
            #expect(secrets["namespaced"] == true)
            #expect(try await api.get("/apis/nobody.example").code == 404)
            #expect(try await api.get("/apis/config.openshift.io/v7").code == 404)
        }
    }

    @Test func describesItsSchemas() async throws {
        try await TestAPI.with { api in
            let index = try await api.get("/openapi/v3").json
            let address = try #require(index["paths"]?["apis/config.openshift.io/v1"]?["serverRelativeURL"]?.stringValue)
            let document = try await api.get(address).json
            let schema = try #require(document.value(at: "components", "schemas", "io.openshift.config.v1.Authentication"))
            #expect(schema["x-kubernetes-group-version-kind"]?.arrayValue?.first?["kind"] == "Authentication")
            #expect(schema["properties"]?["spec"] != nil)
            let patch = try #require(document["paths"]?["\(TestAPI.authentications)/{name}"]?["patch"])
            #expect(patch["x-kubernetes-action"] == "patch")
            let parameters = patch["parameters"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            #expect(Set(parameters).isSuperset(of: ["dryRun", "fieldManager", "fieldValidation"]))
            #expect(try await api.get("/openapi/v3/apis/nobody.example/v1").code == 404)
        }
    }

    @Test func tellsItsAnswers() async throws {
        try await TestAPI.with { api in
            let document = try await api.get("/openapi/v3/api/v1").json
            let paths = try #require(document["paths"]?.objectValue)
            for (path, item) in paths {
                for (method, operation) in item.objectValue ?? JSONObject() where method != "parameters" {
                    let answers = operation["responses"]?.objectValue ?? JSONObject()
                    let codes = Set(answers.map(\.name))
                    #expect(codes.isSuperset(of: ["400", "401", "403", "404"]), "\(method) \(path)")
                    #expect(!codes.contains("500"), "\(method) \(path)")
                }
            }
            let item = try #require(paths[TestAPI.configMaps.replacing("openshift-config", with: "{namespace}")])
            let created = item.value(at: "post", "responses", "201", "content", "application/json", "schema", "$ref")
            #expect(created == "#/components/schemas/core.v1.ConfigMap")
            let listed = item.value(at: "get", "responses", "200", "content", "application/json", "schema", "$ref")
            #expect(listed == "#/components/schemas/core.v1.ConfigMapList")
            let list = document.value(
                at: "components",
                "schemas",
                "core.v1.ConfigMapList",
                "properties",
                "items",
                "items",
                "$ref"
            )
            #expect(list == created)
            #expect(document.value(at: "components", "responses", "Failure", "content") != nil)
        }
    }

    @Test func saysWhatItIs() async throws {
        try await TestAPI.with { api in
            #expect(try await api.get("/version").json["gitVersion"] == "v1.34.0+postern.0.0.0")
            #expect(try await api.get("/readyz").text == "ok")
            #expect(try await api.get("/livez?verbose").text == "livez check passed\n")
            let head = try await api.send("HEAD", "/")
            #expect(head.code == 200 && head.text.isEmpty)
            #expect(try await api.get("/").json["paths"]?.arrayValue?.contains("/apis") == true)
        }
    }

    @Test func everyAnswerHasAnID() async throws {
        try await TestAPI.with { api in
            #expect(try await api.get("/version").headers[.auditID] != nil)
            let mine = try await api.send("GET", "/nowhere", headers: ["X-Request-Id": "abc-1"])
            #expect(mine.headers[.requestID] == "abc-1")
            let odd = try await api.send("GET", "/nowhere", headers: ["X-Request-Id": "a b"])
            #expect(odd.headers[.requestID] != "a b")
        }
    }
}

/// Questions about the caller.
struct ReviewEndpointTests {
    static let users = ["X-Remote-User": "oidc:zoë", "X-Remote-Group": "dev", "Content-Type": "application/json"]

    @Test func tellsAUserWhoTheyAre() async throws {
        try await TestAPI.with { api in
            let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            let review = try await api.send("POST", path, as: TestAPI.worker, headers: Self.users, body: Array("{}".utf8))
            #expect(review.code == 201)
            #expect(
                review.json.value(at: "status", "userInfo")
                    == ["username": "oidc:zoë", "groups": ["dev", "system:authenticated"]]
            )
            let user = try await api.send("GET", "/apis/user.openshift.io/v1/users/~", as: TestAPI.worker, headers: Self.users)
            #expect(user.json.value(at: "metadata", "name") == "oidc:zoë")
        }
    }

    @Test func tellsWhatTheyMayDo() async throws {
        try await TestAPI.with { api in
            let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            let question: JSONValue = [
                "spec": ["resourceAttributes": ["verb": "get", "resource": "secrets", "namespace": "openshift-config"]]
            ]
            let body = JSONWriter.bytes(of: question)
            let alice = try await api.send("POST", path, as: TestAPI.worker, headers: Self.users, body: body)
            #expect(alice.json.value(at: "status", "allowed") == false)
            #expect(try await api.create(path, question).json.value(at: "status", "allowed") == true)
            #expect(try await api.create(path, ["spec": [:]]).code == 400)
        }
    }
}
