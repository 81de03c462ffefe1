import Foundation
import Testing

/// The client programs that tests run: where they are, and a shell that finds them.
enum RealClients {
    /// A folder for each version of kubectl; nil: nothing is installed here.
    private static let folder = ProcessInfo.processInfo.environment["POSTERN_CLIENTS"].flatMap { $0.isEmpty ? nil : $0 }

    /// An interpreter that has Python's client.
    static let python = ProcessInfo.processInfo.environment["POSTERN_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }

    /// Transcripts, scripts and the chart.
    static let sources = TestCluster.root.appending(path: "Tests/SystemTests/Clients")

    /// Versions of kubectl whose folder holds `program`, too.
    static func versions(with program: String = "kubectl") -> [String] {
        guard let folder else { return [] }
        return ["1.31", "1.34", "1.37"].filter {
            FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)/\(program)")
        }
    }

    static func path(_ version: String) -> String { "\(folder ?? "")/\(version)" }
}

extension TestCluster {
    /// Types everything in a transcript, and fails the test at the first command that does not do what stands there.
    ///
    /// - Parameter variables: what the commands find in their environment.
    func play(_ transcript: Transcript, kubectl version: String, variables: [String: String] = [:]) async throws {
        let settings = variables.merging(["PATH": "\(RealClients.path(version)):/usr/bin:/bin"]) { $1 }
            .map { "export \($0)='\($1)'" }.sorted().joined(separator: "\n")
        for step in transcript.steps {
            let script = "\(settings)\ncd '\(folder.path)'\n\(step.command)"
            let deadline = ContinuousClock.now + .seconds(step.isRepeated ? 60 : 0)
            while true {
                let outcome = try run(URL(filePath: "/usr/bin/timeout"), ["60", "/bin/bash", "-c", script])
                if outcome.code == step.code, step.isShown(by: outcome.output) { break }
                guard ContinuousClock.now < deadline else {
                    let place = "\(transcript.name):\(step.line), kubectl \(version)"
                    Issue.record("\(place): \(step.command)\nexit code \(outcome.code), and:\n\(outcome.output)")
                    throw NotAsRecorded(place: place)
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    struct NotAsRecorded: Error { let place: String }
}
