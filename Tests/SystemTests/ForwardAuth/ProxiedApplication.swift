import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Testing

/// A proxy in front of a server that tells what arrives, and a worker that the proxy asks: for as long as a test's closure runs.
final class ProxiedApplication {
    /// What a client sees.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        /// What the server behind the proxy saw; nil: the request did not come through.
        let arrived: JSONValue?

        /// Everything that arrived about who somebody is: in lower case, and an underscore in a name as a hyphen.
        var identity: [String] {
            let pairs = arrived?["headers"]?.arrayValue?.compactMap { pair in pair.arrayValue?.compactMap(\.stringValue) } ?? []
            return pairs.map { "\($0[0].replacing("_", with: "-")): \($0[1])".lowercased() }.filter { $0.hasPrefix("x-remote") }
                .sorted()
        }

        func arrived(_ header: String) -> Bool {
            arrived?["headers"]?.arrayValue?.contains { $0.arrayValue?.first?.stringValue?.lowercased() == header } == true
        }
    }

    let proxy: Proxy
    let worker: StandaloneWorker
    private let upstream = Process()
    private let process = Process()
    private let client = HTTPClient(eventLoopGroupProvider: .singleton)
    private var port = 0
    private var tokens: [String: String] = [:]

    private init(_ proxy: Proxy, _ worker: StandaloneWorker) { (self.proxy, self.worker) = (proxy, worker) }

    static func with(_ proxy: Proxy, _ body: (ProxiedApplication) async throws -> Void) async throws {
        try await StandaloneWorker.with { worker in
            let application = ProxiedApplication(proxy, worker)
            do {
                try await application.start()
                try await body(application)
            } catch {
                Issue.record("the proxy's log: \(application.log)")
                await application.end()
                throw error
            }
            await application.end()
        }
    }

    // MARK: Processes

    private func start() async throws {
        try configureWorker()
        try await worker.start()
        let pipe = Pipe()
        upstream.executableURL = URL(filePath: "/usr/bin/env")
        upstream.arguments = ["python3", TestCluster.root.appending(path: "Tests/SystemTests/ForwardAuth/upstream.py").path]
        upstream.standardOutput = pipe
        try upstream.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .newlines)
        try startProxy(application: try #require(Int(line)))
        let token = try token()
        try await eventually("the proxy passes requests on") { try await self.send(token: token).status == 200 }
    }

    /// One issuer that is there, and one that is not.
    private func configureWorker() throws {
        let mappings = """
              claimMappings:
                username: {claim: name, prefix: "sso:"}
                groups: {expression: "has(claims.teams) ? claims.teams : []"}
                uid: {claim: sub}
                extra: [{key: example.com/team, valueExpression: claims.name}]

            """
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n"
        let absent = try worker.entry(issuer: Self.absentIssuer, audience: "console")
        try worker.configure(head + worker.entry(issuer: worker.issuer.url, audience: "console") + mappings + absent + mappings)
    }

    private static let absentIssuer = "https://localhost:1"

    private func startProxy(application: Int) throws {
        port = try TestCluster.freePorts(1)[0]
        let folder = worker.folder.appending(path: "proxy")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let workerPort = try #require(worker.address?.split(separator: ":").last.flatMap { Int($0) })
        let changes = proxy.changes(
            folder: folder.path,
            port: port,
            worker: workerPort,
            application: application,
            authority: worker.path("ca.crt")
        )
        var texts = try proxy.files.map { try String(contentsOf: Proxy.examples.appending(path: $0), encoding: .utf8) }
        for (old, new) in changes {
            #expect(texts.contains { $0.contains(old) }, "the example has no \(old)")
            texts = texts.map { $0.replacing(old, with: new) }
        }
        for (name, text) in zip(proxy.files, texts) { try Data(text.utf8).write(to: folder.appending(path: name)) }

        let log = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let handle = try FileHandle(forWritingTo: log)
        let program = try #require(proxy.program)
        process.executableURL = program
        process.arguments = proxy.arguments(folder: folder.path)
        process.environment = ["HOME": folder.path, "PATH": "/usr/sbin:/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    private var log: String {
        (try? String(contentsOf: worker.folder.appending(path: "proxy/log"), encoding: .utf8)) ?? ""
    }

    private func end() async {
        do {
            try await client.shutdown()
        } catch {
            Issue.record(error)
        }
        // Its workers go with the master only when it is asked; the others have none, and Envoy takes long.
        if proxy == .nginx, process.isRunning {
            process.terminate()
            try? await eventually("the proxy ends", within: .seconds(3)) { !self.process.isRunning }
        }
        for one in [process, upstream] where one.isRunning { kill(one.processIdentifier, SIGKILL) }
    }

    // MARK: Requests

    /// A good token of jane's.
    func token(teams: String = #"["dev", "ops"]"#) throws -> String {
        if let known = tokens[teams] { return known }
        let token = try worker.issuer.token(for: "console", #"{"teams": \#(teams)}"#)
        tokens[teams] = token
        return token
    }

    func tokenOfAbsentIssuer() throws -> String {
        try worker.issuer.token(for: "console", #"{"iss": "\#(Self.absentIssuer)"}"#)
    }

    func expiredToken() throws -> String { try worker.issuer.token(for: "console", #"{"exp": 1}"#) }

    func send(
        _ method: HTTPMethod = .GET,
        _ path: String = "/a/b?x=1",
        token: String? = nil,
        headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers = HTTPHeaders(headers)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(Array(body.utf8)) }
        let response = try await client.execute(request, timeout: .seconds(10))
        let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        let json = try? JSONParser.parse(bytes)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            arrived: json?["headers"]?.arrayValue == nil ? nil : json
        )
    }
}
