import JSON
import Testing

@testable import Schema

/// The rules of the kinds that are not Authentication.
struct OtherRulesTests {
    static func object(_ kind: String, _ apiVersion: String, _ members: JSONValue) -> JSONValue {
        mergePatch(
            members,
            into: ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": "cluster"], "spec": [:]]
        )
    }

    static func policy(_ value: JSONValue) -> JSONValue {
        object("RolloutPolicy", "postern.dev/v1alpha1", ["spec": ["maxUnavailable": value]])
    }
    static func assertion(_ members: JSONValue) -> JSONValue {
        let assertion = mergePatch(members, into: ["name": "a", "claims": ["sub": "jane", "nested": ["a": [1]]]])
        return object("RolloutPolicy", "postern.dev/v1alpha1", ["spec": ["assertions": [assertion]]])
    }
    static func probe(_ members: JSONValue) -> JSONValue {
        let probe = mergePatch(members, into: ["name": "a", "secret": ["name": "jane-sample"]])
        return object("RolloutPolicy", "postern.dev/v1alpha1", ["spec": ["probeTokens": [probe]]])
    }
    static func timeout(_ text: String) -> JSONValue {
        object("OAuth", "config.openshift.io/v1", ["spec": ["tokenConfig": ["accessTokenInactivityTimeout": .string(text)]]])
    }
    static func provider(_ members: JSONValue) -> JSONValue {
        object(
            "OAuth",
            "config.openshift.io/v1",
            [
                "spec": [
                    "identityProviders": [
                        mergePatch(
                            members,
                            into: ["name": "local", "type": "HTPasswd", "htpasswd": ["fileData": ["name": "x"]]]
                        )
                    ]
                ]
            ]
        )
    }

    static let cases: [(object: JSONValue, problems: Int)] = [
        (policy(1), 0), (policy("25%"), 0), (policy("100%"), 0), (policy(0), 1), (policy("0%"), 1), (policy("101%"), 1),
        (policy("x"), 1),
        (policy(1.5), 1), (policy(true), 1),
        (assertion(["username": "jane"]), 0), (assertion(["username": "jane", "groups": []]), 0),
        (assertion(["refused": true]), 0),
        (assertion([:]), 1), (assertion(["refused": false]), 1), (assertion(["username": "jane", "refused": true]), 1),
        (assertion(["username": "jane", "refused": false]), 0), (assertion(["refused": true, "groups": ["a"]]), 1),
        (assertion(["username": ""]), 1), (assertion(["username": "jane", "groups": ["a", "a"]]), 1),
        (assertion(["username": "jane", "claims": .null]), 1), (assertion(["username": "jane", "claims": "sub"]), 1),
        (assertion(["username": "jane", "name": ""]), 1),
        (probe([:]), 0), (probe(["username": "jane", "groups": ["a"]]), 0), (probe(["required": false]), 0),
        (probe(["groups": ["a"]]), 1), (probe(["secret": .null]), 1), (probe(["secret": ["name": ""]]), 1),
        (probe(["name": ""]), 1), (probe(["username": ""]), 1), (probe(["username": "jane", "groups": ["a", "a"]]), 1),
        (timeout("10m"), 0), (timeout("300s"), 0), (timeout("0s"), 0), (timeout("299s"), 1), (timeout("soon"), 1),
        (provider([:]), 0), (provider(["mappingMethod": ""]), 0), (provider(["htpasswd": .null]), 1),
        (provider(["name": "a:b"]), 1),
        (provider(["type": "LDAP"]), 1), (provider(["mappingMethod": "guess"]), 1),
    ]

    @Test(arguments: cases) func judges(_ c: (object: JSONValue, problems: Int)) throws {
        let problems = try admission().problems(c.object)
        #expect(problems.count == c.problems, "\(problems)")
    }

    @Test func aRevisionNeverChanges() throws {
        let digest = JSONValue.string(String(repeating: "0", count: 64))
        let revision: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "AuthenticationRevision", "metadata": ["name": "authentication-1"],
            "spec": [
                "revision": 1, "digest": digest, "contentDigest": digest, "mode": "None",
                "snapshot": ["issuers": [["name": "a"]]],
            ],
        ]
        #expect(try admission().problems(revision).isEmpty)
        var changed = revision
        changed.set("metadata.labels", ["a": "b"])
        #expect(try admission().problems(changed, replacing: revision).isEmpty)
        changed.set("spec.snapshot.issuers.0.name", "b")
        #expect(
            try admission().problems(changed, replacing: revision) == [
                "spec: Invalid value: \"object\": a revision cannot be changed"
            ]
        )
    }

    @Test func theLatestRevisionOnlyRises() throws {
        let status = { (number: JSONValue) in
            Self.object("KubeAPIServer", "operator.openshift.io/v1", ["status": ["latestAvailableRevision": number]])
        }
        #expect(try admission().problems(status(8), replacing: status(7)).isEmpty)
        #expect(
            try admission().problems(status(6), replacing: status(7)) == [
                "status.latestAvailableRevision: Invalid value: 6: must only increase"
            ]
        )
    }
}
