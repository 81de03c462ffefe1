import Foundation
import Testing

/// A real controller with its processes in a scratch folder, for as long as a test's closure runs.
final class TestCluster: Sendable {
    /// What a program said and how it ended.
    struct Outcome: Sendable {
        let code: Int32
        let output: String
    }

    let folder: URL
    let data: URL
    private let apiPort: Int
    private let workerPort: Int
    private let oauthPort: Int
    let workers: Int

    private init(workers: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "postern-test-\(UUID().uuidString.prefix(8))")
        data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ports = try Self.freePorts(2 + workers)
        (apiPort, oauthPort, workerPort) = (ports[0], ports[1], ports[2])
        self.workers = workers
    }

    /// Starts a controller, runs `body`, and ends every process whichever way `body` ends.
    static func with(
        workers: Int = 1,
        arguments: [String] = [],
        _ body: (TestCluster, Process) async throws -> Void
    ) async throws {
        let cluster = try TestCluster(workers: workers)
        var controller: Process?
        do {
            let started = try cluster.start(arguments)
            controller = started
            try await cluster.ready()
            try await body(cluster, started)
        } catch {
            cluster.end(controller)
            Issue.record("the cluster's logs: \(cluster.log)")
            throw error
        }
        cluster.end(controller)
        try FileManager.default.removeItem(at: cluster.folder)
    }

    var apiURL: String { "https://127.0.0.1:\(apiPort)" }
    func workerURL(_ index: Int) -> String { "https://127.0.0.1:\(workerPort + index)" }

    var oauthURL: String { "https://127.0.0.1:\(oauthPort)" }

    var kubeconfig: String { data.appending(path: "admin.kubeconfig").path }

    // MARK: - Processes

    func start(_ arguments: [String] = []) throws -> Process {
        let process = Process()
        process.executableURL = Self.program("controller")
        process.currentDirectoryURL = folder
        process.arguments =
            [
                "--data", data.path, "--listen", "127.0.0.1:\(apiPort)", "--worker-listen", "127.0.0.1:\(workerPort)",
                "--oauth-listen", "127.0.0.1:\(oauthPort)", "--workers", "\(workers)",
            ] + arguments
        let logFile = folder.appending(path: "controller.log")
        if !FileManager.default.fileExists(atPath: logFile.path) {
            _ = FileManager.default.createFile(atPath: logFile.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: logFile)
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        process.environment = environment
        try process.run()
        return process
    }

    func ready() async throws {
        try await eventually("the controller serves", within: .seconds(30)) {
            try self.ctl("get", "authentication", "cluster").code == 0
        }
        try await eventually("all workers are at the latest revision", within: .seconds(30)) { try self.isSettled() }
    }

    private func end(_ controller: Process?) {
        if let controller, controller.isRunning {
            controller.terminate()
            let deadline = ContinuousClock.now + .seconds(60)
            while controller.isRunning, ContinuousClock.now < deadline { usleep(20_000) }
            if controller.isRunning { kill(controller.processIdentifier, SIGKILL) }
        }
        for pid in pids { kill(pid, SIGKILL) }
    }

    /// The processes that the controller owns and that are still alive.
    var pids: [pid_t] {
        let folders = (0..<workers).map { "workers/worker-\($0)" } + ["oauth-server"]
        return folders.compactMap { try? pid($0) }.filter { pid in
            guard let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8) else { return false }
            return command.contains(data.path)
        }
    }

    /// - Parameter process: the process's folder below the data folder, such as `workers/worker-0`.
    func pid(_ process: String) throws -> pid_t {
        struct ProcessFile: Decodable { let pid: pid_t }
        return try JSONDecoder().decode(
            ProcessFile.self,
            from: Data(contentsOf: data.appending(path: "\(process)/process.json"))
        ).pid
    }

    var log: String {
        (try? String(contentsOf: folder.appending(path: "controller.log"), encoding: .utf8).suffix(4000)).map(String.init) ?? ""
    }

    // MARK: - Commands

    @discardableResult
    func ctl(_ arguments: String...) throws -> Outcome { try run(Self.program("ctl"), arguments) }

    func run(_ program: URL, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, output: output)
    }

    func isSettled() throws -> Bool {
        struct KubeAPIServer: Decodable {
            struct Status: Decodable {
                struct NodeStatus: Decodable {
                    let currentRevision: Int?
                    let targetRevision: Int?
                }
                let latestAvailableRevision: Int?
                let nodeStatuses: [NodeStatus]?
            }
            let status: Status?
        }
        let outcome = try ctl("get", "kubeapiserver", "cluster", "-o", "json")
        guard outcome.code == 0 else { return false }
        let status = try JSONDecoder().decode(KubeAPIServer.self, from: Data(outcome.output.utf8)).status
        let nodes = status?.nodeStatuses ?? []
        let latest = status?.latestAvailableRevision ?? 0
        return nodes.count == workers && latest > 0
            && nodes.allSatisfy { $0.currentRevision == latest && ($0.targetRevision ?? 0) == 0 }
    }

    // MARK: - Surroundings

    private var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = kubeconfig
        environment["HOME"] = folder.path
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return environment
    }

    /// The programs are built into the folder that the test bundle is in.
    static func program(_ name: String) -> URL {
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [bundle, root.appending(path: ".build/debug")]
        let found = candidates.map { $0.appending(path: name) }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return found ?? bundle.appending(path: name)
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Ports that were free a moment ago; those after the second follow each other, as workers' ports do.
    static func freePorts(_ count: Int) throws -> [Int] {
        for _ in 0..<200 {
            let first = Int.random(in: 20_000..<60_000)
            let ports = Array(first..<first + count)
            if ports.allSatisfy(isFree) { return ports }
        }
        throw CocoaError(.featureUnsupported)
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Waits for a condition, and fails the test at the deadline.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(60),
    pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        if (try? await condition()) == true { return }
        if ContinuousClock.now > deadline { throw NotInTime(what: what, limit: limit) }
        try await Task.sleep(for: pause)
    }
}

struct NotInTime: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    var description: String { "\(what): not within \(limit)" }
}
