import JSON
import Schema
import Testing

@testable import API

/// Which requests are recorded, and how much of them.
struct AuditPolicyTests {
    private static let policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitManagedFields: true
        rules:
        - {level: None, users: ["system:node:w"], verbs: [get]}
        - {level: RequestResponse, resources: [{group: "", resources: [configmaps], resourceNames: [motd]}]}
        - {level: Request, resources: [{group: config.openshift.io, resources: ["*/status"]}], omitManagedFields: false}
        - {level: Metadata, namespaces: [one]}
        - {level: None, nonResourceURLs: ["/livez*", /version]}
        - {level: Metadata, userGroups: [dev], resources: [{group: user.openshift.io}]}
        - {level: RequestResponse, resources: [{group: "", resources: [secrets]}]}
        """

    struct Case: CustomTestStringConvertible, Sendable {
        var user = "x"
        let verb: String
        let path: String
        let level: AuditLevel
        var testDescription: String { "\(user) \(verb) \(path): \(level)" }
    }

    static let cases = [
        Case(user: "system:node:w", verb: "get", path: "/api/v1/nodes/w", level: .none),
        Case(verb: "get", path: "/api/v1/namespaces/two/configmaps/motd", level: .requestResponse),
        Case(verb: "get", path: "/api/v1/namespaces/two/configmaps/other", level: .none),
        Case(verb: "list", path: "/api/v1/namespaces/two/configmaps", level: .none),
        Case(verb: "patch", path: "/apis/config.openshift.io/v1/authentications/c/status", level: .request),
        Case(verb: "patch", path: "/apis/config.openshift.io/v1/authentications/c", level: .none),
        Case(verb: "get", path: "/api/v1/namespaces/one/events/e", level: .metadata),
        Case(verb: "get", path: "/livez/x", level: .none),
        Case(verb: "get", path: "/version", level: .none),
        Case(verb: "get", path: "/apis", level: .none),
        Case(verb: "get", path: "/apis/user.openshift.io/v1/users/u", level: .metadata),
        Case(verb: "update", path: "/api/v1/namespaces/two/secrets/s", level: .metadata),
    ]

    @Test(arguments: cases)
    func theFirstRuleThatFitsDecides(_ c: Case) throws {
        let document = try #require(try ManifestReader.read(Array(Self.policy.utf8), source: "policy").first).value
        let subject: AccessAttempt.Subject =
            if case .resource(let target)? = RequestTarget(path: c.path) { .resource(target) } else { .path(c.path) }
        let caller = Caller(username: c.user, groups: ["dev"])
        let decision = try AuditPolicy(document).level(of: AccessAttempt(verb: c.verb, subject: subject), by: caller)
        #expect(decision.level == c.level)
        if decision.level > .none { #expect(decision.omitsManagedFields == (c.level != .request)) }
    }

    @Test func tellsEverythingThatIsWrong() throws {
        let document: JSONValue = [
            "apiVersion": "audit.k8s.io/v1beta1", "kind": "Policy", "extra": 1,
            "rules": [
                ["level": "Everything", "verbs": "get"],
                [
                    "users": [1], "nonResourceURLs": ["/x"], "resources": [["group": "", "resurces": []]],
                    "omitStages": ["End"],
                ],
            ],
        ]
        let error = #expect(throws: InvalidAuditPolicy.self) { try AuditPolicy(document) }
        #expect(
            error?.issues.map(\.description) == [
                #"extra: Invalid value: "extra": there is no such field"#,
                #"apiVersion: Unsupported value: "audit.k8s.io/v1beta1": supported values: "audit.k8s.io/v1""#,
                #"rules[0].level: Unsupported value: "Everything": supported values: "None", "Metadata", "Request", "RequestResponse""#,
                #"rules[0].verbs: Invalid value: "get": must be a list of texts"#,
                #"rules[1].omitStages[0]: Unsupported value: "End": supported values: "RequestReceived", "ResponseStarted", "#
                    + #""ResponseComplete", "Panic""#,
                "rules[1].level: Required value",
                "rules[1].users[0]: Invalid value: 1: must be a text",
                #"rules[1].resources[0].resurces: Invalid value: "resurces": there is no such field"#,
                #"rules[1].nonResourceURLs: Invalid value: []interface {}{"/x"}: "#
                    + "rules cannot apply to both regular resources and non-resource URLs",
            ]
        )
        #expect(throws: InvalidAuditPolicy.self) { try AuditPolicy(["apiVersion": "audit.k8s.io/v1", "kind": "Policy"]) }
    }

    /// Rules that fit no request would leave out of the log what they were written for.
    @Test func refusesWhatCouldNeverFit() throws {
        let file = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
            - {level: Metadata, nonResourceURLs: ["*", "/livez*", "livez", "", "/a*/b", "*a*"]}
            - {level: Metadata, resources: [{group: "", resources: [secrets]}, {group: "", resourceNames: [a]}]}
            ---
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules: [{level: None}]
            """
        let error = #expect(throws: InvalidAuditPolicy.self) { try AuditPolicy.read(Array(file.utf8), source: "policy") }
        let beginning = "non-resource URL rules must begin with a '/' character"
        let star = "non-resource URL wildcards '*' must be the final character of the rule"
        #expect(
            error?.issues.map(\.description) == [
                #"rules[0].nonResourceURLs[2]: Invalid value: "livez": \#(beginning)"#,
                #"rules[0].nonResourceURLs[3]: Invalid value: "": \#(beginning)"#,
                #"rules[0].nonResourceURLs[4]: Invalid value: "/a*/b": \#(star)"#,
                #"rules[0].nonResourceURLs[5]: Invalid value: "*a*": \#(beginning)"#,
                #"rules[0].nonResourceURLs[5]: Invalid value: "*a*": \#(star)"#,
                #"rules[1].resources[1].resourceNames: Invalid value: []interface {}{"a"}: "#
                    + "using resourceNames requires at least one resource",
                "Forbidden: the file holds 2 documents, and a policy is one",
            ]
        )
        #expect(throws: InvalidAuditPolicy.self) { try AuditPolicy.read([], source: "policy") }
    }
}
