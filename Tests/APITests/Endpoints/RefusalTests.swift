import JSON
import Listening
import Testing
import Web

@testable import API

/// What is refused, with the code and reason that clients switch on.
struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var subject: CertificateSubject? = TestAPI.admin
        let method: String
        let path: String
        var headers: [String: String] = [:]
        var body = ""
        let code: Int
        var reason = ""
        /// A part of the message.
        var message = ""
        var testDescription: String { name }
    }

    private static let merge = ["Content-Type": "application/merge-patch+json"]
    private static let user = ["X-Remote-User": "alice"]

    static let cases = [
        Case(name: "no certificate", subject: nil, method: "GET", path: TestAPI.cluster, code: 401, reason: "Unauthorized"),
        Case(
            name: "a worker reads the configuration",
            subject: TestAPI.worker,
            method: "GET",
            path: TestAPI.cluster,
            code: 403,
            reason: "Forbidden",
            message:
                #"authentications.config.openshift.io "cluster" is forbidden: User "system:node:worker-0" cannot get resource"#
        ),
        Case(
            name: "a user behind a worker",
            subject: TestAPI.worker,
            method: "GET",
            path: TestAPI.cluster,
            headers: user,
            code: 403,
            reason: "Forbidden",
            message: #"User "alice" cannot get resource "authentications" in API group"#
        ),
        Case(
            name: "an administrator for others",
            method: "GET",
            path: TestAPI.cluster,
            headers: user,
            code: 403,
            reason: "Forbidden"
        ),
        Case(
            name: "an object that is not there",
            method: "GET",
            path: "\(TestAPI.configMaps)/none",
            code: 404,
            reason: "NotFound",
            message: #"configmaps "none" not found"#
        ),
        Case(
            name: "a kind that is not there",
            method: "GET",
            path: "/apis/config.openshift.io/v1/dreams",
            code: 404,
            reason: "NotFound"
        ),
        Case(
            name: "a version that is not there",
            method: "GET",
            path: "/apis/config.openshift.io/v9/authentications",
            code: 404
        ),
        Case(name: "a part that is not there", method: "GET", path: "\(TestAPI.configMaps)/a/scale", code: 404),
        Case(name: "a namespaced kind without a namespace", method: "GET", path: "/api/v1/configmaps/a", code: 404),
        Case(name: "a path that is not there", method: "GET", path: "/nowhere", code: 404, reason: "NotFound"),
        Case(name: "a method that is not there", method: "TRACE", path: TestAPI.cluster, code: 405, reason: "MethodNotAllowed"),
        Case(
            name: "the same name twice",
            method: "POST",
            path: TestAPI.authentications,
            body: #"{"metadata":{"name":"cluster"},"spec":{}}"#,
            code: 409,
            reason: "AlreadyExists",
            message: #"authentications.config.openshift.io "cluster" already exists"#
        ),
        Case(
            name: "a namespace that is not there",
            method: "POST",
            path: "/api/v1/namespaces/dreams/configmaps",
            body: #"{"metadata":{"name":"a"}}"#,
            code: 404,
            reason: "NotFound",
            message: #"namespaces "dreams" not found"#
        ),
        Case(
            name: "no name",
            method: "POST",
            path: TestAPI.configMaps,
            body: "{}",
            code: 422,
            reason: "Invalid",
            message: "name or generateName is required"
        ),
        Case(
            name: "another kind",
            method: "POST",
            path: TestAPI.configMaps,
            body: #"{"kind":"Secret","metadata":{"name":"a"}}"#,
            code: 400,
            reason: "BadRequest"
        ),
        Case(
            name: "another namespace",
            method: "POST",
            path: TestAPI.configMaps,
            body: #"{"metadata":{"name":"a","namespace":"b"}}"#,
            code: 400,
            reason: "BadRequest",
            message: "the namespace of the provided object does not match the namespace sent on the request"
        ),
        Case(
            name: "another name",
            method: "PUT",
            path: TestAPI.cluster,
            body: #"{"metadata":{"name":"other"},"spec":{}}"#,
            code: 400,
            reason: "BadRequest",
            message: "does not match the name on the URL"
        ),
        Case(name: "broken JSON", method: "POST", path: TestAPI.configMaps, body: "{", code: 400, reason: "BadRequest"),
        Case(name: "not an object", method: "POST", path: TestAPI.configMaps, body: "[1]", code: 400, reason: "BadRequest"),
        Case(name: "no body", method: "POST", path: TestAPI.configMaps, code: 400, reason: "BadRequest"),
        Case(
            name: "an alias bomb",
            method: "POST",
            path: TestAPI.configMaps,
            headers: ["Content-Type": "application/yaml"],
            body: "a: &a [1]\nb: [*a,*a]\n",
            code: 400,
            reason: "BadRequest"
        ),
        Case(
            name: "an unknown format",
            method: "POST",
            path: TestAPI.configMaps,
            headers: ["Content-Type": "text/plain"],
            body: "x",
            code: 415,
            reason: "UnsupportedMediaType"
        ),
        Case(
            name: "more than 3 MiB",
            method: "POST",
            path: TestAPI.configMaps,
            body: String(repeating: " ", count: (3 << 20) + 1),
            code: 413,
            reason: "RequestEntityTooLarge"
        ),
        Case(
            name: "a strategic patch of a custom kind",
            method: "PATCH",
            path: TestAPI.cluster,
            headers: ["Content-Type": "application/strategic-merge-patch+json"],
            body: "{}",
            code: 415,
            reason: "UnsupportedMediaType",
            message: "application/merge-patch+json"
        ),
        Case(
            name: "server-side apply by nobody",
            method: "PATCH",
            path: TestAPI.cluster,
            headers: ["Content-Type": "application/apply-patch+yaml"],
            body: "{}",
            code: 400
        ),
        Case(
            name: "an unknown field, strictly",
            method: "PATCH",
            path: "\(TestAPI.cluster)?fieldValidation=Strict",
            headers: merge,
            body: #"{"spec":{"tpye":"OIDC"}}"#,
            code: 400,
            reason: "BadRequest",
            message: #"unknown field "spec.tpye""#
        ),
        Case(
            name: "a value that is not allowed",
            method: "PATCH",
            path: TestAPI.cluster,
            headers: merge,
            body: #"{"spec":{"type":"Magic"}}"#,
            code: 422,
            reason: "Invalid",
            message: #"Authentication.config.openshift.io "cluster" is invalid: spec.type: Unsupported value: "Magic""#
        ),
        Case(
            name: "a version that the future has",
            method: "GET",
            path: "\(TestAPI.configMaps)?resourceVersion=999999",
            code: 504,
            reason: "Timeout"
        ),
        Case(
            name: "an object as the future has it",
            method: "GET",
            path: "\(TestAPI.cluster)?resourceVersion=999999",
            code: 504,
            reason: "Timeout",
            message: "Too large resource version: 999999, current: 4"
        ),
        Case(name: "an object at no version", method: "GET", path: "\(TestAPI.cluster)?resourceVersion=x", code: 400),
        Case(
            name: "deleting what there must be",
            method: "DELETE",
            path: TestAPI.cluster,
            code: 403,
            reason: "Forbidden",
            message: #"authentications.config.openshift.io "cluster" is forbidden: there must be one"#
        ),
        Case(name: "deleting all of what there must be", method: "DELETE", path: TestAPI.authentications, code: 403),
        Case(name: "a dry run of something", method: "POST", path: "\(TestAPI.configMaps)?dryRun=Some", body: "{}", code: 400),
        Case(
            name: "nothing we can write",
            method: "GET",
            path: TestAPI.cluster,
            headers: ["Accept": "application/xml"],
            code: 406,
            reason: "NotAcceptable"
        ),
        Case(name: "OpenAPI v2", method: "GET", path: "/openapi/v2", code: 406, reason: "NotAcceptable"),
    ]

    @Test(arguments: cases)
    func refuses(_ c: Case) async throws {
        try await TestAPI.with { api in
            let reply = try await api.send(
                c.method,
                c.path,
                as: c.subject,
                headers: c.headers,
                body: c.body.isEmpty ? nil : Array(c.body.utf8)
            )
            #expect(reply.code == c.code, "\(reply.text)")
            #expect(reply.json["kind"] == "Status")
            #expect(reply.json["code"] == .integer(Int64(c.code)))
            if !c.reason.isEmpty { #expect(reply.reason == c.reason) }
            if !c.message.isEmpty { #expect(reply.message.contains(c.message), "\(reply.message)") }
        }
    }

    @Test func tellsEverythingThatIsInvalidWithItsField() async throws {
        try await TestAPI.with { api in
            let provider: JSONValue = ["name": "", "issuer": ["issuerURL": "http://x?a=b", "audiences": []]]
            let reply = try await api.patch(TestAPI.cluster, ["spec": ["oidcProviders": [provider]]])
            #expect(reply.code == 422)
            let causes = reply.json.value(at: "details", "causes")?.arrayValue ?? []
            let fields = Set(causes.compactMap { $0["field"]?.stringValue })
            let path = "spec.oidcProviders[0]"
            #expect(fields.isSuperset(of: ["\(path).name", "\(path).issuer.audiences", "\(path).claimMappings"]), "\(fields)")
            #expect(reply.json.value(at: "details", "kind") == "Authentication")
            #expect(causes.allSatisfy { $0["reason"]?.stringValue?.hasPrefix("FieldValue") ?? false })
        }
    }

    @Test func warnsOfAnUnknownFieldAndDropsIt() async throws {
        try await TestAPI.with { api in
            let reply = try await api.patch(TestAPI.cluster, ["spec": ["tpye": "OIDC"]])
            #expect(reply.code == 200)
            #expect(reply.json["spec"] == [:])
            #expect(reply.warnings == [#"299 - "unknown field \"spec.tpye\"""#])
            #expect(try await api.patch("\(TestAPI.cluster)?fieldValidation=Ignore", ["spec": ["tpye": "OIDC"]]).warnings == [])
        }
    }
}
