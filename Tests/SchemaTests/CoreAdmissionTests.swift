import Foundation
import JSON
import Testing

@testable import Schema

struct CoreAdmissionTests {
    static func secret(_ members: JSONValue) -> JSONValue {
        mergePatch(members, into: ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s", "namespace": "n"]])
    }

    static func configMap(_ members: JSONValue) -> JSONValue {
        mergePatch(members, into: ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c", "namespace": "n"]])
    }

    @Test func textOfASecretGoesIntoItsData() throws {
        let object = Self.secret(["data": ["a": "b2xk", "b": "eA=="], "stringData": ["a": "new"]])
        let secret = try admission().admit(object).object.value
        #expect(secret["stringData"] == nil)
        #expect(secret["type"] == "Opaque")
        let view = try secret.decoded(as: Secret.self)
        #expect(view.value(of: "a") == Data("new".utf8))
        #expect(view.value(of: "b") == Data("x".utf8))
        #expect("\(view)" == "<secret>")
    }

    @Test func neverShowsASecretsValue() throws {
        let objects = [
            Self.secret(["data": ["a": "hunter2!"]]), Self.secret(["data": ["a": ["hunter2!"]]]),
            Self.secret(["stringData": ["a": ["hunter2!"]]]), Self.secret(["data": "hunter2!"]),
        ]
        for object in objects {
            let problems = try admission().problems(object)
            #expect(!problems.isEmpty)
            #expect(!problems.joined().contains("hunter2"), "\(problems)")
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let object: JSONValue
        let paths: [String]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "no namespace", object: secret(["metadata": ["namespace": .null]]), paths: ["metadata.namespace"]),
        Case(name: "a namespace with dots", object: secret(["metadata": ["namespace": "a.b"]]), paths: ["metadata.namespace"]),
        Case(name: "capitals in a name", object: secret(["metadata": ["name": "Big"]]), paths: ["metadata.name"]),
        Case(
            name: "a name of 254 letters",
            object: secret(["metadata": ["name": .string(String(repeating: "a", count: 254))]]),
            paths: ["metadata.name"]
        ),
        Case(name: "a dotted name", object: secret(["metadata": ["name": "a-b.c1"]]), paths: []),
        Case(name: "a key with a slash", object: configMap(["data": ["a/b": "x"]]), paths: ["data[a/b]"]),
        Case(name: "a key that begins with two dots", object: configMap(["data": ["..a": "x"]]), paths: ["data[..a]"]),
        Case(name: "a key with a dot", object: configMap(["data": ["ca-bundle.crt": "x"]]), paths: []),
        Case(name: "a number as text", object: configMap(["data": ["a": 5]]), paths: ["data[a]"]),
        Case(
            name: "a key in both",
            object: configMap(["data": ["a": "x"], "binaryData": ["a": "eA=="]]),
            paths: ["binaryData[a]"]
        ),
        Case(name: "binary data that is not base64", object: configMap(["binaryData": ["a": "%"]]), paths: ["binaryData[a]"]),
        Case(
            name: "more than a megabyte",
            object: configMap(["data": ["a": .string(String(repeating: "x", count: 1_048_577))]]),
            paths: ["<root>"]
        ),
        Case(
            name: "a label with a space",
            object: configMap(["metadata": ["labels": ["a": "b c"]]]),
            paths: ["metadata.labels"]
        ),
        Case(
            name: "a label key with two slashes",
            object: configMap(["metadata": ["labels": ["a/b/c": "d"]]]),
            paths: ["metadata.labels"]
        ),
        Case(
            name: "good labels and annotations",
            object: configMap([
                "metadata": ["labels": ["app.kubernetes.io/name": "x", "a_b": ""], "annotations": ["A.b/C": "any text"]]
            ]),
            paths: []
        ),
        Case(
            name: "a time that is none",
            object: configMap(["metadata": ["creationTimestamp": "today"]]),
            paths: ["metadata.creationTimestamp"]
        ),
        Case(name: "a null time", object: configMap(["metadata": ["creationTimestamp": .null]]), paths: []),
    ]

    @Test(arguments: cases) func judges(_ c: Case) throws {
        do {
            _ = try admission().admit(c.object)
            #expect(c.paths.isEmpty)
        } catch let error as InvalidObject {
            #expect(error.issues.map(\.path.description) == c.paths, "\(error.message)")
        }
    }

    @Test func immutableDataStays() throws {
        let old = try admission().admit(Self.secret(["data": ["a": "eA=="], "immutable": true])).object.value
        #expect(try admission().problems(old, replacing: old).isEmpty)
        let changed = mergePatch(["data": ["a": "eQ=="], "immutable": false], into: old)
        #expect(try admission().problems(changed, replacing: old).count == 2)
    }

    @Test func namesCannotChange() throws {
        let old = Self.configMap(["metadata": ["uid": "1"]])
        let changed = mergePatch(["metadata": ["name": "other", "uid": "2"]], into: old)
        #expect(
            try admission().problems(changed, replacing: old) == [
                "metadata.name: Invalid value: \"other\": field is immutable",
                "metadata.uid: Invalid value: \"2\": field is immutable",
            ]
        )
    }

    @Test(arguments: ["local:bob", "sha256~AbC_-", "Bob Smith", "bob@example.com", "é"])
    func namesFromElsewhereAreTaken(_ name: String) throws {
        let object: JSONValue = ["apiVersion": "user.openshift.io/v1", "kind": "User", "metadata": ["name": .string(name)]]
        #expect(try admission().problems(object).isEmpty)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a%2Fb", "a\nb"]) func butNotWhatAPathCannotHold(_ name: String) throws {
        let object: JSONValue = ["apiVersion": "user.openshift.io/v1", "kind": "User", "metadata": ["name": .string(name)]]
        #expect(try admission().problems(object).count == 1)
    }
}
