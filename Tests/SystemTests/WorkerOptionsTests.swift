import Client
import Foundation
import JSON
import Testing

/// What a controller is told about its own workers reaches them, those that run already too.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(5)))
struct WorkerOptionsTests {
    private static let secret = "a-server-that-asks-for-reviews"

    @Test func otherOptionsReplaceTheWorkersThatRunAndTheSameOnesDoNot() async throws {
        try await TestCluster.with(workers: 2) { cluster, controller in
            // This machine may ask, and is told that a token is missing. No bearer token may ask for reviews.
            #expect(try await forwardAuth(cluster) == 401)
            #expect(try await review(cluster, bearer: Self.secret) == 403)
            let before = try pids(cluster)

            try Data("\(Self.secret)\n".utf8).write(to: cluster.folder.appending(path: "tokens"))
            let options = [
                "--forward-auth-from", "10.0.0.0/8", "--token-review-token-file", "tokens", "--api-audiences", "api,other",
                "--token-cache-size", "0",
            ]
            let second = try await restart(cluster, after: controller, options)
            defer { second.terminate() }
            try await eventually("both workers are new") { try zip(pids(cluster), before).allSatisfy { $0 != $1 } }
            try await cluster.ready()
            #expect(try await forwardAuth(cluster) == 403)
            #expect(try await review(cluster, bearer: Self.secret) == 201)
            #expect(try await review(cluster, bearer: "another-token-of-a-server") == 401)
            try await eventually("the former workers are gone") { before.allSatisfy { kill($0, 0) != 0 } }
            let after = try pids(cluster)
            for pid in after {
                let arguments = try String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8).split(separator: "\0")
                let file = try #require(arguments.first { $0.hasPrefix("--token-review-token-file=") })
                #expect(
                    file.hasPrefix("--token-review-token-file=/")
                        && file.hasSuffix("/\(cluster.folder.lastPathComponent)/tokens")
                )
                #expect(arguments.contains("--api-audiences=api,other") && arguments.contains("--token-cache-size=0"))
            }

            let third = try await restart(cluster, after: second, options)
            defer { third.terminate() }
            try await cluster.ready()
            #expect(try pids(cluster) == after)
            third.terminate()
            try await eventually("the adopted workers are stopped") { after.allSatisfy { kill($0, 0) != 0 } }
            try await eventually("the controller ends") { !third.isRunning }
        }
    }

    @Test func aControllerSaysAllThatIsWrongAndStartsNothing() async throws {
        try await TestCluster.with { cluster, _ in
            let data = cluster.folder.appending(path: "other").path
            let outcome = try cluster.run(
                TestCluster.program("controller"),
                [
                    "--data", data, "--forward-auth-from", "proxy.example", "--token-cache-size=-1",
                    "--token-review-token-file",
                    "/nonexistent/tokens",
                ]
            )
            #expect(outcome.code == 64)
            for option in ["--forward-auth-from", "--token-cache-size", "--token-review-token-file"] {
                #expect(outcome.output.contains("\n  \(option) "), "\(outcome.output)")
            }
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    // MARK: Steps

    private func pids(_ cluster: TestCluster) throws -> [pid_t] { try (0..<2).map { try cluster.pid("workers/worker-\($0)") } }

    /// As after a crash: the workers live on.
    private func restart(_ cluster: TestCluster, after controller: Process, _ options: [String]) async throws -> Process {
        kill(controller.processIdentifier, SIGKILL)
        try await eventually("the controller is gone") { !controller.isRunning }
        return try cluster.start(options)
    }

    /// The status of the worker's answer to a proxy on this machine whose client showed no token.
    private func forwardAuth(_ cluster: TestCluster) async throws -> Int {
        try await status(cluster, .none) { _ = try await $0.raw("/auth") }
    }

    /// The status of the worker's answer to a server that shows this token of its own.
    private func review(_ cluster: TestCluster, bearer: String) async throws -> Int {
        try await status(cluster, .token(SecretText(bearer))) { client in
            let review: JSONValue = [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": "a.b.c"],
            ]
            _ = try await client.create(ResourcePath("authentication.k8s.io/v1", "tokenreviews"), review)
        }
    }

    /// 201 for every answer that is no refusal.
    private func status(
        _ cluster: TestCluster,
        _ credential: ClientConfiguration.Credential,
        _ ask: (ControllerClient) async throws -> Void
    ) async throws -> Int {
        let authority = try Data(contentsOf: cluster.data.appending(path: "pki/ca.crt"))
        let configuration = ClientConfiguration(
            server: cluster.workerURL(0),
            trust: .roots(pem: [UInt8](authority)),
            credential: credential,
            userAgent: "test"
        )
        return try await ControllerClient.with(configuration) { client in
            do {
                try await ask(client)
                return 201
            } catch let refusal as APIFailure {
                return refusal.code
            }
        }
    }
}
