import JSON
import Testing

@testable import Schema

/// One rule about one field: a value it accepts, two that it refuses, and what is said of those.
struct TableRow: CustomTestStringConvertible, Sendable {
    let name: String
    let path: String
    var context: [(String, JSONValue?)] = []
    var good: JSONValue?
    let bad: JSONValue?
    let says: [String]
    /// Another value that the rule refuses; what is said when it takes the place of the first.
    let other: JSONValue?
    let saysOfOther: [String]
    /// What is said when the first stays and something else changes: nothing, but for what Kubernetes never lets pass.
    var saysOfUnchanged: [String] = []
    var testDescription: String { name }

    /// The path as messages show it.
    var place: String { Self.place(of: path) }

    static func place(of path: String) -> String {
        path.split(separator: ".").reduce("") { text, step in
            Int(step) != nil ? "\(text)[\(step)]" : text.isEmpty ? String(step) : "\(text).\(step)"
        }
    }

    /// A valid object but for the value under test.
    func object(_ value: JSONValue?) -> JSONValue {
        var object = TableRow.everything
        for (path, value) in context { object.set(path, value) }
        object.set(path, value)
        return object
    }

    /// The object after somebody changed something else in it.
    func touched(_ value: JSONValue?) -> JSONValue {
        var object = object(value)
        object.set("metadata.labels", ["touched": "yes"])
        if object["spec"]?.objectValue != nil, !path.hasPrefix("spec.oauthMetadata") {
            object.set("spec.oauthMetadata", ["name": "another"])
        }
        return object
    }
}

extension TableRow {
    /// An Authentication in which every field is there that can be there together with the others.
    static let everything: JSONValue = [
        "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
        "spec": [
            "type": "OIDC", "serviceAccountIssuer": "https://service-accounts.example", "oauthMetadata": ["name": "meta"],
            "webhookTokenAuthenticators": [["kubeConfig": ["name": "old"]]],
            "oidcProviders": [
                [
                    "name": "idp",
                    "issuer": [
                        "issuerURL": "https://idp.example", "discoveryURL": "https://elsewhere.example/discovery",
                        "audiences": ["one"], "issuerCertificateAuthority": ["name": "ca"],
                    ],
                    "claimMappings": [
                        "username": ["claim": "sub", "prefixPolicy": "Prefix", "prefix": ["prefixString": "idp:"]],
                        "groups": ["claim": "groups", "prefix": "idp:"], "uid": ["claim": "sub"],
                        "extra": [["key": "example.com/team", "valueExpression": "claims.team"]],
                    ],
                    "claimValidationRules": [
                        ["type": "RequiredClaim", "requiredClaim": ["claim": "hd", "requiredValue": "example.com"]],
                        ["type": "CEL", "cel": ["expression": "claims.level > 1", "message": "too low"]],
                    ],
                    "userValidationRules": [["expression": "user.username != 'root'", "message": "not root"]],
                    "oidcClients": [
                        [
                            "componentNamespace": "openshift-console", "componentName": "console", "clientID": "console",
                            "clientSecret": ["name": "console"], "extraScopes": ["email"],
                        ]
                    ],
                    "externalClaimsSources": [ExternalClaimsSourceRulesTests.source],
                ]
            ],
        ],
        "status": [
            "integratedOAuthMetadata": ["name": "oauth-openshift"],
            "oidcClients": [
                [
                    "componentNamespace": "openshift-console", "componentName": "console",
                    "consumingUsers": ["system:serviceaccount:openshift-console:console"],
                    "currentOIDCClients": [
                        ["oidcProviderName": "idp", "issuerURL": "https://idp.example", "clientID": "console"]
                    ],
                    "conditions": [
                        [
                            "type": "Available", "status": "True", "reason": "AsExpected", "message": "",
                            "lastTransitionTime": "2025-07-01T18:25:16Z", "observedGeneration": 1,
                        ]
                    ],
                ]
            ],
        ],
    ]
}

/// The five things that are true of every rule, whatever it says.
func judge(_ row: TableRow) throws {
    let admission = try admission()
    func check(_ object: JSONValue, replacing old: JSONValue? = nil, _ says: [String], _ moment: Comment) throws {
        let problems = try admission.problems(object, replacing: old)
        #expect(problems == says, moment)
    }
    let stored = row.object(row.bad)
    try check(row.object(row.good), [], "accepted")
    try check(stored, row.says, "refused")
    try check(row.touched(row.bad), replacing: stored, row.saysOfUnchanged, "invalid as it was stored")
    try check(row.touched(row.good), replacing: stored, [], "made valid")
    try check(row.touched(row.other), replacing: stored, row.saysOfOther, "another invalid value")
}
