import Foundation

/// Somebody who logs in at every worker, again and again, in a process of its own (`Issuer/logins.py`).
struct TestLogins {
    struct Count: Equatable {
        let accepted: Int
        let refused: Int
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ token: String, at cluster: TestCluster) throws {
        let script = TestCluster.root.appending(path: "Tests/SystemTests/Issuer/logins.py").path
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", script, cluster.data.appending(path: "pki/ca.crt").path, token]
            + (0..<cluster.workers).map(cluster.workerURL)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// - Returns: what each worker answered.
    func end() throws -> [Count] {
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { line in
            let counts = line.split(separator: " ").dropFirst().compactMap { Int($0) }
            return Count(accepted: counts.first ?? 0, refused: counts.last ?? 0)
        }
    }
}
