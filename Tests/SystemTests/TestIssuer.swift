import Foundation
import Testing

/// A small OpenID provider in a process of its own (`Issuer/issuer.py`), and the maker of its tokens.
final class TestIssuer {
    private static let script = TestCluster.root.appending(path: "Tests/SystemTests/Issuer/issuer.py")

    let folder: URL
    let url: String
    private let process: Process

    /// Runs a provider for as long as `body` takes.
    static func with(_ body: (TestIssuer) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-issuer-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let issuer = try TestIssuer(folder: folder)
        defer { issuer.stop() }
        try await body(issuer)
    }

    private init(folder: URL) throws {
        self.folder = folder
        process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.script.path, folder.path]
        process.standardOutput = pipe
        try process.run()
        url = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .newlines)
        try #require(url.hasPrefix("https://localhost:"))
    }

    /// From here on nobody answers.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var authority: URL { folder.appending(path: "ca.crt") }

    /// - Parameter claims: a JSON object with more claims, or other ones; null takes one away.
    func token(for audience: String, _ claims: String = "{}") throws -> String {
        let maker = Process()
        let pipe = Pipe()
        maker.executableURL = URL(filePath: "/usr/bin/env")
        maker.arguments = ["python3", Self.script.path, folder.path, audience, claims]
        maker.standardOutput = pipe
        try maker.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        maker.waitUntilExit()
        return text.trimmingCharacters(in: .newlines)
    }
}
