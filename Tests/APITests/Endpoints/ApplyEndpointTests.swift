import JSON
import Testing
import Web

@testable import API

/// Server-side apply and the records of who manages what, through the API.
struct ApplyEndpointTests {
    private static let map = "\(TestAPI.configMaps)/a"

    private static func apply(
        _ api: TestAPI,
        _ data: String,
        by manager: String,
        _ options: String = "",
        path: String = map
    ) async throws -> TestAPI.Reply {
        try await api.send(
            "PATCH",
            "\(path)?fieldManager=\(manager)\(options)",
            headers: ["Content-Type": "application/apply-patch+yaml"],
            body: Array("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: \(data)\n".utf8)
        )
    }

    private static func managers(_ reply: TestAPI.Reply) -> [String] {
        (reply.json.value(at: "metadata", "managedFields")?.arrayValue ?? []).map {
            "\($0["operation"]?.stringValue ?? "") \($0["manager"]?.stringValue ?? "") \(JSONWriter.text(of: $0["fieldsV1"] ?? .null))"
        }
    }

    /// Somebody deletes the object between an apply's look and its write: the apply makes it anew, a merge patch is told.
    @Test func makesAnewWhatIsDeletedMeanwhile() async throws {
        try await TestAPI.with(through: DeletedMeanwhile.init) { api in
            _ = try await Self.apply(api, "{x: '1'}", by: "ci")
            let again = try await Self.apply(api, "{x: '2'}", by: "ci")
            #expect(again.code == 201, "\(again.text)")
            #expect(again.json.value(at: "data", "x") == "2")
        }
        try await TestAPI.with(through: DeletedMeanwhile.init) { api in
            _ = try await Self.apply(api, "{x: '1'}", by: "ci")
            #expect(try await api.patch(Self.map, ["data": ["x": "2"]]).code == 404)
        }
    }

    @Test func createsAndChangesAndTakesAway() async throws {
        try await TestAPI.with { api in
            let first = try await Self.apply(api, "{x: '1', z: '2'}", by: "ci")
            #expect(first.code == 201, "\(first.text)")
            #expect(first.json.value(at: "metadata", "uid")?.stringValue?.isEmpty == false)
            #expect(Self.managers(first) == [#"Apply ci {"f:data":{"f:x":{},"f:z":{}}}"#])
            let record = first.json.value(at: "metadata", "managedFields")?.arrayValue?.first
            #expect(record?["apiVersion"] == "v1" && record?["fieldsType"] == "FieldsV1")
            #expect(record?["time"]?.stringValue == Timestamp.text(of: TestAPI.now))

            let second = try await Self.apply(api, "{z: '3'}", by: "ci")
            #expect(second.code == 200 && second.json["data"] == ["z": "3"])
            let third = try await Self.apply(api, "{z: '3'}", by: "ci")
            #expect(third.json == second.json, "what changes nothing is not written")
            #expect(try await api.send("GET", Self.map).json == second.json)
        }
    }

