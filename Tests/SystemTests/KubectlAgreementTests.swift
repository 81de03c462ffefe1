import Foundation
import Testing

/// The kubectl of `POSTERN_KUBECTL`, else that of `make kubectl`, else the machine's own.
private enum RealKubectl {
    static let path: String? = {
        let named = ProcessInfo.processInfo.environment["POSTERN_KUBECTL"].map { [$0] }
        let usual = [TestCluster.root.appending(path: ".venv/bin/kubectl").path, "/usr/local/bin/kubectl", "/usr/bin/kubectl"]
        return (named ?? usual).first(where: FileManager.default.isExecutableFile)
    }()
}

/// `ctl get` and kubectl, typed at the same server: the same text on standard output, and the same exit code.
@Suite(.systemTest, .timeLimit(.minutes(10)), .enabled(if: RealKubectl.path != nil))
struct KubectlAgreementTests {
    private static let objects = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: m, namespace: openshift-config, labels: {team: idp, tier: "1"}}
        data: {k: v, multi: "a\\nb\\n", number: "1e3", word: "yes", tab: "a\\tb", other: "ü☃", trail: "x ", colon: "a: b"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: n-10, namespace: openshift-config, labels: {team: other}, annotations: {"a.b/c": "d"}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: n-9, namespace: default}
        binaryData: {b: "/wA="}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: s, namespace: openshift-config}
        stringData: {a: b}
        """

    private static let formats = [
        "", "-o wide", "-o yaml", "-o json", "-o name", "--no-headers", "--show-kind", "--show-labels",
        "-o jsonpath='{.metadata.name}{.items[*].metadata.name}'",
    ]

    /// Each is tried in every format.
    private static let everyFormat = [
        "authentication", "authentication cluster", "co", "co/kube-apiserver", "co kube-apiserver console", "co,authentication",
        "co/kube-apiserver authentication/cluster", "nodes", "configmaps -A", "cm -n openshift-config",
        "secrets,cm -n openshift-config",
        "cm m -n openshift-config", "cm -A -l team=idp", "cm -A -l 'team in (idp,other),tier'", "cm -n nowhere",
        "cm -A --field-selector metadata.name=m", "authentication missing", "co kube-apiserver missing", "dreams", "dreams x",
        "",
        "-f objects.yaml", "authentications.v1.config.openshift.io", "kubeapiservers,oauths", "co/", "cm m -A",
        "authentication missing --ignore-not-found", "cm -A -l '=x'", "cm -A --field-selector nonsense=m",
    ]

    private static let once = [
        "get co kube-apiserver -o jsonpath='{.status.conditions}'", "get co kube-apiserver -o jsonpath='{.metadata}'",
        "get co -o jsonpath='{range .items[*]}{.metadata.name}{\"\\t\"}{.status.conditions[?(@.type==\"Available\")].status}{\"\\n\"}{end}'",
        "get co kube-apiserver -o jsonpath='{.status.conditions[-1].type} {.status.conditions[0:2].type} {.nothing}'",
        "get co kube-apiserver -o jsonpath=.metadata.name", "get co kube-apiserver -o jsonpath='{.metadata.name'",
        "get co -o jsonpath='{.items[?(@.metadata.name!=\"console\")].metadata.name}'",
        "get cm m -n openshift-config -o jsonpath='{..name}'",
        "get cm n-10 -n openshift-config -o jsonpath='{.metadata.annotations.a\\.b/c}'",
        "get cm m -n openshift-config -o jsonpath=\"{.metadata['name','uid']}\"",
        "get co kube-apiserver -o jsonpath-as-json='{.status.conditions[*].type}'",
        "get co -o custom-columns=NAME:.metadata.name,NO:.nothing,C:.status.conditions[*].type",
        "get cm -A -o custom-columns=N:{.metadata.name},L:.metadata.labels --no-headers", "get cm -A --sort-by=.metadata.name",
        "get cm -A --sort-by='{.metadata.uid}' -o name", "get cm -A -L team",
        "get cm -A -L team,tier --show-labels", "get authentication cluster --subresource=status",
        "get authentication cluster -o yaml --show-managed-fields", "get --raw /version", "get --raw /nothing",
        "get co console -o yaml --subresource=status", "api-resources", "api-resources -o wide", "api-resources -o name",
        "api-resources --no-headers", "api-resources --namespaced=true --verbs=list,watch",
        "api-resources --api-group=config.openshift.io", "api-resources --sort-by=name", "api-resources --sort-by=kind",
        "api-versions",
        "auth whoami", "auth can-i get secrets", "auth can-i get secrets/x -n openshift-config", "auth can-i '*' '*'",
        "auth can-i get /healthz", "auth can-i get secrets -q", "config get-contexts", "config get-contexts -o name",
        "config current-context", "config get-clusters", "config get-users", "config view --minify -o jsonpath='{..server}'",
        "wait co/kube-apiserver --for=condition=Available --timeout=5s", "wait cm --all -n openshift-config --for=create",
        "wait cm/missing -n openshift-config --for=condition=x", "wait cm/m -n openshift-config --for=delete --timeout=1s",
        "delete cm m -n openshift-config --dry-run=server", "delete cm --all -n openshift-config --dry-run=server -o name",
        "delete cm missing -n openshift-config", "delete cm missing -n openshift-config --ignore-not-found",
        "delete -f objects.yaml --dry-run=client", "apply -f objects.yaml --dry-run=server", "apply -f objects.yaml -o name",
        "apply --prune -f one.yaml --all -n openshift-config --prune-allowlist=core/v1/ConfigMap --dry-run=server",
        "apply -f one.yaml --server-side --dry-run=server",
    ]

    @Test func theySayTheSame() async throws {
        let kubectl = try #require(RealKubectl.path)
        try await TestCluster.with { cluster, _ in
            let file = { (name: String) in cluster.folder.appending(path: name) }
            try Data(Self.objects.utf8).write(to: file("objects.yaml"))
            try Data((Self.objects.components(separatedBy: "---\n").first ?? "").utf8).write(to: file("one.yaml"))
            #expect(try run(kubectl, "apply -f objects.yaml", cluster).code == 0)
            for command in Self.everyFormat.flatMap({ what in Self.formats.map { "get \(what) \($0)" } }) + Self.once {
                try compare(command, kubectl, cluster)
            }
        }
    }

    /// Ages go on between two commands, so a difference counts only when it stays.
    private func compare(_ command: String, _ kubectl: String, _ cluster: TestCluster) throws {
        var (expected, found) = (try run(kubectl, command, cluster), try run(TestCluster.program("ctl").path, command, cluster))
        for _ in 0..<5 where expected.output != found.output {
            (expected, found) = (try run(kubectl, command, cluster), try run(TestCluster.program("ctl").path, command, cluster))
        }
        #expect(found.output == expected.output, "\(command)")
        #expect(found.code == expected.code, "\(command)")
    }

    private func run(_ program: String, _ command: String, _ cluster: TestCluster) throws -> TestCluster.Outcome {
        let script = "cd '\(cluster.folder.path)'; '\(program)' \(command) 2>/dev/null"
        return try cluster.run(URL(filePath: "/bin/sh"), ["-c", script])
    }
}
