import Client
import JSON
import Testing

@testable import ctl

struct AccessTests {
    private static let resources = APIResources([
        APIResource(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true),
        APIResource(group: "config.openshift.io", version: "v1", kind: "Authentication", plural: "authentications"),
    ])

    struct Question: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let verb: String
        let object: String
        var subresource = ""
        var namespace: String? = "mine"
        let attributes: JSONValue
        var warnings: [String] = []
    }

    static let questions = [
        Question(
            testDescription: "a type in the namespace",
            verb: "get",
            object: "secret",
            attributes: ["verb": "get", "namespace": "mine", "resource": "secrets"]
        ),
        Question(
            testDescription: "one object",
            verb: "get",
            object: "secrets/s",
            attributes: ["verb": "get", "namespace": "mine", "resource": "secrets", "name": "s"]
        ),
        Question(
            testDescription: "all namespaces",
            verb: "list",
            object: "secrets",
            namespace: nil,
            attributes: ["verb": "list", "resource": "secrets"]
        ),
        Question(
            testDescription: "no namespace to be in, and a subresource",
            verb: "update",
            object: "authentication",
            subresource: "status",
            attributes: [
                "verb": "update", "namespace": "mine", "group": "config.openshift.io", "resource": "authentications",
                "subresource": "status",
            ],
            warnings: ["resource 'authentications' is not namespace scoped in group 'config.openshift.io'"]
        ),
        Question(
            testDescription: "a type that rules may name and nobody serves",
            verb: "get",
            object: "pods.example.com/p",
            attributes: ["verb": "get", "namespace": "mine", "group": "example.com", "resource": "pods", "name": "p"],
            warnings: ["the server doesn't have a resource type 'pods.example.com'"]
        ),
        Question(
            testDescription: "everything",
            verb: "*",
            object: "*",
            attributes: ["verb": "*", "namespace": "mine", "group": "*", "resource": "*"]
        ),
        Question(
            testDescription: "a verb that was mistyped",
            verb: "gte",
            object: "secrets",
            attributes: ["verb": "gte", "namespace": "mine", "resource": "secrets"],
            warnings: ["verb 'gte' is not a known verb"]
        ),
    ]

    @Test(arguments: questions)
    func asksAboutObjects(_ c: Question) {
        let question = AccessQuestion(
            verb: c.verb,
            object: c.object,
            subresource: c.subresource,
            namespace: c.namespace,
            in: Self.resources
        )
        #expect(question.spec == ["resourceAttributes": c.attributes])
        #expect(question.warnings == c.warnings)
    }

    @Test func asksAboutPaths() {
        let question = AccessQuestion(verb: "get", path: "/metrics")
        #expect(question.spec == ["nonResourceAttributes": ["verb": "get", "path": "/metrics"]] && question.warnings.isEmpty)
        #expect(AccessQuestion(verb: "list", path: "/metrics").warnings == ["verb 'list' is not a known verb"])
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        let status: JSONValue
        let isAllowed: Bool
        let text: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Answer(status: ["allowed": true], isAllowed: true, text: "yes"),
        Answer(status: ["allowed": true, "reason": "RBAC: allowed"], isAllowed: true, text: "yes - RBAC: allowed"),
        Answer(status: ["allowed": false, "denied": true], isAllowed: false, text: "no"),
        Answer(
            status: ["allowed": false, "reason": "r", "evaluationError": "role \"x\" not found"],
            isAllowed: false,
            text: "no - r - role \"x\" not found"
        ),
        Answer(status: ["allowed": "true"], isAllowed: false, text: "no"), Answer(status: [:], isAllowed: false, text: "no"),
    ])
    func tellsTheAnswer(_ c: Answer) {
        let answer = AccessAnswer(status: c.status)
        #expect(answer.isAllowed == c.isAllowed && answer.text == c.text)
    }

    @Test func listsEverythingOneMayDo() throws {
        let status: JSONValue = [
            "incomplete": false,
            "resourceRules": [
                ["verbs": ["get", "list"], "apiGroups": [""], "resources": ["secrets", "configmaps"]],
                ["verbs": ["watch"], "apiGroups": [""], "resources": ["secrets"]],
                ["verbs": ["update"], "apiGroups": ["config.openshift.io"], "resources": ["authentications/status"]],
                ["verbs": ["delete"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a", "b"]],
                [
                    "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
                    "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
                ],
            ],
            "nonResourceRules": [["verbs": ["get"], "nonResourceURLs": ["/healthz", "/version"]]],
        ]
        let rules = AccessRuleTable(status: status)
        #expect(rules.warning == nil)
        try Golden.expect(rules.table.text(), "can-i-list")
    }

    @Test func saysThatTheListIsNotEverything() {
        #expect(AccessRuleTable(status: ["incomplete": true]).warning == "the list may be incomplete")
        let status: JSONValue = ["incomplete": true, "evaluationError": "no rules"]
        #expect(AccessRuleTable(status: status).warning == "the list may be incomplete: no rules")
        #expect(AccessRuleTable(status: status).table.rows.isEmpty)
    }
}
