import Client
import Foundation
import JSON
import NIOCore
import Synchronization

/// One simulated worker: as `RevisionSync`, `NodeReporter` and `ReportPace` of the real one.
final class FleetWorker: Sendable {
    private static let kubeAPIServers = ResourcePath("operator.openshift.io/v1", "kubeapiservers")
    private static let heartbeat = Duration.seconds(10)
    /// So long after a revision was taken up it reports again.
    private static let early: [Duration] = [
        .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1.6), .seconds(3.2),
    ]

    private struct State {
        var running: Int64 = 0
        var takenAt = ContinuousClock.now
        var earlyReports = 0
        /// Not all at once: they were not started at once either.
        var nextHeartbeat = ContinuousClock.now + .seconds(Double.random(in: 0..<10))
    }

    private let name: String
    private let client: ControllerClient
    private let transport: HTTPTransport
    private let word: ControllerWord
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    private let changes: AsyncStream<Void>

    init(name: String, configuration: ClientConfiguration, word: ControllerWord) throws {
        (self.name, self.word) = (name, word)
        client = try ControllerClient(configuration)
        transport = try HTTPTransport(
            server: configuration.server,
            trust: configuration.trust,
            credential: configuration.credential,
            quietLimit: .seconds(330)
        )
        (changes, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: - What is wanted

    /// Takes the revisions that the controller wants, again and again.
    func follow() async {
        while !Task.isCancelled {
            do {
                let page = try await client.list(Self.kubeAPIServers, .name("cluster"))
                try await take(ControllerWord.wanted(page.items.first)[name] ?? 0)
                try await watch(after: page.resourceVersion)
            } catch {
                FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            }
            // Ends early only when the fleet ends.
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func watch(after version: String) async throws {
        let query = "watch=true&timeoutSeconds=300&fieldSelector=metadata.name%3Dcluster&resourceVersion=\(version)"
        let request = HTTPTransport.Request(
            url: "\(client.configuration.server)\(Self.kubeAPIServers.text)?\(query)",
            headers: [(name: "Accept", value: "application/json")]
        )
        var line: [UInt8] = []
        try await transport.relay(request, timeout: .seconds(30)) { status, _ in
            if status != 200 { throw APIFailure(code: status, body: nil) }
        } chunk: { bytes in
            for line in Self.lines(completing: &line, with: bytes) { try await take(word.read(line)[name] ?? 0) }
        }
    }

    /// The lines that end in what has come; what is after the last end begins the next one.
    private static func lines(completing line: inout [UInt8], with bytes: ByteBuffer) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line.append(contentsOf: rest[..<end])
                lines.append(line)
                line = []
                rest = rest[(end + 1)...]
            }
            line.append(contentsOf: rest)
        }
        return lines
    }

    private func take(_ wanted: Int64) async throws {
        guard wanted != 0, state.withLock({ $0.running }) != wanted else { return }
        let path = ResourcePath("postern.dev/v1alpha1", "authenticationrevisions", name: "authentication-\(wanted)")
        let object = try await client.get(path)
        guard object.value(at: "spec", "snapshot") != nil else { return }
        state.withLock { ($0.running, $0.takenAt, $0.earlyReports) = (wanted, .now, 0) }
        bell.yield()
    }

    // MARK: - What it tells

    /// Asks for a report when one is due by time alone.
    func beat() {
        let isDue = state.withLock { state in
            var isDue = false
            if .now >= state.nextHeartbeat {
                state.nextHeartbeat = .now + Self.heartbeat
                isDue = true
            }
            while state.running != 0, state.earlyReports < Self.early.count,
                .now - state.takenAt >= Self.early[state.earlyReports]
            {
                state.earlyReports += 1
                isDue = true
            }
            return isDue
        }
        if isDue { bell.yield() }
    }

    /// Reports whenever it is asked for; what is asked for meanwhile is one report.
    func tell() async {
        let started = Int64(Date().timeIntervalSince1970)
        for await _ in changes {
            do {
                let path = ResourcePath("v1", "nodes", name: name, subresource: "status")
                _ = try await client.patch(path, merging: ["status": document(started)])
            } catch {
                FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
                try? await Task.sleep(for: .milliseconds(300))
                bell.yield()
            }
        }
    }

    private func document(_ started: Int64) -> JSONValue {
        let now = Int64(Date().timeIntervalSince1970)
        let (running, takenAt) = state.withLock { ($0.running, $0.takenAt) }
        let judgingSince = now - takenAt.duration(to: .now).components.seconds
        return [
            "conditions": [
                [
                    "type": "Ready", "status": running == 0 ? "False" : "True",
                    "reason": running == 0 ? "NotReady" : "SnapshotLive",
                    "message": .string(running == 0 ? "no snapshot yet" : "judging by revision \(running)"),
                    "lastHeartbeatTime": .string(Timestamp.text(of: now)),
                    "lastTransitionTime": .string(Timestamp.text(of: running == 0 ? started : min(started + 1, now))),
                ]
            ],
            "authentication": [
                "revision": .integer(running), "lastGoodRevision": .integer(running), "failedRevision": 0, "failureReason": "",
                "failureMessage": "", "mode": "OIDC", "endpoint": "https://127.0.0.1:1", "pid": 1,
                "startedAt": .string(Timestamp.text(of: started)),
                "providers": [["name": "sso", "issuerURL": "https://sso.example", "keys": 2]],
                "judgingSince": .string(Timestamp.text(of: judgingSince)), "logins": [], "claimShapes": [],
                "requests": ["authenticated": 0, "refused": 0],
            ],
        ]
    }
}
