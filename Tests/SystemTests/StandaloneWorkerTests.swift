import Client
import Foundation
import JSON
import Testing

/// `authenticator --authentication-config`: a worker, a provider, and nobody else.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct StandaloneWorkerTests {
    @Test func followsItsFileAndKeepsTheOldContentWhenTheNewIsBad() async throws {
        try await StandaloneWorker.with { worker in
            let (console, other) = (try worker.token(for: "console"), try worker.token(for: "other"))
            try worker.configure(audience: "console")
            try await worker.start()

            try await eventually("the provider's keys are there") { try await worker.review(console)["authenticated"] == true }
            let user = try await worker.review(console)["user"]
            #expect(user?["username"] == "system:jane")
            // As Kubernetes takes it: one group, commas and all.
            #expect(user?["groups"] == ["dev,ops"])
            #expect(user?["uid"] == nil)
            #expect(try await worker.review(other)["authenticated"] != true)

            try worker.configure(audience: "", more: "x: y\n")
            try await eventually("the bad content is noticed") { try await worker.reloads("failure") == 1 }
            #expect(
                worker.log.contains("x: unknown field") && worker.log.contains("jwt[0].issuer.audiences[0]: Required value")
            )
            #expect(try await worker.review(console)["authenticated"] == true)

            try worker.configure(audience: "other")
            try await eventually("the good content is live") { try await worker.review(other)["authenticated"] == true }
            #expect(try await worker.review(console)["authenticated"] != true)
            try await eventually("the change is counted") { try await worker.reloads("success") == 1 }
            #expect(try await worker.metrics().contains("\npostern_revision 2\n"))

            #expect(worker.stop() == 0)
        }
    }

    @Test func saysWhichServingFileIsMissing() async throws {
        try await StandaloneWorker.with { worker in
            try worker.configure(audience: "console")
            try worker.remove("serving.key")
            try worker.run()
            try await eventually("it ends") { !worker.isRunning }
            #expect(worker.stop() == 1)
            #expect(worker.log.contains("/serving.key: no such file"))
        }
    }

    @Test func doesNotStartWithABadFile() async throws {
        try await StandaloneWorker.with { worker in
            try worker.configure(audience: "", more: "x: y\n")
            try worker.run()
            try await eventually("it ends") { !worker.isRunning }
            #expect(worker.stop() == 1)
            #expect(worker.log.contains("has 2 problems:"))
            #expect(
                worker.log.contains("x: unknown field") && worker.log.contains("jwt[0].issuer.audiences[0]: Required value")
            )
        }
    }
}

/// A worker without a controller, with a provider of its own, for as long as a test's closure runs.
private final class StandaloneWorker {
    private let issuer: TestIssuer
    private let process = Process()
    private var client: ControllerClient?

    private init(_ issuer: TestIssuer) { self.issuer = issuer }

    static func with(_ body: (StandaloneWorker) async throws -> Void) async throws {
        try await TestIssuer.with { issuer in
            let worker = StandaloneWorker(issuer)
            do {
                try await body(worker)
            } catch {
                Issue.record("the worker's log: \(worker.log)")
                await worker.end()
                throw error
            }
            await worker.end()
        }
    }

    // MARK: Processes

    func run() throws {
        process.executableURL = TestCluster.program("authenticator")
        process.arguments = [
            "--authentication-config", path("auth.yaml"), "--listen", "127.0.0.1:0", "--tls-cert-file", path("serving.crt"),
            "--tls-private-key-file", path("serving.key"), "--client-ca-file", path("ca.crt"),
        ]
        _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
        let handle = try FileHandle(forWritingTo: URL(filePath: path("log")))
        process.standardOutput = handle
        process.standardError = handle
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try process.run()
    }

    func start() async throws {
        try run()
        try await eventually("the worker listens") { self.address != nil }
        client = try ControllerClient(
            ClientConfiguration(
                server: try #require(address),
                certificateAuthority: path("ca.crt"),
                clientCertificate: path("client.crt"),
                clientKey: path("client.key"),
                userAgent: "test"
            )
        )
    }

    private var address: String? {
        log.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map { String($0.dropFirst("listening on ".count)) }
    }

    var isRunning: Bool { process.isRunning }
    var log: String { (try? String(contentsOfFile: path("log"), encoding: .utf8)) ?? "" }

    /// Ends the worker and gives its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func end() async {
        await client?.shutdown()
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    private func path(_ name: String) -> String { issuer.folder.appending(path: name).path }

    // MARK: What it is given, and what it says

    func configure(audience: String, more: String = "") throws {
        let authority = try String(contentsOfFile: path("ca.crt"), encoding: .utf8).split(separator: "\n")
        let text = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            \(more)jwt:
            - issuer:
                url: \(issuer.url)
                audiences: ["\(audience)"]
                certificateAuthority: |
                  \(authority.joined(separator: "\n      "))
              claimMappings:
                username: {claim: name, prefix: "system:"}
                groups: {claim: groups, prefix: ""}

            """
        try Data(text.utf8).write(to: URL(filePath: path("auth.yaml")), options: .atomic)
    }

    func token(for audience: String) throws -> String { try issuer.token(for: audience) }

    /// The status of the worker's answer.
    func review(_ token: String) async throws -> JSONValue {
        let review: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": .string(token)],
        ]
        let answer = try await client?.create(ResourcePath("authentication.k8s.io/v1", "tokenreviews"), review)
        return try #require(answer?["status"])
    }

    func metrics() async throws -> String {
        String(decoding: try #require(try await client?.raw("/metrics")), as: UTF8.self)
    }

    func reloads(_ status: String) async throws -> Int? {
        let name = "apiserver_authentication_config_controller_automatic_reloads_total{status=\"\(status)\"} "
        return try await metrics().split(separator: "\n").first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) }
    }
}
