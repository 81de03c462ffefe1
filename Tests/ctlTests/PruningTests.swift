import ArgumentParser
import Client
import JSON
import Testing

@testable import ctl

struct PruningTests {
    struct Kind: CustomTestStringConvertible, Sendable {
        let text: String
        /// nil: refused.
        let apiVersion: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Kind(text: "core/v1/ConfigMap", apiVersion: "v1"),
        Kind(text: "config.openshift.io/v1/OAuth", apiVersion: "config.openshift.io/v1"),
        Kind(text: "ConfigMap", apiVersion: nil), Kind(text: "v1/ConfigMap", apiVersion: nil),
        Kind(text: "a//b", apiVersion: nil),
    ])
    func readsKinds(_ c: Kind) {
        #expect((try? Pruning.Kind(c.text))?.apiVersion == c.apiVersion)
    }

    struct Object: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let metadata: JSONValue
        let isPrunable: Bool
    }

    private static let record: JSONValue = [LastApplied.annotation: "{}"]

    @Test(arguments: [
        Object(testDescription: "applied, and named no more", metadata: ["uid": "1", "annotations": record], isPrunable: true),
        Object(testDescription: "named in a manifest", metadata: ["uid": "kept", "annotations": record], isPrunable: false),
        Object(testDescription: "made otherwise", metadata: ["uid": "1", "annotations": ["a": "b"]], isPrunable: false),
        Object(testDescription: "made otherwise, without annotations", metadata: ["uid": "1"], isPrunable: false),
        Object(
            testDescription: "about to go",
            metadata: ["uid": "1", "annotations": record, "deletionTimestamp": "2026-03-01T12:00:00Z"],
            isPrunable: false
        ),
        Object(testDescription: "nobody knows which", metadata: ["annotations": record], isPrunable: false),
    ])
    func prunesOnlyWhatAnApplyMade(_ c: Object) {
        #expect(Pruning.isPrunable(["metadata": c.metadata], keeping: ["kept"]) == c.isPrunable)
    }

    @Test(arguments: [
        ("--prune", false), ("--prune --all", true), ("--prune -l a=b", true), ("--prune --all -l a=b", false), ("", true),
        ("--prune --all --server-side", false), ("--server-side --force-conflicts", true), ("--force-conflicts", false),
        ("--server-side --dry-run=client", false), ("--server-side --dry-run=server", true), ("--validate=STRICT", true),
        ("--validate=true", true), ("--validate=warn", true), ("--validate=nonsense", false),
    ])
    func takesOnlyWhatFitsTogether(_ flags: String, _ isTaken: Bool) async {
        let words = ["apply", "-f", "a.yaml"] + flags.split(separator: " ").map(String.init)
        let command = try? await Ctl.asyncParseAsRoot(words)
        #expect((command != nil) == isTaken)
    }

    @Test func aNamespaceKeepsNamespacesOut() throws {
        let options = try PruningOptions.parse(["--prune", "--all"])
        #expect(try options.kinds(isNamespaceGiven: true).map(\.kind) == ["ConfigMap", "Secret"])
        #expect(try options.kinds(isNamespaceGiven: false).map(\.kind) == ["ConfigMap", "Secret", "Namespace"])
        let chosen = try PruningOptions.parse(["--prune", "--all", "--prune-allowlist=core/v1/Namespace"])
        #expect(try chosen.kinds(isNamespaceGiven: true).map(\.kind) == ["Namespace"])
    }

    @Test func handsFieldsOverToTheServersApply() {
        let record = { (manager: String, operation: String, fields: JSONValue) -> JSONValue in
            ["manager": .string(manager), "operation": .string(operation), "apiVersion": "v1", "fieldsV1": fields]
        }
        let annotations: JSONValue = ["f:annotations": ["f:\(LastApplied.annotation)": [:], "f:x": [:]]]
        let others = record("somebody", "Update", ["f:data": ["f:c": [:]]])
        let object: JSONValue = [
            "metadata": [
                "managedFields": [
                    record("ctl-apply", "Update", ["f:data": ["f:a": [:], "f:b": [:]], "f:metadata": annotations]), others,
                    record("ctl", "Apply", ["f:data": ["f:a": [:]]]),
                ]
            ]
        ]
        let applied = record(
            "ctl",
            "Apply",
            ["f:data": ["f:a": [:], "f:b": [:]], "f:metadata": ["f:annotations": ["f:x": [:]]]]
        )
        #expect(FieldRecords.handedOver(of: object, to: "ctl") == [others, applied])
        #expect(FieldRecords.handedOver(of: object, to: "somebody-else") == nil)
        #expect(FieldRecords.handedOver(of: ["metadata": ["managedFields": [others, applied]]], to: "ctl") == nil)
    }
}
