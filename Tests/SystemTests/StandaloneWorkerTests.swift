import Foundation
import JSON
import Testing

/// `authenticator --authentication-config`: a worker, a provider, and nobody else.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(3)))
struct StandaloneWorkerTests {
    @Test func followsItsFileAndKeepsTheOldContentWhenTheNewIsBad() async throws {
        try await StandaloneWorker.with { worker in
            let (console, other) = (try worker.issuer.token(for: "console"), try worker.issuer.token(for: "other"))
            try worker.configure(audience: "console")
            try await worker.start()

            try await eventually("the provider's keys are there") { try await worker.review(console)["authenticated"] == true }
            let user = try await worker.review(console)["user"]
            #expect(user?["username"] == "sso:jane")
            // As Kubernetes takes it: one group, commas and all.
            #expect(user?["groups"] == ["dev,ops"])
            #expect(user?["uid"] == nil)
            #expect(try await worker.review(other)["authenticated"] != true)

            try worker.configure(audience: "", more: "x: y\n")
            try await eventually("the bad content is noticed") { try await worker.reloads("failure") == 1 }
            #expect(
                worker.log.contains("x: unknown field") && worker.log.contains("jwt[0].issuer.audiences[0]: Required value")
            )
            #expect(try await worker.review(console)["authenticated"] == true)

            try worker.configure(audience: "other")
            try await eventually("the good content is live") { try await worker.review(other)["authenticated"] == true }
            #expect(try await worker.review(console)["authenticated"] != true)
            try await eventually("the change is counted") { try await worker.reloads("success") == 1 }
            #expect(try await worker.metrics().contains("\npostern_revision 2\n"))

            #expect(worker.stop() == 0)
        }
    }

    /// Reserved names pass only where somebody has said so, at the start.
    @Test(arguments: [false, true])
    func letsReservedNamesPassOnlyIfTold(_ isTold: Bool) async throws {
        try await StandaloneWorker.with { worker in
            let token = try worker.issuer.token(for: "console")
            try worker.configure(audience: "console", prefix: "system:")
            try await worker.start(isTold ? ["--allow-reserved-names"] : [])
            try await eventually("the provider's keys are there") {
                try await worker.metrics().contains("postern_provider_keys{provider=\"\(worker.issuer.url)\"} 1\n")
            }
            let status = try await worker.review(token)
            if isTold {
                #expect(status["user"]?["username"] == "system:jane")
            } else {
                #expect(status["authenticated"] != true)
                #expect(status["error"]?.stringValue?.contains("username_reserved") == true, "\(status)")
            }
            #expect(worker.log.contains("names that begin with system: pass") == isTold)
            #expect(worker.stop() == 0)
        }
    }

    @Test func saysWhichServingFileIsMissing() async throws {
        try await StandaloneWorker.with { worker in
            try worker.configure(audience: "console")
            try worker.remove("serving.key")
            try worker.run()
            try await eventually("it ends") { !worker.isRunning }
            #expect(worker.stop() == 1)
            #expect(worker.log.contains("/serving.key: no such file"))
        }
    }

    @Test func doesNotStartWithABadFile() async throws {
        try await StandaloneWorker.with { worker in
            try worker.configure(audience: "", more: "x: y\n")
            try worker.run()
            try await eventually("it ends") { !worker.isRunning }
            #expect(worker.stop() == 1)
            #expect(worker.log.contains("has 2 problems:"))
            #expect(
                worker.log.contains("x: unknown field") && worker.log.contains("jwt[0].issuer.audiences[0]: Required value")
            )
        }
    }
}
