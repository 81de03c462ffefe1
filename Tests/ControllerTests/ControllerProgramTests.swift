import ArgumentParser
import Foundation
import Logging
import Supervision
import Testing

@testable import Controller

struct ControllerProgramTests {
    private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-program-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    /// What the workers of a controller with these options are started with.
    private func workers(_ arguments: [String]) throws -> [[String]] {
        try withFolder { path in
            let settings = try ControllerProgram.parse(arguments).settings()
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let folder = try DataFolder.open("\(path)/data")
            let programs = try OwnedProcesses(folder: folder, settings: settings, logger: logger).workers()
            return programs.map { $0.arguments.map { $0.replacing(folder.path, with: "/DATA") } }
        }
    }

    @Test func tellsItsWorkersWhatItWasToldAboutThem() throws {
        try withFolder { path in
            let file = "\(path)/tokens"
            try Data("0123456789abcdef\n".utf8).write(to: URL(filePath: file))
            let workers = try workers([
                "--workers", "2", "--forward-auth-from", "10.1.0.0/16", "--api-audiences", "a,b", "--token-cache-size", "100",
                "--token-review-token-file", file,
            ])
            #expect(workers.count == 2)
            #expect(
                workers.last == [
                    "--name", "worker-1", "--listen", "127.0.0.1:9444", "--forward-auth-from=10.1.0.0/16",
                    "--api-audiences=a,b",
                    "--token-cache-size=100", "--token-review-token-file=\(file)", "--data", "/DATA/workers/worker-1",
                    "--controller", "https://127.0.0.1:6443", "--log-level", "\(SwiftLogNoOpLogHandler().logLevel)",
                ]
            )
        }
    }

    @Test func tellsItsWorkersTheDefaultsToo() throws {
        let worker = try #require(try workers([]).first)
        #expect(worker.contains("--forward-auth-from=127.0.0.0/8,::1/128"))
        #expect(worker.contains("--api-audiences=https://kubernetes.default.svc"))
        #expect(worker.contains("--token-cache-size=65536"))
        #expect(!worker.contains { $0.hasPrefix("--token-review-token-file") })
    }

    /// The text below "Error: ", and the exit code.
    private func refusal(_ arguments: [String]) throws -> (text: String, code: Int32) {
        let error = #expect(throws: (any Error).self) { try ControllerProgram.parse(arguments) }
        let thrown = try #require(error)
        return (ControllerProgram.message(for: thrown), ControllerProgram.exitCode(for: thrown).rawValue)
    }

    @Test func saysEverythingThatIsWrongAtOnce() throws {
        let refusal = try refusal([
            "--listen", "6443", "--workers", "0", "--forward-auth-from", "proxy.example", "--api-audiences", "",
            "--token-cache-size=-1", "--token-review-token-file", "/nonexistent/tokens", "--log-level", "loud",
            "--manifests", "/nonexistent",
        ])
        #expect(refusal.code == ExitCode.validationFailure.rawValue)
        #expect(
            refusal.text == """
                8 options are wrong:
                  --listen must be HOST:PORT, like 127.0.0.1:6443; it is 6443
                  --workers must be 1 to 1000
                  --forward-auth-from must be networks like 10.0.0.0/8, separated by commas; wrong: proxy.example
                  --api-audiences must be audiences, separated by commas; one of them is empty
                  --token-cache-size must be 0 to 1000000
                  --token-review-token-file /nonexistent/tokens: no such file
                  --log-level loud is not known
                  --manifests /nonexistent is not a folder
                """
        )
    }

    @Test(arguments: [
        (["--worker-listen", "x"], "--worker-listen must be HOST:PORT, like 127.0.0.1:6443; it is x"),
        (["--worker-listen", "127.0.0.1:65534"], "--worker-listen leaves no room for 3 ports"),
        (
            ["--forward-auth-from", "10.0.0.0/33"],
            "--forward-auth-from must be networks like 10.0.0.0/8, separated by commas; wrong: 10.0.0.0/33"
        ),
        (["--token-review-token-file", ""], "--token-review-token-file : no such file"),
    ])
    func saysASingleProblemInALine(arguments: [String], text: String) throws {
        #expect(try refusal(arguments).text == text)
    }

    @Test func tellsEverythingThatIsWrongWithTheAuditOptions() throws {
        try withFolder { path in
            let file = "\(path)/policy.yaml"
            try Data("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: All}]\n".utf8).write(to: URL(filePath: file))
            let refusal = try refusal([
                "--audit-policy-file", file, "--audit-log-maxsize", "0", "--audit-log-maxbackup=-1",
            ])
            #expect(refusal.code == 64)
            for text in ["--audit-log-maxsize must be", "--audit-log-maxbackup must be", "rules[0].level: Unsupported value"] {
                #expect(refusal.text.contains(text), "\(refusal.text)")
            }
            let missing = try self.refusal(["--audit-policy-file", "\(path)/none"])
            #expect(missing.text.contains("\(path)/none"), "\(missing.text)")
        }
    }
}
