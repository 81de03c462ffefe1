import Client
import JSON
import Schema
import Testing

@testable import ctl

/// What people read, as it stands in the golden files.
struct TextTests {
    private static let rollout = RolloutView(
        kubeAPIServer: Samples.kubeAPIServer(
            latest: 8,
            [("worker-0", 8, 0, nil), ("worker-1", 7, 8, nil), ("worker-2", 7, 0, nil)]
        ),
        nodes: [Samples.node("worker-0"), Samples.node("worker-1", ready: false), Samples.node("worker-2")],
        authentication: [:]
    )

    @Test func describesAnAuthentication() throws {
        let description = AuthenticationDescription(
            object: try Samples.authentication(),
            rollout: Self.rollout,
            now: Samples.now,
            style: .plain
        )
        let events: [JSONValue] = [
            [
                "type": "Normal", "reason": "RevisionTriggered", "message": "new revision 8",
                "lastTimestamp": "2026-03-01T11:59:00Z",
                "source": ["component": "postern"],
            ],
            ["type": "Warning", "reason": "PreflightFailed", "message": "no\nroute", "eventTime": "2026-03-01T11:00:00Z"],
        ]
        try Golden.expect(description.text + EventTable.text(events, now: Samples.now), "describe-authentication")
    }

    @Test func describesStaticKeysInPlaceOfTrust() throws {
        var object = try Samples.authentication()
        object["spec"]?["oidcProviders"] = [
            [
                "name": "far",
                "issuer": ["issuerURL": "https://far.example", "audiences": ["a"], "staticKeys": ["name": "far-keys"]],
            ]
        ]
        let description = AuthenticationDescription(object: object, rollout: Self.rollout, now: Samples.now, style: .plain)
        #expect(description.text.contains("configmap far-keys in openshift-config, nothing is fetched"))
        #expect(!description.text.contains("Authority"))
    }

    @Test func describesAProviderThatMayNameThePlatformsUsers() throws {
        var object = try Samples.authentication()
        let provider: JSONValue = ["name": "own", "issuer": ["issuerURL": "https://own.example", "audiences": ["a"]]]
        for (policy, isSaid) in [("Allow", true), ("Refuse", false), ("", false)] {
            var own = provider
            own["claimMappings"] = ["reservedNamePolicy": .string(policy), "username": ["claim": "sub"]]
            object["spec"]?["oidcProviders"] = [own]
            let description = AuthenticationDescription(object: object, rollout: Self.rollout, now: Samples.now, style: .plain)
            #expect(description.text.contains("names that begin with system: pass") == isSaid)
        }
    }