    @Test func tellsConflictsAndTakesByForce() async throws {
        try await TestAPI.with { api in
            _ = try await Self.apply(api, "{x: '1'}", by: "ci")
            let merge = ["Content-Type": "application/merge-patch+json"]
            let edited = try await api.send(
                "PATCH",
                "\(Self.map)?fieldManager=kubectl-edit",
                headers: merge,
                body: Array(#"{"data":{"x":"2"}}"#.utf8)
            )
            #expect(Self.managers(edited) == [#"Update kubectl-edit {"f:data":{"f:x":{}}}"#])
            let refused = try await Self.apply(api, "{x: '1'}", by: "ci")
            let words = "conflict with \"kubectl-edit\" using v1 at \(Timestamp.text(of: TestAPI.now))"
            #expect(refused.code == 409 && refused.reason == "Conflict")
            #expect(refused.message == "Apply failed with 1 conflict: \(words): .data.x")
            let cause: JSONValue = ["reason": "FieldManagerConflict", "message": .string(words), "field": ".data.x"]
            #expect(refused.json.value(at: "details", "causes") == [cause])
            let forced = try await Self.apply(api, "{x: '1'}", by: "ci", "&force=true")
            #expect(forced.code == 200 && Self.managers(forced) == [#"Apply ci {"f:data":{"f:x":{}}}"#])
        }
    }

    @Test func aDryRunShowsAndForgets() async throws {
        try await TestAPI.with { api in
            #expect(try await Self.apply(api, "{x: '1'}", by: "ci", "&dryRun=All").code == 201)
            #expect(try await api.send("GET", Self.map).code == 404)
            _ = try await Self.apply(api, "{x: '1'}", by: "ci")
            #expect(try await Self.apply(api, "{x: '2'}", by: "ci", "&dryRun=All").json["data"] == ["x": "2"])
            #expect(try await api.send("GET", Self.map).json["data"] == ["x": "1"])
        }
    }

    /// Whoever applies for the first time meets what was there before anybody was recorded, and clients may forget all records.
    @Test func recordsCanBeForgotten() async throws {
        try await TestAPI.with { api in
            _ = try await Self.apply(api, "{x: '1'}", by: "ci")
            let merge = ["Content-Type": "application/merge-patch+json"]
            let forgotten = try await api.send(
                "PATCH",
                "\(Self.map)?fieldManager=m",
                headers: merge,
                body: Array(#"{"metadata":{"managedFields":[{}]}}"#.utf8)
            )
            #expect(forgotten.code == 200 && Self.managers(forgotten) == [])
            let refused = try await Self.apply(api, "{x: '2'}", by: "ci")
            #expect(refused.code == 409 && refused.message.contains("\"before-first-apply\" using v1"), "\(refused.message)")
            #expect(try await Self.apply(api, "{x: '1'}", by: "ci").code == 200)
        }
    }

    @Test func stringDataIsOwnedWhereItEndsUp() async throws {
        try await TestAPI.with { api in
            let reply = try await api.send(
                "PATCH",
                "/api/v1/namespaces/openshift-config/secrets/s?fieldManager=ci",
                headers: ["Content-Type": "application/apply-patch+yaml"],
                body: Array("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n".utf8)
            )
            #expect(reply.code == 201 && reply.json["data"] == ["a": "aHVudGVyMg=="], "\(reply.text)")
            #expect(Self.managers(reply) == [#"Apply ci {"f:data":{"f:a":{}}}"#])
        }
    }

    @Test func itemsOfListsHaveTheirOwners() async throws {
        try await TestAPI.with { api in
            let apply = { (manager: String, provider: String) in
                try await api.send(
                    "PATCH",
                    "\(TestAPI.cluster)?fieldManager=\(manager)",
                    headers: ["Content-Type": "application/apply-patch+yaml"],
                    body: Array(
                        """
                        apiVersion: config.openshift.io/v1
                        kind: Authentication
                        metadata: {name: cluster}
                        spec:
                          oidcProviders:
                          - name: idp
                            \(provider)
                        """.utf8
                    )
                )
            }
            let mapping = "claimMappings: {username: {claim: email}}"
            let whole = try await apply("one", "issuer: {issuerURL: 'https://idp.example', audiences: [a]}\n    \(mapping)")
            #expect(whole.code == 200, "\(whole.text)")
            let second = try await apply("two", "claimMappings: {groups: {claim: groups}}")
            #expect(second.code == 200, "\(second.message)")
            let provider = { (reply: TestAPI.Reply) in reply.json.value(at: "spec", "oidcProviders")?.arrayValue?.first }
            #expect(provider(second)?.value(at: "issuer", "issuerURL") == "https://idp.example")
            #expect(provider(second)?["claimMappings"] == ["username": ["claim": "email"], "groups": ["claim": "groups"]])
            let third = try await apply("two", "{}")
            #expect(third.code == 400)
            let last = try await apply("two", "claimMappings: {}")
            #expect(last.code == 200, "\(last.message)")
            #expect(provider(last)?["claimMappings"] == ["username": ["claim": "email"]])
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var path = "\(map)?fieldManager=ci"
        let body: String
        var code = 400
        let message: String
    }

    static let refusals = [
        Refusal(
            testDescription: "nobody's",
            path: map,
            body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            message: "fieldManager: Required value: is required for apply patch"
        ),
        Refusal(testDescription: "no kind", body: "apiVersion: v1\nmetadata: {name: a}\n", message: "has no kind"),
        Refusal(
            testDescription: "another kind",
            body: "apiVersion: v1\nkind: Secret\n",
            message: "does not match the expected kind"
        ),
        Refusal(
            testDescription: "another name",
            body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
            message: "does not match the name on the URL"
        ),
        Refusal(
            testDescription: "records of its own",
            body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, managedFields: []}\n",
            message: "metadata.managedFields must be nil"
        ),
        Refusal(testDescription: "no YAML", body: "{", message: "the body of the request"),
        Refusal(testDescription: "nothing", body: "", message: "the body of the request"),
        Refusal(testDescription: "a list", body: "[]", message: ""),
        Refusal(
            testDescription: "an unknown field, strictly",
            path: "\(map)?fieldManager=ci&fieldValidation=Strict",
            body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: openshift-config}\ndate: {}\n",
            message: "failed to create typed patch object (openshift-config/a; /v1, Kind=ConfigMap): "
                + ".date: field not declared in schema"
        ),
        Refusal(
            testDescription: "unknown fields, which can be ignored elsewhere",
            path: "\(TestAPI.cluster)?fieldManager=ci&fieldValidation=Ignore",
            body: """
                apiVersion: config.openshift.io/v1
                kind: Authentication
                metadata: {name: cluster, nope: x}
                spec:
                  oidcProviders:
                  - name: idp
                    issuer: {nope: 1}
                    oidcClients: [{componentName: c, componentNamespace: ns, nope: {}}]
                """,
            message: """
                failed to create typed patch object (/cluster; config.openshift.io/v1, Kind=Authentication): errors:
                  .metadata.nope: field not declared in schema
                  .spec.oidcProviders[name="idp"].issuer.nope: field not declared in schema
                  .spec.oidcProviders[name="idp"].oidcClients[componentName="c",componentNamespace="ns"].nope: field not \
                declared in schema
                """
        ),
        Refusal(
            testDescription: "another version than it believes",
            path: "\(TestAPI.cluster)?fieldManager=ci",
            body: "apiVersion: config.openshift.io/v1\nkind: Authentication\nmetadata: {name: cluster, resourceVersion: '1'}\n",
            code: 409,
            message: "the object has been modified"
        ),
        Refusal(
            testDescription: "no such namespace",
            path: "/api/v1/namespaces/none/configmaps/a?fieldManager=ci",
            body: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            code: 404,
            message: "namespaces \"none\" not found"
        ),
    ]

    @Test(arguments: refusals) func refuses(_ c: Refusal) async throws {
        try await TestAPI.with { api in
            let headers = ["Content-Type": "application/apply-patch+yaml"]
            let reply = try await api.send("PATCH", c.path, headers: headers, body: Array(c.body.utf8))
            #expect(reply.code == c.code, "\(reply.text)")
            #expect(reply.message.contains(c.message), "\(reply.message)")
            if c.path.hasPrefix(Self.map) { #expect(try await api.send("GET", Self.map).code == 404) }
        }
    }
}
