import Client
import Foundation
import JSON
import Testing

/// A worker without a controller, with a provider of its own, for as long as a test's closure runs.
final class StandaloneWorker {
    let issuer: TestIssuer
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

    func run(_ arguments: [String] = []) throws {
        process.executableURL = TestCluster.program("authenticator")
        process.arguments =
            [
                "--authentication-config", path("auth.yaml"), "--listen", "127.0.0.1:0", "--tls-cert-file", path("serving.crt"),
                "--tls-private-key-file", path("serving.key"), "--client-ca-file", path("ca.crt"),
            ] + arguments
        _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
        let handle = try FileHandle(forWritingTo: URL(filePath: path("log")))
        process.standardOutput = handle
        process.standardError = handle
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try process.run()
    }

    func start(_ arguments: [String] = []) async throws {
        try run(arguments)
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

    /// Where it listens; nil: it does not yet.
    var address: String? {
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

    /// The provider's, with the certificates that it made for the worker too.
    var folder: URL { issuer.folder }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    // MARK: What it is given, and what it says

    func configure(audience: String, prefix: String = "sso:", more: String = "") throws {
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n\(more)jwt:\n"
        let entry = try entry(issuer: issuer.url, audience: audience)
        let mappings = """
              claimMappings:
                username: {claim: name, prefix: "\(prefix)"}
                groups: {claim: groups, prefix: ""}

            """
        try configure(head + entry + mappings)
    }

    func configure(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path("auth.yaml")), options: .atomic)
    }

    /// An item of `jwt` without its mappings.
    func entry(issuer: String, audience: String) throws -> String {
        let authority = try String(contentsOfFile: path("ca.crt"), encoding: .utf8).split(separator: "\n")
        return """
            - issuer:
                url: \(issuer)
                audiences: ["\(audience)"]
                certificateAuthority: |
                  \(authority.joined(separator: "\n      "))

            """
    }

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
