import Foundation
import Testing

/// What users of other programs do with a controller: recorded commands of kubectl and Helm, and a script for Python's client.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(5)), .enabled(if: !RealClients.versions().isEmpty))
struct RealClientTests {
    /// The oldest and the newest that are supported; those between are in `DocumentedProcedureTests`.
    @Test(arguments: ["1.31", "1.37"])
    func kubectlWorksAsRecorded(_ version: String) async throws {
        try await TestCluster.with { cluster, _ in
            try await cluster.play(Transcript("kubectl.txt"), kubectl: version)
        }
    }

    /// Helm 3 merges by itself, and changes nothing of what it takes over unless it is told to replace it. Helm 4 lets the server merge.
    @Test(arguments: zip(["1.31", "1.34"], ["--take-ownership --force", "--take-ownership"]))
    func helmWorksAsRecorded(_ version: String, adopt: String) async throws {
        try await TestCluster.with { cluster, _ in
            let chart = RealClients.sources.appending(path: "chart").path
            try await cluster.play(Transcript("helm.txt"), kubectl: version, variables: ["CHART": chart, "ADOPT": adopt])
        }
    }

    @Test(.enabled(if: RealClients.python != nil))
    func pythonsClientWorks() async throws {
        let python = try #require(RealClients.python)
        try await TestCluster.with { cluster, _ in
            let script = RealClients.sources.appending(path: "python_client.py").path
            let outcome = try cluster.run(URL(filePath: "/usr/bin/timeout"), ["120", python, script])
            #expect(outcome.code == 0, "\(outcome.output)")
        }
    }
}