    @Test func describesTheBuiltInMode() throws {
        let object: JSONValue = [
            "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster", "generation": 1],
            "spec": [:],
        ]
        let description = AuthenticationDescription(object: object, rollout: Self.rollout, now: Samples.now, style: .plain)
        try Golden.expect(description.text, "describe-authentication-built-in")
    }

    @Test func describesAnySecretWithoutItsContent() throws {
        let secret: JSONValue = [
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": ["clientSecret": "aHVudGVyMg=="],
            "metadata": [
                "name": "console-secret", "namespace": "openshift-config", "creationTimestamp": "2026-03-01T11:00:00Z",
                "labels": ["a": "b", "c": "d"], "annotations": [LastApplied.annotation: "{}"],
            ],
        ]
        let text = ObjectDescription.text(of: secret)
        #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg"))
        try Golden.expect(text, "describe-secret")
    }

    @Test func describesAnyObject() throws {
        try Golden.expect(ObjectDescription.text(of: Samples.authentication()), "describe-any")
    }

    private static let table: JSONValue = [
        "kind": "Table", "metadata": ["resourceVersion": "9"],
        "columnDefinitions": [
            ["name": "Name", "type": "string", "priority": 0], ["name": "Available", "type": "string", "priority": 0],
            ["name": "Detail", "type": "string", "priority": 1], ["name": "Message", "type": "string", "priority": 0],
        ],
        "rows": [
            [
                "cells": ["kube-apiserver", "True", 5, ""],
                "object": ["metadata": ["name": "kube-apiserver", "namespace": "x", "labels": ["a": "b"]]],
            ],
            ["cells": ["console", "False", .null, "two\nlines"], "object": ["metadata": ["name": "console"]]],
        ],
    ]

    @Test func printsTheServersTable() throws {
        let table = ServerTable.reading(Self.table)
        var text = table.table(.init()).text() + "\n" + table.table(.init(wide: true)).text() + "\n"
        text += table.table(.init(showsNamespace: true, showsLabels: true)).text() + "\n"
        text += table.table(.init(typeName: "clusteroperator.config.openshift.io")).text(withHeader: false)
        try Golden.expect(text, "get-table")
        #expect(table.resourceVersion == "9")
    }

    @Test func makesATableWhereTheServerMakesNone() {
        let list: JSONValue = [
            "kind": "NodeList", "items": [["metadata": ["name": "worker-0", "creationTimestamp": "2026-03-01T11:00:00Z"]]],
        ]
        #expect(ServerTable.reading(list).table(.init()).text() == "NAME       CREATED\nworker-0   2026-03-01T11:00:00Z\n")
    }

    @Test func reportsAllThatIsWrongWithAManifest() throws {
        let manifests = try ManifestReader.read(
            """
            apiVersion: config.openshift.io/v1
            kind: Authentication
            metadata:
              name: cluster
            spec:
              typ: OIDC
              oidcProviders:
              - name: ""
                issuer:
                  audiences: []
            ---
            apiVersion: v1
            kind: Authentication
            metadata: {name: cluster}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: idp-ca}
            data: {ca-bundle.crt: x}
            """,
            source: "auth.yaml"
        )
        let admission = Admission(catalog: try ResourceCatalog.builtIn())
        let verdicts = manifests.map { ManifestVerdict.judge($0, previous: [], by: admission, namespace: "openshift-config") }
        try Golden.expect(verdicts.compactMap(\.problemText).joined(separator: "\n") + "\n", "validate")
        #expect(verdicts.map { $0.object == nil } == [true, true, false])
        #expect(verdicts.last?.object?.value(at: "metadata", "namespace") == "openshift-config")
    }

    @Test func tellsAllThatIsWrongWhenTheServerRefusesAManifest() throws {
        let manifests = try ManifestReader.read(
            """
            apiVersion: config.openshift.io/v1
            kind: Authentication
            metadata:
              name: cluster
            spec:
              typ: OIDC
              type: Nonsense
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: idp-ca}
            data: {ca-bundle.crt: x}
            """,
            source: "auth.yaml"
        )
        let unknown = APIFailure(code: 400, reason: "BadRequest", message: "strict decoding error: unknown field \"spec.typ\"")
        let onlyThere = APIFailure(
            code: 422,
            reason: "Invalid",
            message:
                "Authentication.config.openshift.io \"cluster\" is invalid: spec: Invalid value: \"object\": it cannot be unset",
            causes: [.init(field: "spec", reason: "FieldValueInvalid", message: "it cannot be unset")]
        )
        let texts = [unknown, onlyThere].map { ManifestRefusal($0, of: manifests[0], namespace: "default")?.text ?? "" }
        try Golden.expect(texts.map { $0 + "\n" }.joined(), "refusal")
        // Nothing is wrong with the second one that could be known here: the server's words stand.
        #expect(ManifestRefusal(onlyThere, of: manifests[1], namespace: "default") == nil)
        let conflict = APIFailure(code: 409, reason: "Conflict", message: "")
        #expect(ManifestRefusal(conflict, of: manifests[0], namespace: "default") == nil)
    }

    @Test func wordsErrorsAsKubectlDoes() throws {
        let failures: [any Error] = [
            APIFailure(code: 404, reason: "NotFound", message: "authentications.config.openshift.io \"x\" not found"),
            APIFailure(code: 401, reason: "Unauthorized", message: "Unauthorized"),
            APIFailure(
                code: 422,
                reason: "Invalid",
                message: "Authentication.config.openshift.io \"cluster\" is invalid: spec.type: Unsupported value: \"X\"",
                causes: [.init(field: "spec.type", reason: "FieldValueNotSupported", message: "Unsupported value: \"X\"")]
            ),
            APIFailure(
                code: 422,
                reason: "Invalid",
                message: "Authentication.config.openshift.io \"cluster\" is invalid: [a, b]",
                causes: [
                    .init(field: "spec.a", reason: "", message: "Required value"),
                    .init(field: "spec.b", reason: "", message: "Invalid value: 1"),
                ]
            ),
            APIFailure(
                code: 422,
                reason: "Invalid",
                message: "the server rejected our request due to an error in our request: the path /spec/x does not exist"
            ),
            TransportFailure(reason: .unreachable, server: "https://127.0.0.1:6443", detail: "connection refused"),
            TransportFailure(reason: .certificateRequired, server: "https://127.0.0.1:6443", detail: ""),
            TransportFailure(
                reason: .untrusted,
                server: "https://127.0.0.1:6443",
                detail: "it was signed by an unknown authority or is expired"
            ),
            UnknownResource(name: "foo", near: []),
            CommandFailure("timed out waiting for the roll-out", code: .timedOut),
            InvalidKubeconfig("there is no server to talk to"),
        ]
        let reports = failures.compactMap { FailureReport($0) }
        try Golden.expect(reports.map { "\($0.exitCode): \($0.text)\n" }.joined(), "errors")
        #expect(FailureReport(CommandFailure(""))?.text == "")
    }

    @Test func showsADifference() throws {
        let old = (1...20).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 3\n", with: "line three\n").replacing("line 17\n", with: "") + "line 21\n"
        try Golden.expect(LineDifference.text(from: old, to: new, name: "authentication/cluster"), "diff")
        #expect(LineDifference.text(from: old, to: old, name: "x").isEmpty)
        #expect(LineDifference.text(from: "", to: "a\n", name: "x") == "--- x (live)\n+++ x (merged)\n@@ -0,0 +1,1 @@\n+a\n")
    }

    @Test func hidesSecretsOfAKubeconfig() throws {
        let document = try Samples.yaml(
            """
            current-context: b
            clusters: [{name: c, cluster: {server: "https://x", certificate-authority-data: QUJD}}]
            users: [{name: u, user: {token: hunter2, client-key-data: QUJD, password: hunter2}}]
            contexts: [{name: b, context: {cluster: c, user: u}}, {name: a, context: {cluster: c, user: u, namespace: mine}}]
            """
        )
        let text = YAMLWriter.text(of: KubeconfigText.redacted(document))
        #expect(!text.contains("hunter2") && !text.contains("QUJD"))
        try Golden.expect(text + "\n" + KubeconfigText.contexts(Kubeconfig(document), ["a", "b"]).text(), "kubeconfig")
    }

    @Test func explainsFields() throws {
        let definition = try #require(try ResourceCatalog.builtIn().definitions(named: "authentication").first)
        let text = try FieldExplanation.text(definition, ["spec", "oidcProviders", "issuer"], recursive: true)
        #expect(text.contains("issuerURL\t<string> -required-"))
        let failure = #expect(throws: CommandFailure.self) {
            try FieldExplanation.text(definition, ["spec", "nope"], recursive: false)
        }
        #expect(failure?.message.hasPrefix("authentication.spec has no field \"nope\"; it has ") == true)
    }

    @Test func theEditorSeesTheObjectBelowComments() {
        let text = EditorText.text(of: ["kind": "X"], problem: nil)
        #expect(text.hasPrefix("#") && EditorText.content(of: text) == "kind: X\n")
        let again = EditorText.text(edited: text, problem: "line one\nline two")
        #expect(again.hasPrefix(EditorText.refusalMark) && again.contains("# line two\n"))
        #expect(EditorText.content(of: again) == "kind: X\n")
    }

    @Test func whoYouAre() throws {
        let review = UserReview(review: [
            "status": [
                "userInfo": [
                    "username": "bob", "uid": "1", "groups": ["testers", "system:authenticated"],
                    "extra": ["scopes": ["user:full"]],
                ]
            ]
        ])
        try Golden.expect(review.table.text(), "whoami")
    }
}

/// Texts of other people in tables: nothing in them reaches the terminal as a command.
struct PrintableTextTests {
    @Test(arguments: [
        ("plain caf\u{e9} \u{1F511}", "plain caf\u{e9} \u{1F511}"), ("a\u{1B}]0;x\u{7}b", #"a^[]0;x\u{07}b"#),
        ("a\rb", #"a\rb"#),
        ("a\nb\tc", "a\nb\tc"), ("\u{9B}31m", #"\u{009B}31m"#), ("", ""),
    ])
    func showsControlCharacters(_ text: String, _ shown: String) {
        #expect(PrintableText.cell(text) == shown)
        #expect(FieldLines.text([("A", text)]) == (text.isEmpty ? "A:\n" : "A:  \(shown)\n"))
    }
}
