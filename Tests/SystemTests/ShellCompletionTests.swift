import Foundation
import Testing

/// TAB in bash, against a real server. zsh and fish complete only where a person types, so of theirs the syntax is looked at.
@Suite(.systemTest, .timeLimit(.minutes(5)))
struct ShellCompletionTests {
    struct Line: CustomTestStringConvertible, Sendable {
        let words: String
        /// What must be among the offers.
        let offers: [String]
        var testDescription: String { words }
    }

    private static let lines = [
        Line(words: "ctl ge", offers: ["get"]), Line(words: "ctl auth ", offers: ["whoami", "can-i"]),
        Line(words: "ctl get auth", offers: ["authentications"]),
        Line(words: "ctl get authentication c", offers: ["cluster"]),
        Line(words: "ctl get co ", offers: ["authentication", "console", "kube-apiserver"]),
        Line(words: "ctl describe co/kube", offers: ["co/kube-apiserver"]),
        Line(words: "ctl get -n openshift-config configmaps ", offers: ["m"]),
        Line(words: "ctl get cm -n openshift-c", offers: ["openshift-config"]),
        Line(words: "ctl get co -o ", offers: ["yaml", "json", "wide", "name"]),
        Line(words: "ctl config use-context ", offers: ["admin"]), Line(words: "ctl get --cluster ", offers: ["postern"]),
        Line(words: "ctl auth can-i get conf", offers: ["configmaps"]),
        Line(words: "ctl completion ", offers: ["bash", "zsh", "fish"]),
    ]

    /// Runs bash's completion of a line, as readline would call it; an empty last word stands behind the last space.
    private static let bash = """
        source <(ctl completion bash)
        offers() {
            COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9; COMPREPLY=()
            read -r -a COMP_WORDS <<< "$1"
            [[ "$1" == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _ctl "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
        }
        offers "$LINE_TO_COMPLETE"
        """
    private static func path(_ shell: String) -> String? {
        ["/usr/bin/\(shell)", "/bin/\(shell)", "/usr/local/bin/\(shell)"].first(where: FileManager.default.isExecutableFile)
    }

    @Test func completesFromTheServer() async throws {
        try await TestCluster.with { cluster, _ in
            #expect(try cluster.ctl("create", "configmap", "m", "-n", "openshift-config").code == 0)
            for (shell, script) in [("bash", Self.bash)] {
                guard let path = Self.path(shell) else { continue }
                for line in Self.lines {
                    let offers = try complete(line.words, with: path, script, cluster)
                    #expect(Set(offers).isSuperset(of: line.offers), "\(shell): \(line.words): \(offers)")
                }
            }
            // Who cannot be asked offers nothing, says nothing, and keeps nobody waiting.
            guard let bash = Self.path("bash") else { return }
            let start = ContinuousClock.now
            let unreachable = try complete("ctl get --server https://192.0.2.1:1 a", with: bash, Self.bash, cluster)
            let missing = try complete("ctl get --kubeconfig /missing a", with: bash, Self.bash, cluster)
            let time = ContinuousClock.now - start
            #expect(unreachable.isEmpty && missing.isEmpty)
            #expect(time < .seconds(10))
        }
    }

    @Test func everyScriptIsOneItsShellReads() throws {
        for shell in ["bash", "zsh", "fish"] {
            guard let path = Self.path(shell) else { continue }
            let check = "'\(TestCluster.program("ctl").path)' completion \(shell) | \(path) -n"
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", check]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(shell)")
        }
    }

    private func complete(_ line: String, with shell: String, _ script: String, _ cluster: TestCluster) throws -> [String] {
        let folder = TestCluster.program("ctl").deletingLastPathComponent().path
        let command =
            "PATH='\(folder)':$PATH LINE_TO_COMPLETE='\(line)' '\(shell)' -c '\(script.replacing("'", with: "'\\''"))'"
        let outcome = try cluster.run(URL(filePath: "/bin/sh"), ["-c", command])
        return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
