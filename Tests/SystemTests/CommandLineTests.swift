import Foundation
import Testing

/// `ctl` as a process: what only its file descriptors, signals and files show.
@Suite(.systemTest, .timeLimit(.minutes(5)))
struct CommandLineTests {
    private static let ctl = TestCluster.program("ctl").path

    private func shell(_ cluster: TestCluster, _ script: String) throws -> TestCluster.Outcome {
        let script = "cd '\(cluster.folder.path)'; mkdir -p tmp; export TMPDIR=$PWD/tmp; \(script)"
        return try cluster.run(URL(filePath: "/bin/sh"), ["-c", script.replacing("ctl ", with: "'\(Self.ctl)' ")])
    }

    private func program(_ name: String, _ script: String, in cluster: TestCluster) throws {
        let file = cluster.folder.appending(path: name)
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    @Test func keepsItsPromisesToShells() async throws {
        try await TestCluster.with { cluster, _ in
            try tellsWhatIsWrongWithAManifest(cluster)
            try aLoginLeavesTheAdministratorsFileAlone(cluster)
            try saysThatItsOutputIsLost(cluster)
            try removesWhatWasEdited(cluster)
            try await endsTheEditorWhenItIsEnded(cluster)
        }
    }

    private func tellsWhatIsWrongWithAManifest(_ cluster: TestCluster) throws {
        let bad = """
            apiVersion: config.openshift.io/v1
            kind: Authentication
            metadata:
              name: cluster
            spec:
              typ: OIDC
              type: Nonsense
            """
        try Data(bad.utf8).write(to: cluster.folder.appending(path: "bad.yaml"))
        let validate = try shell(cluster, "ctl validate -f bad.yaml")
        #expect(validate.output.contains("bad.yaml:6:3: ") && validate.output.contains("bad.yaml:7:3: "))
        for command in ["apply", "create", "diff"] {
            let outcome = try shell(cluster, "ctl \(command) -f bad.yaml")
            // A comparison that did not happen is told from one that found differences.
            #expect(outcome.code == (command == "diff" ? 2 : 1) && outcome.output == validate.output, "\(command)")
        }
    }

    private func aLoginLeavesTheAdministratorsFileAlone(_ cluster: TestCluster) throws {
        let before = try Data(contentsOf: URL(filePath: cluster.kubeconfig))
        let outcome = try shell(cluster, "ctl login -u bob -p x")
        #expect(outcome.code == 1 && outcome.output.contains("way back in") && outcome.output.contains("pki/ca.crt"))
        #expect(try Data(contentsOf: URL(filePath: cluster.kubeconfig)) == before)
        let server = try shell(cluster, "ctl whoami --show-server").output.split(separator: "\n")[0]
        let api = try shell(
            cluster,
            "KUBECONFIG=own ctl login \(server) -u bob -p x --certificate-authority data/pki/ca.crt"
        )
        #expect(api.code == 1 && api.output.contains("Log in at a worker: ctl") && !api.output.contains("ALERT"))
    }

    private func saysThatItsOutputIsLost(_ cluster: TestCluster) throws {
        for (redirection, reason) in [("2>&1 >/dev/full", "No space left"), ("2>&1 >&-", "Bad file")] {
            for command in ["get co", "get co -w", "--version 2>&1 | true; ctl get co -o yaml", "validate -f good.yaml"] {
                let good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
                try Data(good.utf8).write(to: cluster.folder.appending(path: "good.yaml"))
                let outcome = try shell(cluster, "ctl \(command) \(redirection)")
                #expect(outcome.code == 1 && outcome.output.contains(reason), "\(command) \(redirection): \(outcome)")
            }
        }
        #expect(try shell(cluster, "ctl get co | true").code == 0)
        // Where 1 is an answer, this is another one.
        let outcome = try shell(cluster, "echo a.b.c | ctl token explain --token-file - 2>&1 >/dev/full")
        #expect(outcome.code == 2 && outcome.output.contains("No space left"), "\(outcome)")
    }

    private func removesWhatWasEdited(_ cluster: TestCluster) throws {
        _ = try shell(cluster, "ctl create secret generic s --from-literal=a=b")
        let refusing = "./refused"
        try program(
            "refused",
            """
            stat -c %a "$1" >> modes
            grep -q 'The server refused' "$1" || echo 'junk: 1' >> "$1"
            """,
            in: cluster
        )
        let edits = [
            (editor: "/bin/false", object: "secret s", files: 0), (editor: refusing, object: "secret s", files: 0),
            (editor: refusing, object: "authentication cluster", files: 1),
        ]
        for edit in edits {
            let outcome = try shell(cluster, "EDITOR=\"\(edit.editor)\" ctl edit \(edit.object) </dev/null")
            #expect(outcome.code == 1, "\(outcome)")
            #expect(outcome.output.contains("has been stored to") == (edit.files > 0), "\(outcome)")
            let left = try shell(cluster, "find tmp -type f").output.split(separator: "\n")
            #expect(left.count == edit.files, "\(edit): \(left)")
        }
        #expect(Set(try shell(cluster, "cat modes").output.split(separator: "\n")) == ["600"])
        let outcome = try shell(cluster, "unset EDITOR KUBE_EDITOR; ctl edit secret s </dev/null")
        #expect(outcome.code == 1 && outcome.output.contains("no terminal"))
        _ = try shell(cluster, "rm -r tmp")
    }

    private func endsTheEditorWhenItIsEnded(_ cluster: TestCluster) async throws {
        try program("slow", "echo $$ > pid; sleep 30; true", in: cluster)
        for signal in ["TERM", "INT", "HUP"] {
            let script = """
                rm -f pid; EDITOR=./slow ctl edit secret s </dev/null & ctl=$!
                for i in $(seq 200); do test -s pid && break; sleep 0.05; done
                kill -\(signal) $ctl; wait $ctl; echo "code $?"
                for i in $(seq 100); do kill -0 $(cat pid) 2>/dev/null || break; sleep 0.05; done
                kill -0 $(cat pid) 2>/dev/null && echo "the editor lives"; find tmp -type f
                """
            let outcome = try shell(cluster, script)
            let number = ["TERM": 15, "INT": 2, "HUP": 1][signal] ?? 0
            #expect(outcome.output.split(separator: "\n").last == "code \(128 + number)", "\(signal): \(outcome.output)")
        }
    }
}
