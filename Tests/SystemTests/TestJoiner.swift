import Foundation

/// A worker that joins a cluster as if from another host, in a folder of its own.
final class TestJoiner {
    private let cluster: TestCluster
    let folder: URL
    private let name: String
    private var process = Process()

    init(_ name: String, to cluster: TestCluster) {
        (self.name, self.cluster) = (name, cluster)
        folder = cluster.folder.appending(path: "joiners/\(name)")
    }

    /// - Parameter token: the file with the token; nil: it has joined before.
    func start(token: URL? = nil, _ more: [String] = []) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = TestCluster.program("authenticator")
        process.arguments =
            ["--join", cluster.apiURL, "--data", folder.appending(path: "data").path, "--listen", "127.0.0.1:0"]
            + (token.map { ["--join-token-file", $0.path, "--name", name] } ?? []) + more
        _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(filePath: logPath))
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try process.run()
    }

    private var logPath: String { folder.appending(path: "log").path }
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Where it listens; nil: it does not yet.
    var address: String? {
        log.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map { String($0.dropFirst("listening on ".count)) }
    }

    var isRunning: Bool { process.isRunning }

    func file(_ name: String) -> URL { folder.appending(path: "data/\(name)") }

    /// Waits for the end, and gives the exit code.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Ends it whatever state it is in; safe to call for one that never ran.
    func close() {
        if process.isRunning { kill() }
    }
}
