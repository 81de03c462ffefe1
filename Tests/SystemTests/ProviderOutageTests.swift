import Foundation
import JSON
import Testing

/// The provider is gone, and everything else is restarted in every order: whoever had a good token has one still.
@Suite(.systemTest, .timeLimit(.minutes(5)))
struct ProviderOutageTests {
    private enum Part: CaseIterable { case controller, workers }

    @Test func refusesNoGoodTokenWhileTheProviderIsDown() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with(workers: 2) { cluster, first in
                var controller = first
                defer { if controller !== first, controller.isRunning { controller.terminate() } }
                try Self.begin(cluster, issuer)
                let logins = try TestLogins(try issuer.token(for: "console"), at: cluster)
                issuer.stop()
                let told = try cluster.ctl("wait", "--for=condition=Healthy=false", "authentication/cluster", "--timeout=60s")
                #expect(told.code == 0, "\(told)")
                let why = try cluster.ctl(
                    "get",
                    "authentication",
                    "cluster",
                    "-o",
                    "jsonpath={.status.conditions[?(@.type==\"Healthy\")].reason}"
                )
                #expect(why.output == "ProviderUnavailable", "\(why)")
                for order in [[Part.controller], [.workers], [.controller, .workers], [.workers, .controller]] {
                    for part in order {
                        switch part {
                        case .controller: controller = try await Self.restart(controller, cluster)
                        case .workers: try await Self.restartWorkers(cluster)
                        }
                    }
                    try await cluster.ready()
                }
                // Both at once: the workers start before there is a controller to ask.
                kill(controller.processIdentifier, SIGKILL)
                controller.waitUntilExit()
                for index in 0..<cluster.workers { kill(try cluster.pid("workers/worker-\(index)"), SIGKILL) }
                controller = try cluster.start()
                try await cluster.ready()
                let serving = try cluster.ctl("wait", "--for=condition=Serving", "authentication/cluster", "--timeout=60s")
                #expect(serving.code == 0, "\(serving)")
                let counts = try logins.end()
                #expect(counts.allSatisfy { $0.accepted > 100 && $0.refused == 0 }, "\(counts)")
                controller.terminate()
                controller.waitUntilExit()
            }
        }
    }

    private static func begin(_ cluster: TestCluster, _ issuer: TestIssuer) throws {
        for object in [try issuer.authorityConfigMap(), issuer.authentication] {
            let file = cluster.folder.appending(path: "object.json")
            try Data(JSONWriter.bytes(of: object)).write(to: file)
            try #require(try cluster.ctl("apply", "-f", file.path).code == 0)
        }
        let status = try cluster.ctl("rollout", "status", "--timeout=60s")
        try #require(status.code == 0, "\(status)")
    }

    private static func restart(_ controller: Process, _ cluster: TestCluster) async throws -> Process {
        kill(controller.processIdentifier, SIGKILL)
        controller.waitUntilExit()
        let next = try cluster.start()
        try await cluster.ready()
        return next
    }

    private static func restartWorkers(_ cluster: TestCluster) async throws {
        for index in 0..<cluster.workers {
            let folder = "workers/worker-\(index)"
            let before = try cluster.pid(folder)
            kill(before, SIGKILL)
            try await eventually("another process is there") { try cluster.pid(folder) != before }
        }
    }
}
